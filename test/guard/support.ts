import type { Plan, RepositoryTotals, RuleTotals, Totals } from '../../functions/domain/plan.ts';
import type { PolicyFrame } from '../../functions/domain/policy.ts';
import type { PlannedRollOut } from '../../functions/domain/roll-out.ts';
import type { ProjectFacts, RegistryFacts } from '../../functions/domain/registry.ts';
import type { RunEntry } from '../../functions/domain/run-history.ts';
import type { GuardContext } from '../../functions/guard/rail.ts';
import { inUseOf, listed } from '../support/listed.ts';

export const now = Date.UTC(2026, 10, 21);

export function repository(overrides: Partial<RepositoryTotals> = {}): RepositoryTotals {
  return {
    project: 'team',
    repository: 'api',
    artifacts: 100,
    bytes: 1_000,
    deletions: 0,
    deletionBytes: 0,
    tagRemovals: 0,
    deferred: 0,
    repositoryId: 1,
    tags: 100,
    pullCount: 0,
    createdAt: now,
    updatedAt: now,
    ...overrides,
  };
}

export function rule(name: string, deletions: number): RuleTotals {
  return { rule: name, selected: 0, kept: 0, deletions, deletionBytes: 0, tagRemovals: 0 };
}

/** A roll-out in its first tenth, of which nothing was missed. */
export function rollOut(
  overrides: Partial<NonNullable<Plan['rollOut']>> = {},
): NonNullable<Plan['rollOut']> {
  return {
    startedAt: now - 86_400_000,
    endsAt: now + 86_400_000,
    phase: 'first',
    inScope: 20,
    first: 2,
    names: ['team/api', 'team/f'],
    regrets: { seen: [], count: 0, unknown: [] },
    ...overrides,
  };
}

/** Signs that copies called so were missed. */
export function missed(...keys: readonly string[]): NonNullable<PlannedRollOut['regrets']> {
  const seen = keys.map((key) => ({ key, copy: `trash/team/${key}`, because: 'was restored' }));
  return { seen, count: seen.length, unknown: [] };
}

export interface PlanParts {
  readonly population?: Partial<Totals>;
  readonly repositories?: readonly RepositoryTotals[];
  readonly rules?: readonly RuleTotals[];
  readonly canaries?: Plan['canaries'];
  readonly purge?: NonNullable<Plan['purge']>;
  readonly rollOut?: NonNullable<Plan['rollOut']>;
}

/** A plan that every rail lets pass, but for what is given. */
export function planWith(parts: PlanParts = {}): Plan {
  return {
    id: 'plan',
    madeAt: now,
    policyHash: 'policy',
    population: {
      projects: 1,
      repositories: 1,
      unplannable: 0,
      artifacts: 100,
      bytes: 1_000,
      deletions: 0,
      deletionBytes: 0,
      tagRemovals: 0,
      deferred: 0,
      ...parts.population,
    },
    repositories: parts.repositories ?? [repository()],
    rules: parts.rules ?? [],
    reasons: [],
    canaries: parts.canaries ?? [],
    actions: [],
    ...(parts.purge === undefined ? {} : { purge: parts.purge }),
    ...(parts.rollOut === undefined ? {} : { rollOut: parts.rollOut }),
  };
}

export const project: ProjectFacts = {
  name: 'team',
  id: 1,
  isPublic: false,
  isProxyCache: false,
  repositoryCount: 1,
  immutableRules: [],
  harborRetention: 'none',
};

export interface ContextParts {
  readonly policy?: Partial<PolicyFrame>;
  readonly registry?: Partial<RegistryFacts>;
  readonly runs?: readonly RunEntry[];
  readonly acknowledged?: readonly string[];
}

export function contextWith(parts: ContextParts = {}): GuardContext {
  return {
    policy: {
      hash: 'policy',
      ruleNames: [],
      mirrors: {},
      needs: {
        pullTimes: false,
        pullsWithin: () => 0,
        untagged: false,
        untaggedMemory: false,
        subjects: false,
        labels: [],
      },
      limits: {
        maxDeletions: 500,
        maxDeletionsPercent: 20,
        maxDeletionsPercentPerRepository: 90,
        maxBytes: 500,
        onBreach: 'refuse',
      },
      keepAtLeast: 1,
      canaries: [],
      proxyCache: 'keep',
      digests: [],
      digestLists: [],
      inUse: [],
      acknowledgeHarborRetention: false,
      acknowledgeReplication: false,
      trash: { project: 'trash', keepFor: 1 },
      garbageCollection: { mode: 'off', workers: 1 },
      repositories: {},
      inScope: (name) => name === 'team',
      ...parts.policy,
    },
    registry: {
      takenAt: now,
      harbor: {
        url: 'https://harbor.example',
        version: 'v2.15.2',
        currentTime: now,
        measuredAt: now,
        readOnly: false,
      },
      projects: [project],
      replications: [],
      inUse: inUseOf(),
      listedDigests: listed({}),
      pullSignal: 'live',
      ...parts.registry,
    },
    history: { runs: parts.runs ?? [] },
    acknowledged: parts.acknowledged ?? [],
  };
}

export function run(overrides: Partial<RunEntry> = {}): RunEntry {
  return {
    runId: 'last',
    at: now - 86_400_000,
    policyHash: 'policy',
    mode: 'dry-run',
    projects: 1,
    repositories: 1,
    artifacts: 100,
    bytes: 1_000,
    deletedArtifacts: 0,
    deletedRepositories: 0,
    plannedByRule: {},
    ...overrides,
  };
}

/** A plan under a roll-out of which something was missed. */
export const regretted: PlanParts = { rollOut: rollOut({ regrets: missed('a') }) };
