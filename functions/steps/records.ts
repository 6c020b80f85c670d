import { mayHaveHappened, readIntent } from '../apply/intent.ts';
import { type DeletionRecord, readRecord } from '../domain/deletion-record.ts';
import { RetentionError } from '../errors.ts';
import type { RunStore } from '../ports.ts';

/** All records of a run, also of one that was cut off. @throws RetentionError report-not-found */
export async function recordsOf(
  store: RunStore,
  { runId, harbor }: { readonly runId: string; readonly harbor: string },
): Promise<readonly DeletionRecord[]> {
  const keys = (await store.list('reports/records/')).filter((key) => key.includes(`/${runId}/`));
  const open = await unrecorded(store, { runId, harbor, keys });
  if (keys.length + open.length === 0) {
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
  return [...records, ...open];
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

/** Batches that a run began and recorded nothing of: what they may have done is looked for in Harbor. */
async function unrecorded(
  store: RunStore,
  run: { readonly runId: string; readonly harbor: string; readonly keys: readonly string[] },
): Promise<readonly DeletionRecord[]> {
  const found: DeletionRecord[] = [];
  for (const key of await store.list(`state/runs/${run.runId}/intents/`)) {
    const stored = await store.read(key);
    const intent = stored === undefined ? undefined : readIntent(stored.text);
    if (intent === undefined) continue;
    if (run.keys.some((record) => record.endsWith(`/${intent.batch}.ndjson.gz`))) continue;
    for (const one of mayHaveHappened(intent)) {
      found.push({ version: 1, harbor: run.harbor, ...one, seal: '' });
    }
  }
  return found;
}
