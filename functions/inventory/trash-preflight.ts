import { claimOf, claimProblem } from '../domain/claim.ts';
import type { TrashFacts } from '../domain/registry.ts';
import type { HarborReader, ProjectHead, Quota } from '../ports.ts';

type TrashProblem = TrashFacts['problems'][number];

/**
 * What the trash project must be (docs/policy.md#the-trash-project), each failure with the remedy. Whether a
 * replication rule reaches it is decided by guard, for the places that the plan would use.
 */
export async function readTrash(
  { harbor, claimedAs }: { readonly harbor: HarborReader; readonly claimedAs: string | undefined },
  projects: readonly ProjectHead[],
  /** `version`: of Harbor, as it says. */
  { name, version }: { readonly name: string; readonly version: string },
): Promise<TrashFacts> {
  const project = projects.find((one) => one.name === name);
  if (project === undefined) {
    return {
      project: name,
      problems: [
        {
          found: 'the trash project does not exist, or the robot can’t see it',
          remedy: `Create a private project ${name} and grant the robot its permissions there (docs/robot.md), or write trash: off in the policy.`,
        },
        ...blindProblems(version),
      ],
    };
  }
  const rules = await harbor.readImmutableRules(project);
  const retention = await harbor.readHarborRetention(project);
  const quota = await harbor.readQuota(project);
  const problems: TrashProblem[] = [
    ...kindProblems(project),
    ...ruleProblems(rules, retention),
    ...quotaProblems(quota),
  ];
  const claims = await harbor.readClaims(project);
  const claim = claimProblem(claimOf(claims, claimedAs));
  if (claim !== undefined) problems.push(claim);
  if (rules === 'unknown' || claims === 'unknown') problems.push(...blindProblems(version));
  const limited = quota !== 'unknown' && quota.hard >= 0;
  return { project: name, problems, ...(limited ? { quota } : {}) };
}

/** A robot that has both is shown neither its projects nor an error (docs/harbor.md#t31-robots-before-210). */
function blindProblems(version: string): readonly TrashProblem[] {
  const minor = /^v?2\.(\d+)\./.exec(version)?.[1];
  if (minor === undefined || Number(minor) > 9) return [];
  return [
    {
      found: `the robot is refused there, and this is Harbor ${version}`,
      remedy:
        'Up to Harbor 2.9 a robot with any permission on the system silently loses all others (goharbor/harbor#19627): make it without the "system" part (docs/robot.md).',
    },
  ];
}

function kindProblems(project: ProjectHead): readonly TrashProblem[] {
  const problems: TrashProblem[] = [];
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
): readonly TrashProblem[] {
  const problems: TrashProblem[] = [];
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
function quotaProblems(quota: Quota | 'unknown'): readonly TrashProblem[] {
  if (quota === 'unknown' || quota.hard < 0 || quota.used < quota.hard) return [];
  return [
    {
      found: `its quota is used up: ${quota.used} of ${quota.hard} bytes`,
      remedy: 'Raise its quota; copies take no room in the storage.',
    },
  ];
}
