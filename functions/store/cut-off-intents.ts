import { readRecord, recordLine } from '../domain/deletion-record.ts';
import { harborKey } from '../domain/harbor-address.ts';
import type { Instant } from '../domain/instant.ts';
import { RetentionError } from '../errors.ts';
import type { RunStore } from '../ports.ts';
import { intentAt, isSettling, listed, reportKeys } from '../domain/store-keys.ts';
import { recordsOf } from './deletion-records.ts';
import { surveys } from './survey-document.ts';

/** Runs with intents that are looked at, newest first, and actions taken from them at once. */
const mostRuns = 30;
const mostActions = 500;

/** An action of a run, as a record that says it is uncertain. */
export interface CutOff {
  readonly runId: string;
  readonly line: string;
}

/**
 * What other runs on this Harbor had begun, and recorded nothing of, because they were cut off and nobody continued
 * them. Only what the run's sealed plan holds counts, and nothing that was settled before.
 */
export async function cutOffActions(
  store: RunStore,
  {
    runId: own,
    here,
    now,
  }: { readonly runId: string; readonly here: string; readonly now: Instant },
): Promise<readonly CutOff[]> {
  const intents = new Map<string, string[]>();
  for (const key of await store.list(listed.runs)) {
    const { runId, batch } = intentAt(key) ?? {};
    if (runId === undefined || batch === undefined || runId === own) continue;
    intents.set(runId, [...(intents.get(runId) ?? []), batch]);
  }
  const found: CutOff[] = [];
  for (const runId of [...intents.keys()].toSorted().toReversed().slice(0, mostRuns)) {
    if (found.length >= mostActions) break;
    found.push(...(await openOf(store, runId, { batches: intents.get(runId) ?? [], here, now })));
  }
  return found.slice(0, mostActions);
}

interface IntentSearch {
  readonly batches: readonly string[];
  readonly here: string;
  readonly now: Instant;
}

/** Nothing is taken from a run whose state can't be read or belongs to another Harbor. */
async function openOf(
  store: RunStore,
  runId: string,
  { batches, here, now }: IntentSearch,
): Promise<readonly CutOff[]> {
  try {
    const records = new Set(await store.list(reportKeys(runId).records));
    if (batches.every((batch) => records.has(reportKeys(runId).record(batch)))) return [];
    const survey = await surveys.read(store, runId);
    if (survey === undefined) return [];
    const { url: harbor } = survey.registry.harbor;
    if (harborKey(harbor) !== here) return [];
    const isSame = () => Promise.resolve(false);
    const { believed } = await recordsOf(store, { runId, harbor, isSame });
    const settled = await settledOf(store, [...records]);
    return believed.flatMap(({ action, outcome, proof }) => {
      // Records bear the time of their action; what only an intent speaks of has none.
      if (proof !== 'plan' || outcome.at !== 0 || settled.has(action.id)) return [];
      return [{ runId, line: recordLine({ harbor, action, outcome: { ...outcome, at: now } }) }];
    });
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return [];
    if (error instanceof RetentionError && unusable.has(error.code)) return [];
    throw error;
  }
}

const unusable: ReadonlySet<string> = new Set(['state-invalid', 'report-not-found']);

async function settledOf(
  store: RunStore,
  records: readonly string[],
): Promise<ReadonlySet<string>> {
  const settled = new Set<string>();
  for (const key of records.filter(isSettling))
    for await (const line of store.readPart(key)) {
      const read = readRecord(line);
      if (read.ok) settled.add(read.record.action.id);
    }
  return settled;
}
