import { counted } from '../domain/format-numbers.ts';
import { allowedBy, percentPerRepositoryFrom } from '../domain/limits.ts';
import { type Rail } from './rail.ts';

/** Refuses a larger share of one repository than `limits.maxDeletionsPercentPerRepository`. */
export const maxDeletionsPercentPerRepository: Rail = {
  name: 'max-deletions-percent-per-repository',
  refusals: ({ repositories }, { policy }) => {
    const percent = policy.limits.maxDeletionsPercentPerRepository;
    return repositories.flatMap((one) => {
      const limit = allowedBy(percent, one.artifacts);
      const isExempt = one.artifacts < percentPerRepositoryFrom || one.approved === true;
      if (isExempt || one.deletions <= limit) return [];
      return [
        {
          on: `${one.project}/${one.repository}`,
          found: `${one.deletions} of its ${counted(one.artifacts, 'artifact')}`,
          allowed: `${limit}, that is ${percent} % (limits.maxDeletionsPercentPerRepository)`,
          remedy:
            'Look at the repository; if it may go so far, raise limits.maxDeletionsPercentPerRepository, or keep more in it.',
        },
      ];
    });
  },
};
