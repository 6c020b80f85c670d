import { intents } from '../store/intents.ts';
import { recordedIn } from '../store/applied-totals.ts';
import type { Applying, Batch, ProjectWork } from './applying.ts';
import { type DeletionRecord, recordLine } from '../domain/deletion-record.ts';
import type { RunStore } from '../ports.ts';
import {
  type Applied,
  applyBatch,
  freshProgress,
  type ProjectProgress,
  stayingAfter,
  type Stop,
} from './apply-batch.ts';
import { healOnce, noteDeleting } from './heal-project.ts';

export interface Shared {
  readonly applying: Applying;
  /** Records that exist. */
  readonly known: ReadonlySet<string>;
  readonly stop: () => Stop | undefined;
  readonly stopAll: (why: Stop) => void;
}

/** False: out of time. */
export async function applyProject(work: ProjectWork, shared: Shared): Promise<boolean> {
  const { project, batches } = work;
  const { applying, known } = shared;
  const since = work.heals ? await noteDeleting(work, applying) : undefined;
  let progress: ProjectProgress = freshProgress;
  for (const batch of batches) {
    const key = applying.keys.record(batch.name);
    if (known.has(key)) {
      progress = afterRecords(await recordsOf(applying.store, key), progress);
      continue;
    }
    if (!applying.budget.hasTime()) return false;
    const stop = shared.stop();
    if (isWaitedFor(stop, applying)) return false;
    if (stop !== undefined) progress = { ...progress, stop: progress.stop ?? stop };
    if (since !== undefined) await noteDeleting(work, applying);
    const applied = await applyNext(batch, { project, progress }, shared);
    progress = applied.progress;
    if (progress.stop !== undefined && progress.stop.of !== 'project')
      shared.stopAll(progress.stop);
    if (isWaitedFor(progress.stop, applying)) return false;
  }
  return since === undefined || (await healOnce(work, since, applying));
}

/** Whether what stopped us is over by itself some time. */
export function isWaitedFor(
  stop: Stop | undefined,
  { waitsForWrites }: Pick<Applying, 'waitsForWrites'>,
): boolean {
  return waitsForWrites && stop?.of === 'run' && stop.isReadOnly === true;
}

/** What is about to be done is stored before it is done, what became of it after. */
async function applyNext(
  batch: Batch,
  { project, progress }: { readonly project: string; readonly progress: ProjectProgress },
  { applying }: Shared,
): Promise<Applied> {
  const { store, keys } = applying;
  await applying.confirmLease();
  const intended = intents.key(applying.runId, batch.name);
  const isResumed = (await store.read(intended)) !== undefined;
  if (!isResumed) {
    const undo = applying.undoIn(project);
    const intent = { batch: batch.name, undo, actions: batch.actions };
    await intents.write(store, intent, applying.runId, batch.name);
  }
  const applied = await applyBatch(batch.actions, progress, {
    ports: applying.ports,
    undo: applying.undoIn(project),
    runId: applying.runId,
    isResumed,
    confirmLease: applying.confirmLease,
    judgeAgain: applying.judgeAgain,
  });
  // As after a crash: the batch is gone through again, and what of it was done is found.
  if (isWaitedFor(applied.progress.stop, applying)) return applied;
  const writer = store.openPart(keys.record(batch.name));
  for (const [index, action] of batch.actions.entries()) {
    const outcome = applied.outcomes[index];
    if (outcome === undefined) continue;
    await writer.write(recordLine({ harbor: applying.harbor, action, outcome }));
  }
  await writer.close();
  applying.countDone(batch.actions.length);
  return applied;
}

async function recordsOf(store: RunStore, key: string): Promise<readonly DeletionRecord[]> {
  const records: DeletionRecord[] = [];
  for await (const record of recordedIn(store, key)) records.push(record);
  return records;
}

/** What stayed in earlier batches still holds what hangs on it. A refusal from before is asked for again. */
function afterRecords(
  records: readonly DeletionRecord[],
  progress: ProjectProgress,
): ProjectProgress {
  let { staying } = progress;
  for (const { action, outcome } of records) staying = stayingAfter(staying, action, outcome);
  return { staying };
}
