import { defined } from '../domain/defined.ts';
import { formatInstant, type Instant } from '../domain/instant.ts';
import { type Plan, plannedBy } from '../domain/plan.ts';
import { decidesHalt, type RunEntry, type RunHistory } from '../domain/run-history.ts';
import type { Report } from './report-schema.ts';

/** Runs that are remembered; the rails look at five, trends at more. */
const remembered = 60;

/** What became of a plan. */
export interface RunEnd {
  readonly end: 'finished' | 'refused';
  readonly acknowledged?: readonly string[] | undefined;
  /** What halts a roll-out, by fingerprint; undefined: nothing. */
  readonly halts?: RunEntry['halts'] | undefined;
  readonly regrets?: RunEntry['regrets'] | undefined;
  /** Only in an armed run with a trash. */
  readonly keepFor?: number | undefined;
  readonly artifacts: number;
  readonly bytes: number;
  readonly repositories: number;
  /** What garbage collection freed, if one ended since the last run. */
  readonly freedBytes?: number | undefined;
}

/** This run's entry for the history. Pure. */
export function summariseRun(
  run: { readonly id: string; readonly mode: 'dry-run' | 'apply'; readonly at: Instant },
  plan: Plan,
  deleted: RunEnd,
): RunEntry {
  const { population } = plan;
  return {
    runId: run.id,
    at: run.at,
    policyHash: plan.policyHash,
    mode: run.mode,
    projects: population.projects,
    repositories: population.repositories,
    artifacts: population.artifacts,
    bytes: population.bytes,
    deletedArtifacts: deleted.artifacts,
    deletedRepositories: deleted.repositories,
    plannedByRule: Object.fromEntries(plan.rules.map((rule) => [rule.rule, plannedBy(rule)])),
    end: deleted.end,
    ...defined({
      unread: population.unread,
      keepFor: deleted.keepFor,
      acknowledged: deleted.acknowledged,
      halts: deleted.halts,
      regrets: deleted.regrets,
    }),
    condemnedArtifacts: population.deletions,
    condemnedBytes: population.deletionBytes,
    deletedBytes: deleted.bytes,
    ...trashOf(plan),
    ...defined({ freedBytes: deleted.freedBytes }),
  };
}

function trashOf({ purge }: Plan): Pick<RunEntry, 'trashArtifacts' | 'trashBytes'> {
  if (purge === undefined) return {};
  const { deletions, deferred, waiting, deletionBytes, waitingBytes } = purge;
  return {
    trashArtifacts: deletions + deferred + waiting,
    trashBytes: deletionBytes + waitingBytes,
  };
}

/** What the collections of a report freed; previews free nothing. */
export function freedBy(garbage: Report['garbageCollection']): number | undefined {
  let freed: number | undefined;
  for (const one of [garbage?.earlier, garbage?.thisRun]) {
    if (one?.kind === 'ended' && !one.dryRun && one.freedBytes !== null) {
      freed = (freed ?? 0) + one.freedBytes;
    }
  }
  return freed;
}

/** Runs that a report shows. */
const shown = 30;

/** The last runs as a report shows them, oldest first. Pure. */
export function trendOf({ runs }: RunHistory): NonNullable<Report['trend']> {
  return runs.slice(-shown).map((run) => ({
    runId: run.runId,
    at: formatInstant(run.at),
    mode: run.mode,
    ...defined({ end: run.end }),
    artifacts: run.artifacts + (run.unread ?? 0),
    bytes: run.bytes,
    deleted: run.deletedArtifacts,
    ...defined({
      deletedBytes: run.deletedBytes,
      condemned: run.condemnedArtifacts,
      condemnedBytes: run.condemnedBytes,
      trash: run.trashArtifacts,
      trashBytes: run.trashBytes,
      freedBytes: run.freedBytes,
    }),
  }));
}

/** Runs let through that a rule's drift is measured by; they are kept however many refused runs follow. */
const measured = 5;

/** Policies whose halts are kept, the newest; more than that are not rolled out at the same time. */
const halted = 20;

/** The history with this run at its end; a run that is reported again replaces itself. */
export function remember(history: RunHistory, entry: RunEntry): RunHistory {
  const others = history.runs.filter((run) => run.runId !== entry.runId);
  const runs = [...others, entry];
  const newest = runs.slice(-remembered);
  const isMeasured = (run: RunEntry): boolean =>
    run.policyHash === entry.policyHash && run.end !== 'refused';
  const there = newest.filter(isMeasured).length;
  const older = runs.slice(0, -remembered);
  const measurable = older.filter(isMeasured);
  const kept = new Set([
    ...measurable.slice(Math.max(measurable.length - Math.max(measured - there, 0), 0)),
    ...haltsIn(runs),
  ]);
  return { runs: [...older.filter((run) => kept.has(run)), ...newest] };
}

/** The run of each policy that halts its roll-out, if one does: a halt must not end because it is forgotten. */
function haltsIn(runs: readonly RunEntry[]): readonly RunEntry[] {
  const last = new Map<string, RunEntry>();
  for (const run of runs) if (decidesHalt(run)) last.set(run.policyHash, run);
  const halting = new Set([...last.values()].filter(({ halts }) => halts !== undefined));
  return runs.filter((run) => halting.has(run)).slice(-halted);
}
