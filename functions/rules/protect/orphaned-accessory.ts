import { isPresent } from '../../domain/graph.ts';
import { accessorySubject } from '../../domain/subject.ts';
import { alwaysOnProtection } from '../protection.ts';

/**
 * Holds a signature, SBOM or attestation tag whose subject is not in the repository, unless a rule there names
 * it literally, by a pattern that begins with `sha256-` (policy.md §5).
 */
export const orphanedAccessory = alwaysOnProtection(
  'orphanedAccessory',
  ({ graph, projectName, repository }, { rules }) => {
    const here = rules.filter(
      ({ select }) => select.inProject(projectName) && select.inRepository(repository),
    );
    return {
      each: ({ artifact }) => {
        if (artifact.tags === 'unknown') return undefined;
        const orphan = artifact.tags.find(({ name }) => {
          const subject = accessorySubject(name);
          if (subject === undefined || isPresent(graph, subject)) return false;
          return !here.some(({ select }) => select.namesAccessory(name));
        });
        return orphan === undefined
          ? undefined
          : { because: `the subject of its tag ${orphan.name} is not in the repository` };
      },
    };
  },
);
