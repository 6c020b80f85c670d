import type { Plan } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import { mayReplicate } from '../guard/rail.ts';
import type { RegistryFacts, TrashFacts } from '../domain/registry.ts';
import type { Warning } from '../domain/warning.ts';
import type { Survey } from '../inventory/preflight.ts';
import { planWarnings, setAsideWarnings } from '../plan/plan-warnings.ts';
import { unmatchedWarnings } from '../plan/unmatched-warnings.ts';
import { inBytes } from '../domain/format-numbers.ts';
import { type Unmatched, unmatchedOf } from '../plan/matched.ts';
import { approvalWarnings } from './approved-list.ts';
import type { PlanDraft } from '../store/plan-draft.ts';
import type { RunState } from '../store/run-state.ts';
import { rollOutWarnings } from './roll-out-warnings.ts';
import { settledWarnings } from './settle-uncertain.ts';

export interface Warned {
  readonly policy: Policy;
  readonly registry: RegistryFacts;
  readonly survey: Survey;
  readonly draft: PlanDraft;
  readonly plan: Plan;
}

/** Everything that an operator should know of this run; none of it changes a verdict. */
export function warningsOf(
  state: RunState,
  { policy, registry, survey, draft, plan }: Warned,
): readonly Warning[] {
  const listed = new Set(plan.repositories.map((one) => `${one.project}/${one.repository}`));
  return [
    ...firstUnderPolicy(state),
    ...approvalWarnings(state, draft, listed),
    ...survey.warnings,
    ...signalWarnings(policy, registry),
    ...pullsElsewhere(policy, registry, plan),
    ...settledWarnings(state.settled ?? []),
    ...trashOff(policy),
    ...trashNearlyFull(registry.trash),
    ...rollOutWarnings(plan, { policy, registry }),
    ...planWarnings(plan.repositories),
    ...unmatchedIn({ policy, registry, survey, draft }),
    ...setAsideWarnings(draft.cutoff?.setAside ?? []),
    ...setAsideWarnings(draft.purgesSetAside ?? []),
  ];
}

function unmatchedIn(warned: Omit<Warned, 'plan'>): readonly Warning[] {
  const unmatched = unmatchedNames(warned);
  if (unmatched === undefined) return [];
  const { policy, registry } = warned;
  const projects = registry.projects.map(({ name }) => name);
  return unmatchedWarnings(unmatched, { policy, projects });
}

/** What matched nothing; undefined where something could not be listed, in which it may have. */
export function unmatchedNames({
  policy,
  registry,
  survey,
  draft,
}: Omit<Warned, 'plan'>): Unmatched | undefined {
  if (draft.matched === undefined || Object.keys(survey.unplannable).length > 0) return undefined;
  return unmatchedOf(draft.matched, { policy, registry });
}

function trashOff({ trash }: Policy): readonly Warning[] {
  if (trash !== 'off') return [];
  return [
    {
      code: 'trash-off',
      on: 'run',
      message: 'The policy says trash: off: what a run deletes can’t be put back.',
      remedy: 'Name a trash project in the policy, unless that is meant.',
    },
  ];
}

/** Share of its quota from which on the trash counts as nearly full. */
const nearlyFull = 0.85;

function trashNearlyFull(trash: TrashFacts | undefined): readonly Warning[] {
  if (trash?.quota === undefined || trash.quota.hard === 0) return [];
  const { hard, used } = trash.quota;
  const share = used / hard;
  if (share < nearlyFull || share >= 1) return [];
  return [
    {
      code: 'trash-nearly-full',
      on: trash.project,
      message: `The trash holds ${inBytes(used)} of the ${inBytes(hard)} of its quota, ${Math.floor(share * 100)} %. When it is full, deletions stop.`,
      remedy:
        'Raise the quota of the trash project (copies take no room in the storage), or shorten trash.keepFor.',
    },
  ];
}

function signalWarnings(policy: Policy, registry: RegistryFacts): readonly Warning[] {
  if (!policy.needs.pullTimes || registry.pullSignal === 'live') return [];
  const isLost = registry.pullSignal === 'lost';
  return [
    {
      code: isLost ? 'pull-signal-lost' : 'pull-times-clustered',
      on: registry.harbor.url,
      message: isLost
        ? 'Nothing was pulled in the last 30 days although there are older artifacts: pull times look switched off. Every rule with a pull condition keeps all it selects.'
        : 'More than half of the recent pulls lie within one quarter of an hour: something, probably a scanner, pulled everything.',
      remedy: isLost
        ? 'Look for PULL_TIME_UPDATE_DISABLE in Harbor’s core; or judge by push times.'
        : 'Have the scanner use Harbor’s own scanner robot with scanner_skip_update_pulltime, or judge by push times.',
    },
  ];
}

/** Who pulls from a copy elsewhere leaves no trace here: pull times then say too little of what is used. */
function pullsElsewhere(
  policy: Policy,
  { replications }: RegistryFacts,
  { repositories }: Plan,
): readonly Warning[] {
  if (!policy.needs.pullTimes || replications === 'unknown') return [];
  const judged = repositories.filter(({ project, repository }) =>
    policy.rules.some(
      ({ keep, select }) =>
        keep.some(({ needs }) => needs.includes('pull-times')) &&
        select.inProject(project) &&
        select.inRepository(repository),
    ),
  );
  const names = judged.map(({ project, repository }) => `${project}/${repository}`);
  return replications.flatMap((rule): readonly Warning[] => {
    const first = names.find((name) => mayReplicate(rule, name));
    if (first === undefined) return [];
    return [
      {
        code: 'pulls-elsewhere',
        on: rule.name,
        message: `This replication rule sends images elsewhere, for example those of ${first}, and a rule of the policy judges them by pulls. Pulls from the copies do not count here.`,
        remedy:
          'Judge these repositories by push times, or list what is used where the copies are under protect.inUse.',
      },
    ];
  });
}

function firstUnderPolicy(state: RunState): readonly Warning[] {
  if (state.isFirstUnderPolicy !== true) return [];
  return [
    {
      code: 'policy-is-new',
      on: state.policy.name,
      message:
        'No run has seen this policy before: this one stayed dry, though the deployment is armed.',
      remedy:
        'Read this report. The next run applies the policy; {"applyNewPolicy": true} in an event does so at once.',
    },
  ];
}
