import { isSettling, recordsOfDay, dayFolder } from '../domain/store-keys.ts';
import { readRecord } from '../domain/deletion-record.ts';
import { harborKey } from '../domain/harbor-address.ts';
import type { Instant } from '../domain/instant.ts';
import type { RunHistory } from '../domain/run-history.ts';
import type { RunStore } from '../ports.ts';

const day = 86_400_000;
/** The plan of a run is carried out for two days at most; its records lie under the day of its id. */
const longestRun = 2 * day;
/** Further back nothing is looked for: each day costs a request to the store. */
const mostDays = 31;

/**
 * The history, with what other runs recorded as deleted after the newest of its entries was taken. A run that was cut
 * off has no entry, but its deletions are ours all the same, and are no shrinkage. `until`: when the plan's facts were
 * taken, so that every slice of a run gets the same answer.
 */
export async function withRecordedDeletions(
  store: RunStore,
  history: RunHistory,
  here: { readonly runId: string; readonly harbor: string; readonly until: Instant },
): Promise<RunHistory> {
  const last = history.runs.at(-1);
  if (last === undefined) return history;
  let artifacts = 0;
  let repositories = 0;
  for (const key of await recordKeys(store, last.at, here.until)) {
    // What the entry's own run deleted stands in the entry, and what was settled later was gone when it was looked at.
    if (isSettling(key)) continue;
    if (key.includes(`/${last.runId}/`) || key.includes(`/${here.runId}/`)) continue;
    for await (const line of store.readPart(key)) {
      const read = readRecord(line);
      // Counted as not ours: then the next run rather refuses, in words, than believes.
      if (!read.ok) continue;
      const { harbor, action, outcome } = read.record;
      const isSince = outcome.at >= last.at && outcome.at <= here.until;
      if (!isSince || outcome.result !== 'done') continue;
      if (harborKey(harbor) !== harborKey(here.harbor)) continue;
      if (action.kind === 'delete-artifact') artifacts += 1;
      if (action.kind === 'delete-repository') repositories += 1;
    }
  }
  if (artifacts + repositories === 0) return history;
  const corrected = {
    ...last,
    deletedArtifacts: last.deletedArtifacts + artifacts,
    deletedRepositories: last.deletedRepositories + repositories,
  };
  return { ...history, runs: [...history.runs.slice(0, -1), corrected] };
}

async function recordKeys(
  store: RunStore,
  since: Instant,
  until: Instant,
): Promise<readonly string[]> {
  const keys: string[] = [];
  const first = Math.max(since - longestRun, until - mostDays * day);
  for (let at = first; at < until + day; at += day) {
    keys.push(...(await store.list(recordsOfDay(dayFolder(at)))));
  }
  return [...new Set(keys)];
}
