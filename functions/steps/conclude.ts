import type { Instant } from '../domain/instant.ts';
import type { Plan } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import type { RunHistory } from '../domain/run-history.ts';
import type { Warning } from '../domain/warning.ts';
import { RetentionError } from '../errors.ts';
import { guardPlan } from '../guard/guard-plan.ts';
import type { Ruling } from '../guard/guarded-plan.ts';
import type { Survey } from '../inventory/preflight.ts';
import { emptyRepositories } from '../plan/empty-repositories.ts';
import { finishPlan } from '../plan/make-plan.ts';
import { rankRepositories } from '../plan/rank-repositories.ts';
import type { RunStore, RunSummary, World } from '../ports.ts';
import { buildReport, type ReportFacts } from '../report/build-report.ts';
import { latestReport } from '../report/report-keys.ts';
import type { Report } from '../report/report-schema.ts';
import { remember, summariseRun } from '../report/summarise-run.ts';
import { loadDraft, type PlanDraft } from './plan-draft.ts';
import { type RunState, stateKeys } from './run-state.ts';

const historyKey = 'state/history.json';

export interface Concluding {
  readonly policy: Policy;
  readonly survey: Survey;
  readonly registry: RegistryFacts;
  /** Of this slice, on top of what the state holds. */
  readonly requests: Report['requests'];
}

/** Closes the plan, has it guarded, and writes report, history and `latest.json`, in this order. */
export async function conclude(
  state: RunState,
  given: Concluding,
  world: World,
): Promise<RunState> {
  const { policy, registry } = given;
  const draft = await loadDraft(world.store, state.runId);
  if (draft === undefined) {
    throw new RetentionError(
      'state-invalid',
      `The plan of run ${state.runId} is gone from ${world.store.address}.`,
    );
  }
  const plan = finishPlan(draft.soFar, {
    madeAt: state.takenAt,
    policyHash: policy.hash,
    ruleNames: policy.ruleNames,
    actions: draft.actions,
  });
  await world.store.write(stateKeys(state.runId).plan, JSON.stringify(plan), 'application/json');
  const history = await loadHistory(world.store);
  const earlier = { runs: history.runs.filter((run) => run.runId !== state.runId) };
  const ruling = guardPlan(plan, { policy, registry, history: earlier });
  const report = reportOf(state, given, { draft, plan, ruling, now: world.clock.now() });
  await writeReport(world.store, state.reportKey, report);
  await writeHistory(world.store, history, { state, plan, ruling });
  const end = ruling.kind === 'refused' ? 'refused' : 'finished';
  return { ...state, phase: 'done', ended: { end, summary: summaryOf(state, plan, report) } };
}

/** The run's own key first, `latest.json` last: whoever reads the latter finds the former. */
export async function writeReport(store: RunStore, key: string, report: Report): Promise<void> {
  const text = JSON.stringify(report, undefined, 2);
  await store.write(key, text, 'application/json');
  await store.write(latestReport, text, 'application/json');
}

async function loadHistory(store: RunStore): Promise<RunHistory> {
  const stored = await store.read(historyKey);
  return stored === undefined ? { runs: [] } : (JSON.parse(stored.text) as RunHistory);
}

/** A half-blind listing must not become what the next run is compared with. */
async function writeHistory(
  store: RunStore,
  history: RunHistory,
  { state, plan, ruling }: { state: RunState; plan: Plan; ruling: Ruling },
): Promise<void> {
  const isShrunk =
    ruling.kind === 'refused' && ruling.refusals.some((one) => one.rail === 'inventory-shrank');
  if (isShrunk) return;
  const run = { id: state.runId, mode: state.mode, at: state.takenAt };
  const entry = summariseRun(run, plan, { artifacts: 0, repositories: 0 });
  await store.write(historyKey, JSON.stringify(remember(history, entry)), 'application/json');
}

function reportOf(
  state: RunState,
  { policy, survey, registry, requests }: Concluding,
  made: { draft: PlanDraft; plan: Plan; ruling: Ruling; now: Instant },
): Report {
  const { draft, plan, ruling } = made;
  const facts: ReportFacts = {
    run: {
      id: state.runId,
      mode: state.mode,
      end: ruling.kind === 'refused' ? 'refused' : 'finished',
      startedAt: state.takenAt,
      finishedAt: made.now,
      slices: state.slices,
    },
    policy: {
      hash: policy.hash,
      name: state.policy.name,
      ...(state.policy.version === undefined ? {} : { version: state.policy.version }),
    },
    harbor: survey.registry.harbor,
    plan,
    ...aboutRepositories(policy, plan, state.takenAt),
    lastActivity: new Map(Object.entries(draft.lastActivity)),
    refusals: ruling.kind === 'refused' ? ruling.refusals : [],
    warnings: [...survey.warnings, ...signalWarnings(policy, registry)],
    requests: {
      sent: state.requests.sent + requests.sent,
      retried: state.requests.retried + requests.retried,
      lowerBound: state.requests.lowerBound + requests.lowerBound,
      waitedMs: state.requests.waitedMs + requests.waitedMs,
    },
    durationsMs: state.durationsMs,
    parts: [...draft.rows],
  };
  return buildReport(facts);
}

function aboutRepositories(
  { repositories }: Policy,
  plan: Plan,
  now: Instant,
): Pick<ReportFacts, 'ranking' | 'emptyRepositories'> {
  const { ranking, removeEmpty } = repositories;
  const empty =
    removeEmpty === undefined
      ? []
      : emptyRepositories(plan.repositories, removeEmpty.olderThan, now);
  return {
    ranking: ranking === undefined ? [] : [...rankRepositories(plan.repositories, ranking, now)],
    emptyRepositories: empty.map(({ project, repository }) => ({ project, repository })),
  };
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

function summaryOf(state: RunState, plan: Plan, report: Report): RunSummary {
  const { population } = plan;
  return {
    runId: state.runId,
    mode: state.mode,
    artifacts: population.artifacts,
    condemned: population.deletions,
    condemnedBytes: population.deletionBytes,
    deleted: 0,
    refusals: report.refusals.length,
    warnings: report.warnings.length,
    unplannable: population.unplannable,
  };
}
