import { ageFinding } from '../age.ts';
import { keepCondition } from '../keep-condition.ts';
import { duration } from '../parameters.ts';

/** Keeps what runs have not yet seen without a tag for T; Harbor does not record when a tag left. */
export const untaggedWithin = keepCondition({
  key: 'untaggedWithin',
  kind: 'age',
  params: duration,
  needs: ['untagged', 'untagged-memory'],
  description: 'Keeps an artifact until runs have seen it without a tag for T.',
  judge: (members, within, { now }) =>
    members.map(({ untaggedSince }) =>
      untaggedSince === 'unknown'
        ? {
            says: 'unknown',
            fact: 'time without a tag',
            because: 'no earlier run has seen it without a tag',
          }
        : ageFinding({ by: 'untagged', since: untaggedSince, within }, now),
    ),
});
