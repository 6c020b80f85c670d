import { recordsOfDay, dayFolder } from '../domain/store-keys.ts';
import { type DeletionRecord, readRecord } from '../domain/deletion-record.ts';
import { RetentionError } from '../errors.ts';
import { type Candidate, keyOf } from '../plan/purge-trash.ts';
import { type Promised, promisesIn } from '../plan/trash-promises.ts';
import type { RunStore } from '../ports.ts';

/** A run's records are filed under the day of its id; a plan is carried out for two days at most. */
const daysOfARun = { before: 3, after: 1 } as const;
const day = 24 * 60 * 60_000;

/** What the records of the runs of those days promised of the candidates. */
export async function readPromises(
  candidates: readonly Candidate[],
  of: { readonly trash: string; readonly harbor: string },
  store: RunStore,
): Promise<ReadonlyMap<string, Promised>> {
  const days = new Set<string>();
  for (const { purge } of candidates) {
    for (let offset = -daysOfARun.before; offset <= daysOfARun.after; offset += 1)
      days.add(dayFolder(purge.trashedAt + offset * day));
  }
  const wanted = new Set(candidates.map(({ purge }) => keyOf(purge)));
  const records: DeletionRecord[] = [];
  for (const one of [...days].toSorted()) {
    for (const key of await store.list(recordsOfDay(one))) {
      for await (const record of recordsIn(store, key)) {
        const isMeant = record.harbor === of.harbor;
        if (isMeant && [...promisesIn([record], of.trash).keys()].some((copy) => wanted.has(copy)))
          records.push(record);
      }
    }
  }
  return promisesIn(records, of.trash);
}

/** What can't be read, or was changed, promises nothing that is known: the copy then stays for the longest. */
async function* recordsIn(store: RunStore, key: string): AsyncIterable<DeletionRecord> {
  try {
    for await (const line of store.readPart(key)) {
      const read = readRecord(line);
      if (read.ok) yield read.record;
    }
  } catch (error) {
    if (!(error instanceof RetentionError) || error.code !== 'state-invalid') throw error;
  }
}
