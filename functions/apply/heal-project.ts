import type { Deleted, HealingSoFar } from '../domain/healing.ts';
import type { Applying, ProjectWork } from './applying.ts';
import type { Action } from '../domain/action.ts';
import { readRecord } from '../domain/deletion-record.ts';
import type { Instant } from '../domain/instant.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { RunStore } from '../ports.ts';
import { healingRecords } from '../store/healing-records.ts';
import { beginnings, healingsSoFar } from '../store/intents.ts';
import { heal, type Healer } from './heal.ts';

/** Notes that deletions in a project begin, or continue, now; answers when they began, whichever slice or process it was. */
export async function noteDeleting(
  { name, project }: Pick<ProjectWork, 'name' | 'project'>,
  { store, runId, ports, harbor }: Pick<Applying, 'store' | 'runId' | 'ports' | 'harbor'>,
): Promise<Instant> {
  const now = ports.clock.now();
  const { at = now } = (await beginnings.read(store, runId, name)) ?? {};
  await beginnings.write(store, { at, project, harbor, lastAt: now }, runId, name);
  return at;
}

/** Heals what the deletions cut, once; before the next part, and before any garbage collection. False: out of time. */
export async function healOnce(
  { name, project, batches }: ProjectWork,
  since: Instant,
  applying: Applying,
): Promise<boolean> {
  const { store, keys, ports, budget, runId } = applying;
  const key = keys.healing(name);
  if ((await store.read(key)) !== undefined) return true;
  const records = batches.map((batch) => keys.record(batch.name));
  const { deleted, until } = await deletedIn(store, records);
  if (deleted.length === 0) {
    await store.remove(beginnings.key(runId, name));
    return true;
  }
  if (!budget.hasTime()) return false;
  const healer = await healerOf({ runId, work: name }, { ports, budget, store });
  const healing = await heal({ project, runId, since, until, deleted }, healer);
  if (healing === 'out-of-time') return false;
  await store.write(key, healingRecords.text(healing), 'application/json');
  return true;
}

/** A healing with its memory in the store: it is saved as it goes, and continued by whoever comes next. */
export async function healerOf(
  { runId, work }: { readonly runId: string; readonly work: string },
  { store, ports, budget }: Pick<Healer, 'ports' | 'budget'> & { readonly store: RunStore },
): Promise<Healer> {
  const soFar = await healingsSoFar.read(store, runId, work);
  const save = (next: HealingSoFar): Promise<void> => healingsSoFar.write(store, next, runId, work);
  return { ports, budget, soFar, save };
}

/** What records say was deleted, or may have been, and when the last deletion of them ended. */
async function deletedIn(
  store: RunStore,
  keys: readonly string[],
): Promise<{ readonly deleted: readonly Deleted[]; readonly until: Instant }> {
  const deleted: Deleted[] = [];
  let until = 0;
  for (const key of keys) {
    for await (const line of store.readPart(key)) {
      const read = readRecord(line);
      if (!read.ok) continue;
      const { action, outcome } = read.record;
      until = Math.max(until, outcome.at);
      if (mayHaveDeleted.has(outcome.result)) deleted.push(...deletionsOf([action]));
    }
  }
  return { deleted, until };
}

/** After these a deletion was sent; one that came too late had its race as well. */
const mayHaveDeleted: ReadonlySet<Outcome['result']> = new Set([
  'done',
  'uncertain',
  'failed',
  'already-gone',
]);

/** What actions delete, for healing. Pure. */
export function deletionsOf(actions: readonly Action[]): readonly Deleted[] {
  return actions.flatMap((action): readonly Deleted[] => {
    if (action.kind === 'remove-tag') {
      const { repository, digest, tag } = action;
      return [{ repository, digest, tags: [tag], whole: false }];
    }
    if (action.kind !== 'delete-artifact') return [];
    const { repository, digest } = action;
    return [{ repository, digest, tags: action.tags.map(({ name }) => name), whole: true }];
  });
}
