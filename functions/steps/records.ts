import type { DeletionRecord } from '../domain/deletion-record.ts';
import { RetentionError } from '../errors.ts';
import type { RunStore } from '../ports.ts';

/** All records of a run, also of one that was cut off. @throws RetentionError report-not-found */
export async function recordsOf(
  store: RunStore,
  runId: string,
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
      records.push(parseRecord(line, `${store.address}/${key}, line ${number}`));
    }
  }
  return records;
}

function parseRecord(line: string, where: string): DeletionRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = undefined;
  }
  if (isRecord(value)) return value;
  throw new RetentionError('state-invalid', `${where} is no record of this version.`, {
    remedy: 'Restore from the trash instead, which needs no record.',
  });
}

function isRecord(value: unknown): value is DeletionRecord {
  if (typeof value !== 'object' || value === null) return false;
  if (!('version' in value) || value.version !== 1) return false;
  if (!('action' in value) || !('outcome' in value)) return false;
  const { action, outcome } = value;
  return (
    typeof action === 'object' &&
    action !== null &&
    'kind' in action &&
    typeof outcome === 'object' &&
    outcome !== null &&
    'result' in outcome
  );
}
