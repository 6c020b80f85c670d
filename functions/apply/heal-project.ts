import type { Applying, ProjectWork } from './applying.ts';
import type { Deleted } from './healing.ts';
import type { Action } from '../domain/action.ts';
import { readRecord } from '../domain/deletion-record.ts';
import type { Instant } from '../domain/instant.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { RunStore } from '../ports.ts';
import { heal, type Healer, type HealingSoFar } from './heal.ts';

/** A project in which a run began to delete; stored before the first deletion, and again with every batch. */
export interface Beginning {
  readonly project: string;
  readonly at: Instant;
  /** Address of the Harbor; what an older version stored has none. */
  readonly harbor?: string;
  /** The last sign of life; what an older version stored has none. */
  readonly lastAt?: Instant;
}

/** Notes that deletions in a project begin, or continue, now; answers when they began, whichever slice or process it was. */
export async function noteDeleting(
  { name, project }: Pick<ProjectWork, 'name' | 'project'>,
  { store, keys, hands, harbor }: Pick<Applying, 'store' | 'keys' | 'hands' | 'harbor'>,
): Promise<Instant> {
  const key = keys.began(name);
  const now = hands.clock.now();
  const at = readBeginning((await store.read(key))?.text)?.at ?? now;
  const begun: Beginning = { at, project, harbor, lastAt: now };
  await store.write(key, JSON.stringify(begun), 'application/json');
  return at;
}

/** The reverse; undefined for what is none. */
export function readBeginning(text: string | undefined): Beginning | undefined {
  let value: unknown;
  try {
    value = text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('at' in value) || typeof value.at !== 'number') return undefined;
  if (!('project' in value) || typeof value.project !== 'string') return undefined;
  const lastAt = 'lastAt' in value && typeof value.lastAt === 'number' ? value.lastAt : undefined;
  const harbor = 'harbor' in value && typeof value.harbor === 'string' ? value.harbor : undefined;
  return {
    at: value.at,
    project: value.project,
    ...(harbor === undefined ? {} : { harbor }),
    ...(lastAt === undefined ? {} : { lastAt }),
  };
}

/** Heals what the deletions cut, once; before the next part, and before any garbage collection. False: out of time. */
export async function healOnce(
  { name, project, batches }: ProjectWork,
  since: Instant,
  applying: Applying,
): Promise<boolean> {
  const { store, keys, hands, budget, runId } = applying;
  const key = keys.healing(name);
  if ((await store.read(key)) !== undefined) return true;
  const records = batches.map((batch) => keys.record(batch.name));
  const { deleted, until } = await deletedIn(store, records);
  if (deleted.length === 0) {
    await store.remove(keys.began(name));
    return true;
  }
  if (!budget.hasTime()) return false;
  const healer = await healerOf(keys.healingSoFar(name), { hands, budget, store });
  const healing = await heal({ project, runId, since, until, deleted }, healer);
  if (healing === 'out-of-time') return false;
  await store.write(key, JSON.stringify(healing), 'application/json');
  return true;
}

/** A healing with its memory in the store: it is saved as it goes, and continued by whoever comes next. */
export async function healerOf(
  key: string,
  { store, hands, budget }: Pick<Healer, 'hands' | 'budget'> & { readonly store: RunStore },
): Promise<Healer> {
  const stored = await store.read(key);
  const soFar = stored === undefined ? undefined : soFarIn(stored.text);
  const save = (next: HealingSoFar): Promise<void> =>
    store.write(key, JSON.stringify(next), 'application/json');
  return { hands, budget, soFar, save };
}

/** Undefined for what is damaged: healing begins again, and may be repeated. */
function soFarIn(text: string): HealingSoFar | undefined {
  try {
    const value = JSON.parse(text) as Partial<HealingSoFar> | null;
    const isWhole =
      typeof value?.lastId === 'number' &&
      Array.isArray(value.relinked) &&
      Array.isArray(value.problems);
    return isWhole ? (value as HealingSoFar) : undefined;
  } catch {
    return undefined;
  }
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
