import { type DeletionRecord, readRecord } from '../domain/deletion-record.ts';
import { RetentionError } from '../errors.ts';
import type { RunStore } from '../ports.ts';

/** All records of a run, also of one that was cut off. @throws RetentionError report-not-found */
export async function recordsOf(
  store: RunStore,
  { runId, harbor }: { readonly runId: string; readonly harbor: string },
): Promise<readonly DeletionRecord[]> {
  const keys = (await store.list('reports/records/')).filter((key) => key.includes(`/${runId}/`));
  if (keys.length === 0) {
    throw new RetentionError(
      'report-not-found',
      `${store.address} holds no records of a run ${runId}.`,
      {
        remedy:
          'Check the run id (`harbor-retention status` shows the newest); without a record, restore from the trash.',
      },
    );
  }
  const records: DeletionRecord[] = [];
  for (const key of keys) {
    let number = 0;
    for await (const line of store.readPart(key)) {
      number += 1;
      records.push(parseRecord(line, `${store.address}/${key}, line ${number}`, harbor));
    }
  }
  return records;
}

function parseRecord(line: string, where: string, harbor: string): DeletionRecord {
  const read = readRecord(line);
  const because = read.ok
    ? read.record.harbor === harbor
      ? undefined
      : `is of ${read.record.harbor}, this is ${harbor}`
    : read.because;
  if (read.ok && because === undefined) return read.record;
  throw new RetentionError('state-invalid', `${where} ${because}.`, {
    remedy: 'Restore from the trash instead, which needs no record (--from-trash).',
  });
}
