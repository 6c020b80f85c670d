import type { Plan } from '../../functions/domain/plan.ts';
import type { Refusal } from '../../functions/domain/refusal.ts';
import {
  type ContextParts,
  contextWith,
  missed,
  now,
  type PlanParts,
  project,
  repository,
  rollOut,
  rule,
  run,
} from './support.ts';

export const purge = (deletions: number, deletionBytes: number): NonNullable<Plan['purge']> => ({
  project: 'trash',
  deletions,
  deletionBytes,
  deferred: 0,
  waiting: 0,
  waitingBytes: 0,
  actions: [],
});

export const seen = (fate: 'keep' | 'delete' | 'untag', reference = 'team/api:v1') => ({
  reference,
  digest: 'sha256:0',
  fate,
});
export const harbor = contextWith().registry.harbor;
export const unlimited = {
  policy: {
    limits: {
      ...contextWith().policy.limits,
      maxDeletions: 'unlimited',
      maxDeletionsPercent: 'unlimited',
      maxDeletionsPercentPerRepository: 'unlimited',
      maxBytes: 'unlimited',
    },
  },
} as const;
export const replicating = { name: 'to-dr', deletes: true, nameFilters: ['team/**'] };

const acknowledging = (fingerprint: string): string =>
  `Look at what the rule selects now. If it is right, acknowledge this refusal: an event with {"acknowledge": ["${fingerprint}"]}, or apply --acknowledge ${fingerprint}. A change of the policy has drift measured from then on, too.`;

const halted = (fingerprint: string): string =>
  `Restore what is needed, and have the policy keep it. Where nothing was missed, somebody only looked or scanned, acknowledge exactly these: an event with {"acknowledge": ["${fingerprint}"]}, or apply --acknowledge ${fingerprint}.`;

const { regrets: _, ...blindRollOut } = rollOut();

const unseen = (on: string, found: string): Refusal => ({
  rail: 'rollout-halted',
  on,
  found,
  allowed: 'a trash that can be read',
  remedy:
    'See what trash-not-ready or the notes on the trash say, put it right, and run again; or take `rollout` out of the policy.',
});

/** What a plan is refused for, and what the operator reads then. */
export interface Case {
  readonly plan?: PlanParts;
  readonly context?: ContextParts;
  readonly says: readonly Refusal[];
}

