import type { ApprovedList } from '../domain/approval.ts';
import type { Known } from '../domain/instant.ts';
import type { Policy } from '../domain/policy.ts';
import type { ProjectFacts, RegistryFacts } from '../domain/registry.ts';
import type { RollOut } from '../domain/roll-out.ts';
import type { UntaggedSince } from '../domain/run-history.ts';
import type { TrimCutoff } from './trim-to-limits.ts';

/** What judging a repository needs besides its facts. */
export interface JudgeContext {
  readonly policy: Policy;
  readonly registry: RegistryFacts;
  readonly projects: ReadonlyMap<string, ProjectFacts>;
  /** Since when artifacts of this repository are untagged; 'unknown' without the memory of earlier runs. */
  readonly untaggedSince: Known<UntaggedSince>;
  /** With `onBreach: oldestFirst`, once the whole is known: where this run stops. */
  readonly cutoff?: TrimCutoff;
  /**
   * What becomes of an artifact with which something would go that was not read; absent: it stays. `ignored` only for
   * those who ask what is to be read, or what would become of it at another time: never for a plan.
   */
  readonly unreadFamilies?: 'ignored';
  /** How far the policy is rolled out. Absent: it holds everywhere, which is what looks ahead and comparisons ask. */
  readonly rollOut?: RollOut;
  /** Repositories that may go whole. */
  readonly approved?: ApprovedList;
  /** The plan followed the list already: what it deleted since moved the score, and that is no reason to stop. */
  readonly approvalStands?: true;
}

/** Prepares what all repositories of a run are judged with; add `untaggedSince` for each, and later the cutoff. */
export function judgeContext(policy: Policy, registry: RegistryFacts): JudgeContext {
  return {
    policy,
    registry,
    projects: new Map(registry.projects.map((project) => [project.name, project])),
    untaggedSince: 'unknown',
  };
}
