import { claimOf, claimProblem } from '../domain/claim.ts';
import type { TrashFacts } from '../domain/registry.ts';
import type { HarborReader, ProjectHead, Quota } from '../ports.ts';

type Problem = TrashFacts['problems'][number];

/**
 * What the trash project must be (policy.md §8), each failure with the remedy. Whether a replication rule reaches it is
 * decided by guard, for the places that the plan would use.
 */
export async function readTrash(
  harbor: HarborReader,
  projects: readonly ProjectHead[],
  { name, claimedAs }: { readonly name: string; readonly claimedAs: string | undefined },
): Promise<TrashFacts> {
  const project = projects.find((one) => one.name === name);
  if (project === undefined) {
    return {
      project: name,
      problems: [
        {
          found: 'the trash project does not exist, or the robot can’t see it',
          remedy: `Create a private project ${name} and grant the robot its permissions there (docs/robot.md), or say trash: off in so many words.`,
        },
      ],
    };
  }
  const rules = await harbor.readImmutableRules(project);
  const retention = await harbor.readHarborRetention(project);
  const quota = await harbor.readQuota(project);
  const problems: Problem[] = [
    ...kindProblems(project),
    ...ruleProblems(rules, retention),
    ...quotaProblems(quota),
  ];
  const claim = claimProblem(claimOf(await harbor.readClaims(project), claimedAs));
  if (claim !== undefined) problems.push(claim);
  const limited = quota !== 'unknown' && quota.hard >= 0;
  return { project: name, problems, ...(limited ? { quota } : {}) };
}

function kindProblems(project: ProjectHead): readonly Problem[] {
  const problems: Problem[] = [];
  if (project.isPublic !== false) {
    problems.push({
      found: 'it is public: whoever likes could pull what was deleted',
      remedy: 'Make it private.',
    });
  }
  if (project.isProxyCache) {
    problems.push({
      found: 'it is a proxy cache, which accepts no copies',
      remedy: 'Use an ordinary project.',
    });
  }
  if (project.scansOnPush) {
    problems.push({
      found: 'it scans, or makes SBOMs, on push: every deletion would start one',
      remedy: 'Switch off automatic scans and SBOM generation there.',
    });
  }
  return problems;
}

function ruleProblems(
  rules: Awaited<ReturnType<HarborReader['readImmutableRules']>>,
  retention: Awaited<ReturnType<HarborReader['readHarborRetention']>>,
): readonly Problem[] {
  const problems: Problem[] = [];
  if (rules === 'unknown' || rules.length > 0) {
    problems.push({
      found:
        rules === 'unknown' ? 'its immutability rules can’t be read' : 'it has immutability rules',
      remedy:
        'Remove them, and let the robot read them (immutable-tag:list): tags are renamed there.',
    });
  }
  if (retention === 'enabled' || retention === 'unknown') {
    problems.push({
      found:
        retention === 'enabled'
          ? 'Harbor’s own retention runs there'
          : 'it has a retention policy of Harbor’s own, which can’t be read',
      remedy: 'Remove it: the purge empties the trash.',
    });
  }
  return problems;
}

/** A quota that can't be read is no obstacle: a full trash then stops each deletion for itself. */
function quotaProblems(quota: Quota | 'unknown'): readonly Problem[] {
  if (quota === 'unknown' || quota.hard < 0 || quota.used < quota.hard) return [];
  return [
    {
      found: `its quota is used up: ${quota.used} of ${quota.hard} bytes`,
      remedy: 'Raise its quota; copies take no room in the storage.',
    },
  ];
}