export const cases: Readonly<Record<string, Case>> = {
  'a canary that would go': {
    plan: { canaries: [seen('delete')] },
    context: { policy: { canaries: ['team/api:v1'] } },
    says: [
      {
        rail: 'canaries',
        on: 'team/api:v1',
        found: 'it would go',
        allowed: 'a canary that is seen and stays (canaries.mustStay)',
        remedy: 'Correct the rule that condemns it; `harbor-retention explain` names it.',
      },
    ],
  },
  'a canary that was not seen, beside one that was': {
    plan: { canaries: [seen('keep', 'team/web:v1')] },
    context: { policy: { canaries: ['team/api:v1', 'team/web:v1'] } },
    says: [
      {
        rail: 'canaries',
        on: 'team/api:v1',
        found: 'it was not seen',
        allowed: 'a canary that is seen and stays (canaries.mustStay)',
        remedy:
          'Check that the robot may read its project and that it is still there; else correct canaries.mustStay.',
      },
    ],
  },
  'a clock that is ahead': {
    context: { registry: { harbor: { ...harbor, currentTime: now + 301_000 } } },
    says: [
      {
        rail: 'clocks-apart',
        on: 'https://harbor.example',
        found: 'Harbor’s clock is 301 seconds ahead of ours',
        allowed: 'clocks that differ by at most 300 seconds',
        remedy:
          'Correct the clock that is wrong (NTP on the machines of Harbor); ages can’t be judged until then.',
      },
    ],
  },
  'a clock that is behind': {
    context: { registry: { harbor: { ...harbor, currentTime: now - 3_600_000 } } },
    says: [
      {
        rail: 'clocks-apart',
        on: 'https://harbor.example',
        found: 'Harbor’s clock is 3600 seconds behind ours',
        allowed: 'clocks that differ by at most 300 seconds',
        remedy:
          'Correct the clock that is wrong (NTP on the machines of Harbor); ages can’t be judged until then.',
      },
    ],
  },
  'a clock that is not known': {
    context: { registry: { harbor: { ...harbor, currentTime: 'unknown' } } },
    says: [
      {
        rail: 'clocks-apart',
        on: 'https://harbor.example',
        found: 'Harbor’s clock is not known',
        allowed: 'clocks that differ by at most 300 seconds',
        remedy:
          'Correct the clock that is wrong (NTP on the machines of Harbor); ages can’t be judged until then.',
      },
    ],
  },
  'replication that repeats deletions': {
    context: { registry: { replications: [replicating] } },
    says: [
      {
        rail: 'deletions-replicated',
        on: 'to-dr',
        found: 'this replication rule passes deletions on, for example those in team/api',
        allowed: 'replication rules that keep what is deleted here',
        remedy:
          'Switch off “replicate deletion” in the rule, or say acknowledgeReplication: true: a restore then reaches this Harbor only.',
      },
    ],
  },
  'replication that can’t be read': {
    context: { registry: { replications: 'unknown' } },
    says: [
      {
        rail: 'deletions-replicated',
        on: 'run',
        found: 'the replication rules could not be read',
        allowed: 'replication rules that are known not to pass deletions on',
        remedy:
          'Grant the robot replication-policy:list on the system, or say acknowledgeReplication: true.',
      },
    ],
  },
  'a Harbor that is read-only': {
    context: { registry: { harbor: { ...harbor, readOnly: true } } },
    says: [
      {
        rail: 'harbor-read-only',
        on: 'https://harbor.example',
        found: 'Harbor is read-only',
        allowed: 'a Harbor that accepts writes',
        remedy:
          'Wait until its administrator has switched read-only off; somebody switched it on for a reason.',
      },
    ],
  },
  'a Harbor that does not say': {
    context: { registry: { harbor: { ...harbor, readOnly: 'unknown' } } },
    says: [
      {
        rail: 'harbor-read-only',
        on: 'https://harbor.example',
        found: 'Harbor did not say whether it is read-only',
        allowed: 'a Harbor that accepts writes',
        remedy:
          'Wait until its administrator has switched read-only off; somebody switched it on for a reason.',
      },
    ],
  },
  'Harbor’s own retention at work, and one that can’t be read': {
    context: {
      registry: {
        projects: [
          { ...project, harborRetention: 'enabled' },
          { ...project, name: 'team-b', id: 2, harborRetention: 'unknown' },
          { ...project, name: 'team-c', id: 3, harborRetention: 'disabled' },
        ],
      },
      policy: { inScope: () => true },
    },
    says: [
      {
        rail: 'harbor-retention-enabled',
        on: 'team',
        found: 'Harbor’s own retention policy runs on this project',
        allowed: 'one retention per project',
        remedy:
          'Disable Harbor’s policy there, or let the robot read it (tag-retention:read), or say acknowledgeHarborRetention: true.',
      },
      {
        rail: 'harbor-retention-enabled',
        on: 'team-b',
        found: 'this project has a retention policy of Harbor’s own, which could not be read',
        allowed: 'one retention per project',
        remedy:
          'Disable Harbor’s policy there, or let the robot read it (tag-retention:read), or say acknowledgeHarborRetention: true.',
      },
    ],
  },
  'a registry that shrank, beyond what the last run took away': {
    plan: { population: { projects: 7, repositories: 31, artifacts: 719, unread: 0 } },
    context: {
      runs: [
        run({ runId: 'before', artifacts: 9 }),
        run({
          projects: 9,
          repositories: 50,
          artifacts: 1000,
          deletedArtifacts: 100,
          deletedRepositories: 10,
        }),
      ],
    },
    says: [
      ['7 projects where the last run left 9', 'at least 8, that is 80 %'],
      ['31 repositories where the last run left 40', 'at least 32, that is 80 %'],
      ['719 artifacts where the last run left 900', 'at least 720, that is 80 %'],
    ].map(([found = '', allowed = '']) => ({
      rail: 'inventory-shrank',
      on: 'run',
      found,
      allowed,
      remedy:
        "Compare with run last: may the robot still read every project? If the registry really became smaller, remove state/harbors/harbor.example-2b459a8088ef/history.json from the run's store; the next run starts a new comparison.",
    })),
  },
  'too many deletions, single tags and purges': {
    plan: { population: { deletions: 1501, tagRemovals: 501 }, purge: purge(502, 0) },
    context: {
      policy: { limits: { ...unlimited.policy.limits, maxDeletions: 500 } },
    },
    says: [
      ['1,501 artifacts', '500 artifacts'],
      ['501 single tags', '500 single tags'],
      ['502 purges', '500 purges'],
    ].map(([found = '', allowed = '']) => ({
      rail: 'max-deletions',
      on: 'run',
      found,
      allowed: `${allowed} (limits.maxDeletions)`,
      remedy:
        'If the plan is right, raise limits.maxDeletions; for artifacts, onBreach: oldestFirst works the arrears off run by run.',
    })),
  },
  'too large a share of what is in scope': {
    plan: {
      population: { deletions: 21 },
      repositories: [repository(), repository({ project: 'other', artifacts: 900 })],
    },
    says: [
      {
        rail: 'max-deletions-percent',
        on: 'run',
        found: '21 artifacts of 100 artifacts in scope',
        allowed: '20, that is 20 % (limits.maxDeletionsPercent)',
        remedy:
          'If the plan is right, raise limits.maxDeletionsPercent, or say onBreach: oldestFirst to work the arrears off run by run.',
      },
    ],
  },
  'too large a share of one repository': {
    plan: { repositories: [repository({ artifacts: 10, deletions: 10 })] },
    says: [
      {
        rail: 'max-deletions-percent-per-repository',
        on: 'team/api',
        found: '10 of its 10 artifacts',
        allowed: '9, that is 90 % (limits.maxDeletionsPercentPerRepository)',
        remedy:
          'Look at the repository; if it may go so far, raise limits.maxDeletionsPercentPerRepository, or keep more in it.',
      },
    ],
  },
  'too many bytes, of the run and of the trash': {
    plan: { population: { deletionBytes: 501 }, purge: purge(0, 502) },
    says: [
      ['run', '501 bytes'],
      ['trash', '502 bytes'],
    ].map(([on = '', found = '']) => ({
      rail: 'max-bytes',
      on,
      found,
      allowed: '500 bytes (limits.maxBytes)',
      remedy: 'If the plan is right, raise limits.maxBytes, or say onBreach: oldestFirst.',
    })),
  },
  'a rule that drifts': {
    plan: { rules: [rule('ci', 200), rule('calm', 60)] },
    context: {
      runs: [
        run({ plannedByRule: { ci: 60, calm: 60 } }),
        run({ plannedByRule: { ci: 61, calm: 60 } }),
      ],
    },
    says: [
      {
        rail: 'rule-drift',
        on: 'ci',
        found: '200 artifacts, where the last 2 runs that were let through had 60.5 on average',
        allowed: '181: 3 times the average, and 50 in any case',
        remedy: acknowledging('e53463dfa0a7'),
        fingerprint: 'e53463dfa0a7',
      },
    ],
  },
  'a rule that drifts from next to nothing': {
    plan: { rules: [rule('ci', 51)] },
    context: { runs: [run({ plannedByRule: { ci: 2 } })] },
    says: [
      {
        rail: 'rule-drift',
        on: 'ci',
        found: '51 artifacts, where the last 1 run that was let through had 2.0 on average',
        allowed: '50: 3 times the average, and 50 in any case',
        remedy: acknowledging('0e36115377e3'),
        fingerprint: '0e36115377e3',
      },
    ],
  },
  'what was missed since a roll-out began': {
    plan: { rollOut: rollOut({ regrets: missed('a', 'b', 'c', 'd', 'e') }) },
    context: { policy: { trash: { project: 'bin', keepFor: 1 } } },
    says: [
      {
        rail: 'rollout-halted',
        on: 'bin',
        found:
          '5 signs that something deleted since 2026-11-20T00:00:00.000Z was missed: trash/team/a was restored; trash/team/b was restored; trash/team/c was restored; and 2 more',
        allowed: 'none that nobody has acknowledged',
        remedy: halted('e9b50469e61a'),
        fingerprint: 'e9b50469e61a',
      },
    ],
  },
  'a roll-out whose trash nobody could look at': {
    plan: { rollOut: blindRollOut },
    context: { policy: { trash: 'off' } },
    says: [
      unseen(
        'run',
        'a trash that could not be looked at for signs that something deleted since 2026-11-20T00:00:00.000Z was missed',
      ),
    ],
  },
  'a roll-out of whose trash a part could not be looked at': {
    plan: { rollOut: rollOut({ regrets: { seen: [], count: 0, unknown: ['x: y', 'z: w'] } }) },
    says: [
      unseen(
        'trash',
        'parts of the trash that could not be looked at for signs that something deleted since 2026-11-20T00:00:00.000Z was missed: x: y; z: w',
      ),
    ],
  },
  'a trash that is not ready': {
    context: {
      registry: {
        trash: {
          project: 'bin',
          problems: [
            { found: 'it is public', remedy: 'Make it private.' },
            { found: 'it is full', remedy: 'Raise its quota.' },
          ],
        },
      },
    },
    says: [
      ['it is public', 'Make it private.'],
      ['it is full', 'Raise its quota.'],
    ].map(([found = '', remedy = '']) => ({
      rail: 'trash-not-ready',
      on: 'bin',
      found,
      allowed: 'a trash project as docs/policy.md#the-trash-project describes it',
      remedy,
    })),
  },
};
