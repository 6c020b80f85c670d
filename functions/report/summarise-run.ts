import type { Instant } from '../domain/instant.ts';
import type { Plan } from '../domain/plan.ts';
import type { RunEntry, RunHistory } from '../domain/run-history.ts';

/** Runs that are remembered; the rails look at five, trends at more. */
const remembered = 60;

/** This run's entry for the history. Pure. */
export function summariseRun(
  run: { readonly id: string; readonly mode: 'dry-run' | 'apply'; readonly at: Instant },
  plan: Plan,
  deleted: { readonly artifacts: number; readonly repositories: number },
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
    plannedByRule: Object.fromEntries(plan.rules.map((rule) => [rule.rule, rule.deletions])),
  };
}

/** The history with this run at its end; a run that is reported again replaces itself. */
export function remember(history: RunHistory, entry: RunEntry): RunHistory {
  const others = history.runs.filter((run) => run.runId !== entry.runId);
  return { runs: [...others, entry].slice(-remembered) };
}
