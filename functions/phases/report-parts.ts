import { defined } from '../domain/defined.ts';
import type { Instant } from '../domain/instant.ts';
import type { Plan } from '../domain/plan.ts';
import type { ReportFacts } from '../report/build-report.ts';
import type { PlanDraft } from '../store/plan-draft.ts';
import type { RunState } from '../store/run-state.ts';
import type { RuledPlan } from './guard.ts';

/** What a report says of the run itself. */
export function runPart(
  state: RunState,
  ruled: RuledPlan['ruling']['kind'],
  now: Instant,
): ReportFacts['run'] {
  return {
    id: state.runId,
    mode: state.mode,
    end: ruled === 'refused' ? 'refused' : 'finished',
    startedAt: state.takenAt,
    ...defined({ judgedAt: state.judgeAt }),
    finishedAt: now,
    slices: state.slices,
  };
}

/** What a report says of the trash; nothing where it was not read. */
export function trashPart({ purge }: Plan, draft: PlanDraft): Pick<ReportFacts, 'trash'> {
  if (purge === undefined) return {};
  const { project, deletions, deletionBytes, deferred, waiting, waitingBytes } = purge;
  const notes = [...(draft.trashNotes ?? [])];
  return {
    trash: {
      project,
      due: deletions,
      dueBytes: deletionBytes,
      deferred,
      waiting,
      waitingBytes,
      notes,
    },
  };
}

/** What a report says of garbage collections that this run, or an earlier one, started. */
export function collectionPart({
  collection,
  earlierCollection: earlier,
}: RunState): Pick<ReportFacts, 'garbageCollection'> {
  if (collection === undefined && earlier === undefined) return {};
  return { garbageCollection: defined({ thisRun: collection, earlier }) };
}
