import { intentText } from './intent.ts';
import { type DeletionRecord, recordLine } from '../domain/deletion-record.ts';
import type { Result } from '../domain/outcome.ts';
import type { Action } from '../domain/action.ts';
import type { Budget, RunStore } from '../ports.ts';
import {
  type Applied,
  applyBatch,
  freshProgress,
  type ProjectProgress,
  stayingAfter,
  type Stop,
} from './apply-batch.ts';
import type { Hands, Undo } from './hands.ts';
import { healOnce, noteDeleting } from './heal-project.ts';

/** What applying works with besides the plan. */
export interface Applying {
  readonly hands: Hands;
  readonly store: RunStore;
  readonly budget: Budget;
  readonly runId: string;
  /** Address of the Harbor, for the records. */
  readonly harbor: string;
  /** How deletions in a project are made undoable. */
  readonly undoIn: (project: string) => Undo;
  /** Before every batch. @throws RetentionError lease-held */
  readonly confirmLease: () => Promise<void>;
  /** Before every action: why it is not carried out any more, by what its repository holds now; undefined: it is. */
  readonly judgeAgain: (action: Action) => Promise<Result | undefined>;
  /** Keys of a batch: what is about to be done, and what became of it. */
  readonly keys: {
    readonly intent: (batch: string) => string;
    readonly record: (batch: string) => string;
    /** What deletions in a project did to those who pushed there, and what was done about it. */
    readonly healing: (work: string) => string;
  };
  /** False for proxy caches, which nobody pushes to. */
  readonly healsIn: (project: string) => boolean;
  /** Below which `keys.record` lie. */
  readonly recordPrefix: string;
  readonly tell: (outcomes: number) => void;
  /** A Harbor that turns read-only is waited for: what it refuses is not recorded, and tried again later. */
  readonly waitsForWrites: boolean;
}

export interface Batch {
  readonly name: string;
  readonly actions: readonly Action[];
}

/** What one part of a plan does in one project. */
export interface ProjectWork {
  /** Of part and project; follows from the plan alone. */
  readonly name: string;
  readonly project: string;
  readonly batches: readonly Batch[];
  /** Whether those who push there are looked after. */
  readonly heals: boolean;
}

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
  const intent = keys.intent(batch.name);
  const isResumed = (await store.read(intent)) !== undefined;
  if (!isResumed) {
    const text = intentText({
      batch: batch.name,
      undo: applying.undoIn(project),
      actions: batch.actions,
    });
    await store.write(intent, text, 'application/json');
  }
  const applied = await applyBatch(batch.actions, progress, {
    hands: applying.hands,
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
  applying.tell(batch.actions.length);
  return applied;
}

async function recordsOf(store: RunStore, key: string): Promise<readonly DeletionRecord[]> {
  const records: DeletionRecord[] = [];
  for await (const line of store.readPart(key)) records.push(JSON.parse(line) as DeletionRecord);
  return records;
}

/** What stayed in earlier batches still holds what hangs on it. A refusal from before is asked for anew. */
function afterRecords(
  records: readonly DeletionRecord[],
  progress: ProjectProgress,
): ProjectProgress {
  let { staying } = progress;
  for (const { action, outcome } of records) staying = stayingAfter(staying, action, outcome);
  return { staying };
}
