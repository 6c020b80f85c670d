import { sha256Hex } from '../domain/hash.ts';
import * as z from 'zod';
import { RetentionError } from '../errors.ts';
import { document, withFields } from './document.ts';
import type { RunStore, World } from '../ports.ts';
import { reportKeys, stateKeys, storeKeys } from '../domain/store-keys.ts';
import type { RunState } from './run-state.ts';

/** So often a process may end without a word before the run ends, if nothing was stored in between. */
export const mostDeaths = 3;

/** The count of deaths of one durable execution. Another execution starts its own count. */
interface Deaths {
  readonly version: 1;
  readonly owner: string;
  /** How far the run was, so that progress starts the count again. */
  readonly mark: string;
  readonly count: number;
}

const stored = withFields<Deaths>()({ owner: z.string(), mark: z.string(), count: z.int() });
const about = { version: 1, whenDamaged: 'forget', isNot: 'is no count of deaths' } as const;

/** How often the process of a run ended without a word. What somebody else wrote there starts the count again. */
export const runDeaths = document((runId: string) => stateKeys(runId).deaths, stored, about);

/** Such deaths of a restore. */
export const restoreDeaths = document(() => storeKeys.restoreDeaths, stored, about);

const remedy = (how: string): string =>
  `Most often its memory is too small, or one piece of work takes longer than 15 minutes: the log of the last invocation says which. Raise function.memoryMiB (the construct: memorySize) or lower function.sliceMinutes (sliceDuration), deploy, and start ${how}`;

/**
 * Called where the process before, of the same durable execution, has ended without a word (out of memory, out of
 * time): the service would repeat it until the execution's time-out.
 * @throws RetentionError run-died after several deaths in a row without any progress
 */
export async function countDeath(
  state: RunState,
  owner: string,
  { store, telemetry }: Pick<World, 'store' | 'telemetry'>,
): Promise<void> {
  const { runId, phase, read, parts } = state;
  const mark = await progressMark(runId, store);
  const deaths = oneMore(await runDeaths.read(store, runId), { owner, mark });
  await runDeaths.write(store, deaths, runId);
  const { count } = deaths;
  telemetry.warn('the process before ended without a word', { run: runId, phase, times: count });
  if (count < mostDeaths) return;
  const where =
    phase === 'inventory' && parts > 0 ? `, with ${read.length} of ${parts} parts read` : '';
  throw new RetentionError(
    'run-died',
    `The process of run ${runId} ended ${count} times in a row without a word, in the phase ${phase}${where}, and nothing more was stored in between. Everything that it did before is kept.`,
    { remedy: remedy(`the run again with {"runId": "${runId}"}: it goes on where it stopped.`) },
  );
}

/** Counts the death of a restore, which stores no progress. @throws RetentionError run-died */
export async function countRestoreDeath(
  what: string,
  owner: string,
  { store, telemetry }: Pick<World, 'store' | 'telemetry'>,
): Promise<void> {
  const deaths = oneMore(await restoreDeaths.read(store), { owner, mark: what });
  await restoreDeaths.write(store, deaths);
  const { count } = deaths;
  telemetry.warn('the process before ended without a word', { restore: what, times: count });
  if (count < mostDeaths) return;
  throw new RetentionError(
    'run-died',
    `The process of this restore (${what}) ended ${count} times in a row without a word. What is back stays back.`,
    { remedy: remedy('the restore again: it continues with what is not back yet.') },
  );
}

/** A slice of a restore that came to its end: deaths before it are not in a row with those to come. */
export async function forgetRestoreDeaths({ store }: Pick<World, 'store'>): Promise<void> {
  await store.remove(storeKeys.restoreDeaths);
}

/** One more, if nothing was stored in between. Pure. */
function oneMore(
  before: Deaths | undefined,
  { owner, mark }: Pick<Deaths, 'owner' | 'mark'>,
): Deaths {
  const isSame = before?.owner === owner && before.mark === mark;
  return { version: 1, owner, mark, count: (isSame ? before.count : 0) + 1 };
}

/**
 * Changes whenever a run stores its state, a part of its facts or plan, or a record of what it did or healed. Of the
 * plan under way the text counts: a phase that only writes the same plan again gets no further.
 */
async function progressMark(runId: string, store: RunStore): Promise<string> {
  const keys = stateKeys(runId);
  const { records, healings } = reportKeys(runId);
  const state = await store.read(keys.state);
  const draft = await store.read(keys.draft);
  const counts = [];
  for (const prefix of [keys.inventory, records, healings])
    counts.push((await store.list(prefix)).length);
  return [state?.etag ?? 'none', sha256Hex(draft?.text ?? ''), ...counts].join(' ');
}
