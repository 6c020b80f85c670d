import { type Uncertain, uncertainChanges } from '../store/uncertain-changes.ts';
import { isOfHarbor } from '../apply/write-result.ts';
import { lookAfter } from '../apply/look-after.ts';
import { type DeletionRecord, readRecord, recordLine } from '../domain/deletion-record.ts';
import { harborKey } from '../domain/harbor-address.ts';
import { formatInstant } from '../domain/instant.ts';
import type { Warning } from '../domain/warning.ts';
import type { Budget, RunStore, World } from '../ports.ts';
import { isSettling, reportKeys } from '../domain/store-keys.ts';
import { cutOffActions } from '../store/cut-off-intents.ts';
import { loadHistory, saveHistory } from '../store/run-history.ts';
import { changesOf } from './changes.ts';
import { memoryIn } from '../store/harbor-memory.ts';
import type { RunState, RunUnderWay, SettledChange } from '../store/run-state.ts';

/** Looks of one run; what is left is looked at by the next one. */
const mostLooks = 200;
/**
 * No more than these are remembered: a run that loses more answers has other troubles, and its records name them all.
 */
const mostOpen = 2_000;
const shown = 10;

/** An armed run looks again before its report, which says what it found. A dry run has nothing to look with. */
export async function settleEarlier(
  state: RunUnderWay,
  { world, budget }: { readonly world: World; readonly budget: Budget },
): Promise<RunUnderWay> {
  if (state.mode === 'dry-run') return state;
  const settled = await settleUncertain(state, world, budget);
  return settled.length === 0
    ? state
    : { ...state, settled: [...(state.settled ?? []), ...settled] };
}

/**
 * Looks again at what earlier runs, and this one, left uncertain, and settles it: the run's records get a line that
 * restore and history read instead. Sends only reads, up to a fixed number, and may be repeated.
 */
async function settleUncertain(
  state: RunState,
  world: World,
  budget: Budget,
): Promise<readonly SettledChange[]> {
  const memory = await memoryIn(world);
  const { open, hasChanged } = await openIn(memory, state, world);
  const settled: (DeletionRecord & { readonly runId: string })[] = [];
  const left: Uncertain[] = [];
  let looks = 0;
  for (const one of open) {
    const record = recordIn(one.line);
    const isLooked = looks < mostLooks && budget.hasTime();
    if (record === undefined) continue;
    const result = isLooked ? await settle(record, world) : undefined;
    if (result === 'unreachable') looks = mostLooks;
    looks += 1;
    if (result === undefined || result === 'unreachable') left.push(one);
    else settled.push({ ...record, outcome: result, runId: one.runId });
  }
  for (const runId of new Set(settled.map((one) => one.runId)))
    await writeSettled(
      world.store,
      runId,
      settled.filter((one) => one.runId === runId),
    );
  if (settled.length > 0) await correctHistory(memory, settled);
  if (hasChanged || settled.length > 0)
    await uncertainChanges.write(memory, { version: 1, open: left });
  return settled.map(settledOf);
}

async function settle(
  record: DeletionRecord,
  world: World,
): Promise<DeletionRecord['outcome'] | undefined | 'unreachable'> {
  const now = world.clock.now();
  try {
    const { inspector } = changesOf(world);
    const result = await lookAfter(record, { inspector, now });
    return result === undefined ? undefined : { action: record.action.id, at: now, ...result };
  } catch (error) {
    if (!isOfHarbor(error)) throw error;
    return error.code === 'harbor-unreachable' ? 'unreachable' : undefined;
  }
}

/** What is remembered as open, what this run's own records leave open, and what runs that were cut off had begun. */
async function openIn(
  memory: RunStore,
  { runId }: RunState,
  { store, harbor, clock }: World,
): Promise<{ readonly open: readonly Uncertain[]; readonly hasChanged: boolean }> {
  const before = (await uncertainChanges.read(memory))?.open ?? [];
  const known = new Set(before.map((one) => `${one.runId} ${idOf(one.line)}`));
  const here = harborKey(await harbor.address());
  const own: Uncertain[] = [];
  const done = new Set<string>();
  for (const key of (await store.list(reportKeys(runId).records)).toReversed()) {
    for await (const line of store.readPart(key)) {
      const record = recordIn(line);
      if (record === undefined) continue;
      const { outcome, action } = record;
      if (outcome.result !== 'uncertain') done.add(action.id);
      if (outcome.result !== 'uncertain' || done.has(action.id)) continue;
      if (known.has(`${runId} ${action.id}`) || harborKey(record.harbor) !== here) continue;
      own.push({ runId, line });
    }
  }
  for (const one of await cutOffActions(store, { runId, here, now: clock.now() }))
    if (!known.has(`${one.runId} ${idOf(one.line)}`)) own.push(one);
  const open = [...before, ...own].slice(0, mostOpen);
  return { open, hasChanged: own.length > 0 };
}

function recordIn(line: string): DeletionRecord | undefined {
  const read = readRecord(line);
  return read.ok ? read.record : undefined;
}

const idOf = (line: string): string => recordIn(line)?.action.id ?? '';

/** They lie among the records of their run. Their name sorts after the others, so that they are read last. */
async function writeSettled(
  store: RunStore,
  runId: string,
  records: readonly DeletionRecord[],
): Promise<void> {
  const keys = reportKeys(runId);
  const before = (await store.list(keys.records)).filter(isSettling);
  const writer = store.openPart(keys.settled(before.length));
  for (const record of records) await writer.write(recordLine(record));
  await writer.close();
}

/** A deletion that turned out to be done is no loss of artifacts that a later run would have to wonder about. */
async function correctHistory(
  memory: RunStore,
  settled: readonly (DeletionRecord & { readonly runId: string })[],
): Promise<void> {
  const history = await loadHistory(memory);
  const runs = history.runs.map((run) => {
    const own = settled.filter(
      ({ runId, action, outcome }) =>
        runId === run.runId && action.kind === 'delete-artifact' && outcome.result === 'done',
    );
    if (own.length === 0) return run;
    return { ...run, deletedArtifacts: run.deletedArtifacts + own.length };
  });
  await saveHistory(memory, { ...history, runs });
}

function settledOf({
  runId,
  action,
  outcome,
}: DeletionRecord & { readonly runId: string }): SettledChange {
  const until = outcome.result === 'done' ? outcome.trash?.restorableUntil : undefined;
  return {
    runId,
    on: `${action.project}/${action.repository}`,
    result: outcome.result,
    ...(until === undefined ? {} : { restorableUntil: formatInstant(until) }),
  };
}

const saidOf: Readonly<Record<string, string>> = {
  failed: 'it was not',
  changed: 'what it was to remove is there, put there again by somebody since',
};

/** In the words of a report. Pure. */
export function settledWarnings(settled: readonly SettledChange[]): readonly Warning[] {
  return settled.slice(0, shown).map(({ runId, on, result, restorableUntil }) => {
    const isDone = result === 'done';
    const until = restorableUntil === undefined ? '' : `, until ${restorableUntil}`;
    return {
      code: 'uncertain-settled',
      on,
      message: isDone
        ? `Run ${runId} did not know whether a change was done, as its answers were lost: it was done.`
        : `Run ${runId} did not know whether a change was done, as its answers were lost: ${saidOf[result] ?? 'somebody else was faster'}.`,
      remedy: isDone
        ? `Nothing; \`harbor-retention restore ${runId}\` brings it back${until}.`
        : 'Nothing: the next run plans it again if it is still due.',
    };
  });
}
