import * as z from 'zod';
import { linesOf, withFields } from './document.ts';
import { storedAction } from './planned-actions.ts';
import type { DeletionRecord } from '../domain/deletion-record.ts';
import type { Outcome } from '../domain/outcome.ts';
import { formatInstant, type Instant } from '../domain/instant.ts';
import type { RunStore } from '../ports.ts';
import { isSettling, reportKeys } from '../domain/store-keys.ts';
import type { Report } from '../report/report-schema.ts';
import type { RunState } from './run-state.ts';

export type AppliedTotals = NonNullable<Report['applied']>;

type Tallied = Pick<RunState, 'runId'>;

/** Outcomes that are shown one by one; all of them stand in the records. */
const shownExceptions = 200;

const storedRecord = withFields<DeletionRecord>()({
  action: storedAction,
  outcome: withFields<Outcome>()({ action: z.string(), result: z.string() }),
});

/**
 * The records of a batch of this run's own, whose seals are not asked for: nothing is restored by them.
 * @throws RetentionError state-invalid
 */
export const recordedIn = (store: RunStore, key: string): AsyncIterable<DeletionRecord> =>
  linesOf(store, key, storedRecord);

/** What became of the actions, from the records of all slices. */
export async function tallyRecords(store: RunStore, state: Tallied): Promise<AppliedTotals> {
  const results: Record<string, number> = {};
  const exceptions: AppliedTotals['exceptions'] = [];
  let deleted = 0;
  let deletedBytes = 0;
  let removedTags = 0;
  let purged = 0;
  let purgedBytes = 0;
  let removedRepositories = 0;
  let earliest: Instant | undefined;
  const records = await store.list(reportKeys(state.runId).records);
  const settled = await settledIn(store, records);
  for (const key of records) {
    if (isSettling(key)) continue;
    for await (const record of recordedIn(store, key)) {
      const { action } = record;
      const outcome = settled.get(action.id) ?? record.outcome;
      results[outcome.result] = (results[outcome.result] ?? 0) + 1;
      if (outcome.result !== 'done') {
        if (exceptions.length < shownExceptions) exceptions.push(exceptionOf(outcome));
        continue;
      }
      if (action.kind === 'remove-tag') removedTags += 1;
      if (action.kind === 'delete-repository') removedRepositories += 1;
      if (action.kind === 'purge') {
        purged += 1;
        purgedBytes += action.size;
      }
      if (action.kind === 'delete-artifact') {
        deleted += 1;
        deletedBytes += action.size;
      }
      const until = outcome.trash?.restorableUntil;
      if (until !== undefined) earliest = Math.min(earliest ?? until, until);
    }
  }
  return {
    deleted,
    deletedBytes,
    removedTags,
    purged,
    purgedBytes,
    removedRepositories,
    results,
    exceptions,
    restorableUntil: earliest === undefined ? null : formatInstant(earliest),
    records: [...records],
  };
}

function exceptionOf(outcome: Outcome): AppliedTotals['exceptions'][number] {
  const because = 'because' in outcome ? outcome.because : 'what' in outcome ? outcome.what : '';
  return { action: outcome.action, result: outcome.result, because };
}

/** Changes that were uncertain first and that a later look settled (phases/settle-uncertain.ts). */
async function settledIn(
  store: RunStore,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Outcome>> {
  const settled = new Map<string, Outcome>();
  for (const key of keys.filter(isSettling)) {
    for await (const { action, outcome } of recordedIn(store, key)) {
      settled.set(action.id, outcome);
    }
  }
  return settled;
}
