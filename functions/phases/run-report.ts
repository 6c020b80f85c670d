import { defined } from '../domain/defined.ts';
import type { Healing } from '../domain/healing.ts';
import { memoryOf } from '../store/harbor-memory.ts';
import type { Instant } from '../domain/instant.ts';
import type { Plan } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import type { RunHistory } from '../domain/run-history.ts';
import type { Survey } from '../inventory/preflight.ts';
import { fingerprintOf } from '../plan/make-plan.ts';
import { rankRepositories } from '../plan/rank-repositories.ts';
import type { World } from '../ports.ts';
import { buildReport, type ReportFacts } from '../report/build-report.ts';
import type { Ledger } from '../report/ledger-schema.ts';
import type { Report } from '../report/report-schema.ts';
import { freedBy, remember, summariseRun, trendOf } from '../report/summarise-run.ts';
import { healingWarnings } from './healing.ts';
import { healingsOf } from '../store/healing-records.ts';
import { type RuledPlan, ruleOn } from './guard.ts';
import { saveHistory } from '../store/run-history.ts';
import { collectionPart, runPart, trashPart } from './report-parts.ts';
import { acknowledgedRegrets, rollOutMemory } from './roll-out.ts';
import { withFigures } from './slice-end.ts';
import { withEarlier } from './collect.ts';
import { ledgerSections } from '../store/ledger-section.ts';
import { withLedger } from '../ledger-run/index.ts';
import { notify } from './notify.ts';
import type { PlanDraft } from '../store/plan-draft.ts';
import { addRequests, type Reported, type RunState, judgedAt } from '../store/run-state.ts';
import { summaryOf } from './run-summary.ts';
import { unmatchedNames, warningsOf } from './run-warnings.ts';
import { type AppliedTotals, tallyRecords } from '../store/applied-totals.ts';
import { writeReport } from './write-report.ts';

interface Reporting {
  readonly policy: Policy;
  readonly survey: Survey;
  readonly registry: RegistryFacts;
}

/** Writes the report and its page, then the history. May be repeated. */
export async function writeRunReport(
  before: RunState,
  given: Reporting,
  world: World,
): Promise<Reported> {
  const state = before.mode === 'apply' ? await withEarlier(before, world) : before;
  const ruled = await ruleOn(state, given, world);
  const applied = await tallyRecords(world.store, state);
  const withoutTrend = reportOf(state, given, {
    ...ruled,
    applied,
    healings: await healingsOf(world.store, state),
    ledger: await ledgerSections.read(world.store, state.runId),
    requests: world.harbor.requests(),
    now: world.clock.now(),
  });
  const { trash } = given.policy;
  const keepFor = state.mode === 'apply' && trash !== 'off' ? trash.keepFor : undefined;
  const history = remembered(state, { ...ruled, applied, keepFor }, withoutTrend);
  const report = { ...withoutTrend, trend: trendOf(history) };
  await writeReport(report, state.reportKey, world);
  if (history !== ruled.history)
    await saveHistory(memoryOf(world.store, given.registry.harbor.url), history);
  await notify(report, state, world);
  const end = ruled.ruling.kind === 'refused' ? 'refused' : 'finished';
  const summary = summaryOf(state, ruled.ruling.plan, report);
  return withFigures({ ...state, ended: { end, summary } }, world, before.ended);
}

/** A half-blind listing must not become what the next run is compared with. */
function remembered(
  state: RunState,
  {
    ruling,
    history,
    earlier,
    applied,
    keepFor,
  }: RuledPlan & { readonly applied: AppliedTotals; readonly keepFor: number | undefined },
  { garbageCollection }: Report,
): RunHistory {
  const isRefused = ruling.kind === 'refused';
  if (isRefused && ruling.refusals.some((one) => one.rail === 'inventory-shrank')) return history;
  const run = { id: state.runId, mode: state.mode, at: state.takenAt };
  const entry = summariseRun(run, ruling.plan, {
    end: isRefused ? 'refused' : 'finished',
    acknowledged: state.acknowledged,
    ...rollOutMemory(state, ruling, earlier),
    keepFor,
    artifacts: applied.deleted,
    bytes: applied.deletedBytes,
    repositories: applied.removedRepositories,
    freedBytes: freedBy(garbageCollection),
  });
  return remember(history, entry);
}

function reportOf(
  state: RunState,
  { policy, survey, registry }: Reporting,
  made: RuledPlan & {
    /** What this slice adds to what the state holds. */
    readonly requests: Report['requests'];
    readonly applied: AppliedTotals;
    readonly healings: readonly Healing[];
    readonly ledger: Ledger | undefined;
    readonly now: Instant;
  },
): Report {
  const { draft, ruling, applied } = made;
  const { plan } = ruling;
  const facts: ReportFacts = {
    run: runPart(state, ruling.kind, made.now),
    policy: {
      hash: policy.hash,
      name: state.policy.name,
      ...defined({ version: state.policy.version }),
    },
    harbor: survey.registry.harbor,
    plan,
    fingerprint: fingerprintOf(plan),
    ...aboutRepositories(policy, plan, judgedAt(state)),
    lastActivity: new Map(Object.entries(draft.lastActivity)),
    refusals: ruling.kind === 'refused' ? ruling.refusals : [],
    warnings: [
      ...warningsOf(state, { policy, registry, survey, draft, plan }),
      ...healingWarnings(made.healings),
    ],
    requests: withLedger(addRequests(state.requests, made.requests), made.ledger),
    reused: state.reused ?? { repositories: 0, artifacts: 0 },
    durationsMs: state.durationsMs,
    ...draftPart(draft),
    ...defined({ acknowledgedRegrets: acknowledgedRegrets(state, plan, made.earlier) }),
    ...unmatchedPart({ policy, registry, survey, draft }),
    ledger: made.ledger,
    ...(state.mode === 'apply' ? { applied } : {}),
    ...trashPart(plan, draft),
    ...collectionPart(state),
  };
  return buildReport(facts);
}

function unmatchedPart(
  given: Parameters<typeof unmatchedNames>[0],
): Pick<ReportFacts, 'unmatched'> {
  const unmatched = unmatchedNames(given);
  if (unmatched === undefined) return {};
  return {
    unmatched: {
      names: unmatched.names.map(({ place, text, protects }) => ({
        place,
        pattern: text,
        protects,
      })),
      lists: unmatched.lists.map((one) => ({ ...one, examples: [...one.examples] })),
    },
  };
}

function draftPart({
  rows,
  lookAhead,
  distributions,
}: PlanDraft): Pick<ReportFacts, 'parts' | 'lookAhead' | 'distributions'> {
  return { parts: [...rows], lookAhead, distributions };
}

function aboutRepositories(
  { repositories }: Policy,
  plan: Plan,
  now: Instant,
): Pick<ReportFacts, 'ranking' | 'emptyRepositories'> {
  const { ranking } = repositories;
  return {
    ranking: ranking === undefined ? [] : [...rankRepositories(plan.repositories, ranking, now)],
    emptyRepositories: [...(plan.empty?.repositories ?? [])],
  };
}
