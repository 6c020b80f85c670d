import type { Hold } from '../../domain/policy.ts';
import { isPresent } from '../../domain/graph.ts';
import { accessorySubject } from '../../domain/subject.ts';
import { alwaysOnProtection } from '../protection.ts';

/**
 * Holds a signature, SBOM or attestation tag whose subject is not in the repository, unless a rule there names it
 * literally, by a pattern that begins with `sha256-` (docs/policy.md#indexes-and-signatures). Such a rule deletes
 * orphans only: a tag whose subject lies in another repository (cosign's COSIGN_REPOSITORY), or may lie where nobody
 * could look, is none.
 */
export const orphanedAccessory = alwaysOnProtection(
  'orphanedAccessory',
  ({ graph, projectName, repository, registry }, { rules }) => {
    const here = rules.filter(
      ({ select }) => select.inProject(projectName) && select.inRepository(repository),
    );
    const elsewhere = registry.subjectsElsewhere ?? 'unknown';
    const holdOn = (tag: string): Hold | undefined => {
      const subject = accessorySubject(tag);
      if (subject === undefined || isPresent(graph, subject)) return undefined;
      if (!here.some(({ select }) => select.namesAccessory(tag)))
        return { because: `the subject of its tag ${tag} is not in the repository` };
      if (elsewhere === 'unknown') {
        const because = `the subject of its tag ${tag} may be where nobody could look`;
        return { because, unknown: 'subject' };
      }
      if (!elsewhere.has(subject)) return undefined;
      return { because: `the subject of its tag ${tag} is in another repository` };
    };
    return {
      each: ({ artifact }) => {
        if (artifact.tags === 'unknown') return undefined;
        for (const { name } of artifact.tags) {
          const hold = holdOn(name);
          if (hold !== undefined) return hold;
        }
        return undefined;
      },
    };
  },
);
