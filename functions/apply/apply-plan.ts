import type { Action } from '../domain/action.ts';
import { sha256Hex } from '../domain/hash.ts';
import type { DeletionRecord } from '../domain/deletion-record.ts';
import type { ActionPart } from '../domain/plan.ts';
import { RetentionError } from '../errors.ts';
import type { GuardedPlan } from '../guard/guarded-plan.ts';
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

/** What applying works with besides the plan. */
export interface Applying {
  readonly hands: Hands;
  readonly store: RunStore;
  readonly budget: Budget;
  readonly runId: string;
  /** How deletions in a project are made undoable. */
  readonly undoIn: (project: string) => Undo;
  /** Before every batch. @throws RetentionError lease-held */
  readonly confirmLease: () => Promise<void>;
  /** Keys of a batch: what is about to be done, and what became of it. */
  readonly keys: {
    readonly intent: (batch: string) => string;
    readonly record: (batch: string) => string;
  };
  /** Below which `keys.record` lie. */
  readonly recordPrefix: string;
  readonly tell: (outcomes: number) => void;
}

/** Actions whose intent is stored at once: a crash leaves at most these to be looked at again, per project. */
const batchSize = 20;
/** Projects that are worked on at the same time; within a project one deletion after the other (harbor.md T35). */
const projectsAtOnce = 3;

export interface ApplyEnd {
  /** False: out of time; calling again goes on. */
  readonly done: boolean;
  readonly stop?: Stop;
}

/**
 * Does what a guarded plan says; what was done before an interruption is not done again. The purge of the trash is a
 * phase of its own, when nothing is copied into it any more (harbor.md T40).
 */
export async function applyPlan(
  plan: GuardedPlan,
  applying: Applying,
  which: 'deletions' | 'purge' = 'deletions',
): Promise<ApplyEnd> {
  let stop: Stop | undefined;
  for (const part of which === 'purge' ? (plan.purge?.actions ?? []) : plan.actions) {
    const lines = await linesOf(part, applying.store);
    const projects = byProject(lines.map((line) => JSON.parse(line) as Action));
    const known = new Set(await applying.store.list(applying.recordPrefix));
    const work = [...projects].map(([project, actions]) => ({
      project,
      batches: batchesOf(part, project, actions),
    }));
    const ends = await inParallel(work, (one) =>
      applyProject(one, { applying, known, stop: () => stop, stopAll: (why) => (stop ??= why) }),
    );
    if (ends.includes(false)) return { done: false, ...(stop === undefined ? {} : { stop }) };
  }
  return { done: true, ...(stop === undefined ? {} : { stop }) };
}

interface Batch {
  readonly name: string;
  readonly actions: readonly Action[];
}

/** The actions as they were planned. @throws RetentionError state-invalid if they were changed since */
async function linesOf(part: ActionPart, store: RunStore): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of store.readPart(part.key)) lines.push(line);
  const sha256 = sha256Hex(lines.map((line) => `${line}\n`).join(''));
  if (sha256 === part.sha256 && lines.length === part.actions) return lines;
  throw new RetentionError(
    'state-invalid',
    `${store.address}/${part.key} was changed after the plan was made: nothing of it is done.`,
  );
}

function byProject(actions: readonly Action[]): ReadonlyMap<string, readonly Action[]> {
  const projects = new Map<string, Action[]>();
  for (const action of actions) {
    const own = projects.get(action.project);
    if (own === undefined) projects.set(action.project, [action]);
    else own.push(action);
  }
  return projects;
}

/** Names follow from the plan alone, so that the next slice finds them again. */
function batchesOf(
  part: ActionPart,
  project: string,
  actions: readonly Action[],
): readonly Batch[] {
  const name = (part.key.split('/').at(-1) ?? '').replace(/\.ndjson\.gz$/, '');
  const batches: Batch[] = [];
  for (let start = 0; start < actions.length; start += batchSize) {
    const number = String(start / batchSize + 1).padStart(5, '0');
    batches.push({
      name: `${name}-${project}-${number}`,
      actions: actions.slice(start, start + batchSize),
    });
  }
  return batches;
}

interface Shared {
  readonly applying: Applying;
  /** Records that exist. */
  readonly known: ReadonlySet<string>;
  readonly stop: () => Stop | undefined;
  readonly stopAll: (why: Stop) => void;
}

/** False: out of time. */
async function applyProject(
  { project, batches }: { readonly project: string; readonly batches: readonly Batch[] },
  shared: Shared,
): Promise<boolean> {
  const { applying, known } = shared;
  let progress: ProjectProgress = freshProgress;
  for (const batch of batches) {
    const key = applying.keys.record(batch.name);
    if (known.has(key)) {
      progress = afterRecords(await recordsOf(applying.store, key), progress);
      continue;
    }
    if (!applying.budget.hasTime()) return false;
    const stop = shared.stop();
    if (stop !== undefined) progress = { ...progress, stop: progress.stop ?? stop };
    const applied = await applyNext(batch, { project, progress }, shared);
    progress = applied.progress;
    if (progress.stop !== undefined && progress.stop.of !== 'project')
      shared.stopAll(progress.stop);
  }
  return true;
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
  const ids = batch.actions.map((action) => action.id);
  if (!isResumed) await store.write(intent, JSON.stringify(ids), 'application/json');
  const applied = await applyBatch(batch.actions, progress, {
    hands: applying.hands,
    undo: applying.undoIn(project),
    runId: applying.runId,
    isResumed,
  });
  const writer = store.openPart(keys.record(batch.name));
  for (const [index, action] of batch.actions.entries()) {
    const outcome = applied.outcomes[index];
    if (outcome === undefined) continue;
    await writer.write(recordLine({ version: 1, action, outcome }));
  }
  await writer.close();
  applying.tell(batch.actions.length);
  return applied;
}

function recordLine(record: DeletionRecord): string {
  return JSON.stringify(record);
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

/** Waits for all, also when one failed: nothing goes on behind our back. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const open = [...items];
  const results: R[] = [];
  const worker = async (): Promise<void> => {
    for (let item = open.shift(); item !== undefined; item = open.shift()) {
      results.push(await work(item));
    }
  };
  const settled = await Promise.allSettled(Array.from({ length: projectsAtOnce }, worker));
  for (const one of settled) if (one.status === 'rejected') throw one.reason;
  return results;
}
