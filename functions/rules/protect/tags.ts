import type { Pattern } from '../../domain/pattern.ts';
import { protection } from '../protection.ts';
import { patternsFor } from '../parameters.ts';

/** Holds artifacts with a tag that a pattern names; `latest` unless the policy says otherwise. */
export const tags = protection({
  key: 'tags',
  params: patternsFor('tag').prefault(['latest']),
  description: 'Tags that hold their artifact, as patterns.',
  inRepository: (_around, named: readonly Pattern[]) => {
    if (named.length === 0) return undefined;
    return {
      each: ({ artifact }) => {
        if (artifact.tags === 'unknown') {
          return { because: 'its tags could not be read', unknown: 'tags' };
        }
        for (const tag of artifact.tags) {
          const by = named.find((pattern) => pattern.matches(tag.name));
          if (by !== undefined) {
            return { because: `its tag ${tag.name} is protected by "${by.text}"` };
          }
        }
        return undefined;
      },
    };
  },
});
