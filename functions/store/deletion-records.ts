import { sealedPlans } from './sealed-plan.ts';
import { mayHaveHappened, intents } from './intents.ts';
import { actionsOf } from './planned-actions.ts';
import type { Action } from '../domain/action.ts';
import { type DeletionRecord, readRecord, type Believed } from '../domain/deletion-record.ts';
import { harborKey } from '../domain/harbor-address.ts';
import { RetentionError } from '../errors.ts';
import type { RunStore } from '../ports.ts';
import { listed, stateKeys } from '../domain/store-keys.ts';

/** The records of a run's deletions. */
export interface RunRecords {
  readonly believed: readonly Believed[];
  /** Actions that the run's plan does not hold: somebody else wrote them. */
  readonly disbelieved: readonly Action[];
}

/**
 * All records of a run, also of one that was cut off, held against the plan that the run had sealed: its parts lie
 * below `inventory/`, their hashes in the plan. An action that the plan does not hold was never the run's. Where plan
 * or parts are gone, as those of an old run are, nothing proves a record but the trash itself. @throws RetentionError
 * report-not-found, state-invalid
 */
export async function recordsOf(
  store: RunStore,
  {
    runId,
    harbor,
    isSame,
  }: {
    readonly runId: string;
    /** The address that we use now. */
    readonly harbor: string;
    /** Whether another address is proven to be the same Harbor's. */
    readonly isSame: (address: string) => Promise<boolean>;
  },
): Promise<RunRecords> {
  const keys = (await store.list(listed.records)).filter((key) => key.includes(`/${runId}/`));
  const open = await unrecorded(store, { runId, keys });
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
  const records: Pick<DeletionRecord, 'action' | 'outcome'>[] = [];
  const proven = new Set([harborKey(harbor)]);
  for (const key of keys) {
    let number = 0;
    for await (const line of store.readPart(key)) {
      number += 1;
      const where = `${store.address}/${key}, line ${number}`;
      const record = parseRecord(line, where);
      const address = harborKey(record.harbor);
      if (!proven.has(address) && !(await isSame(record.harbor)))
        throw ofAnother(where, record.harbor, harbor);
      proven.add(address);
      records.push(record);
    }
  }
  const planned = await plannedBy(runId, store);
  const believed: Believed[] = [];
  const disbelieved: Action[] = [];
  for (const { action, outcome } of [...records, ...open]) {
    if (planned === undefined) believed.push({ action, outcome, proof: 'trash' });
    else if (planned.has(JSON.stringify(action))) believed.push({ action, outcome, proof: 'plan' });
    else disbelieved.push(action);
  }
  return { believed, disbelieved };
}

/** The actions of the run's sealed plan, each as it was written; undefined where that can't be read or was changed. */
async function plannedBy(runId: string, store: RunStore): Promise<ReadonlySet<string> | undefined> {
  const plan = await sealedPlans.read(store, runId);
  if (plan === undefined) return undefined;
  const { actions, purge, empty } = plan;
  const parts = [...actions, ...(purge?.actions ?? []), ...(empty?.actions ?? [])];
  const planned = new Set<string>();
  try {
    for (const part of parts) {
      // A plan in the state may be forged; what it points to may not lie anywhere but among the run's own facts.
      if (!part.key.startsWith(stateKeys(runId).inventory)) return undefined;
      for (const action of await actionsOf(part, store)) planned.add(JSON.stringify(action));
    }
  } catch (error) {
    if (error instanceof RetentionError && error.code === 'state-invalid') return undefined;
    throw error;
  }
  return planned;
}

function parseRecord(line: string, where: string): DeletionRecord {
  const read = readRecord(line);
  if (read.ok) return read.record;
  throw new RetentionError('state-invalid', `${where} ${read.because}.`, {
    remedy: 'Restore from the trash instead, which needs no record (--from-trash).',
  });
}

function ofAnother(where: string, recorded: string, now: string): RetentionError {
  return new RetentionError(
    'state-invalid',
    `${where} is of ${recorded}, this is ${now}, and nothing proves that they are the same Harbor: its trash does not bear the claim of this store that was seen there.`,
    {
      remedy: `Use --harbor ${recorded}; or, if it is another Harbor, its own store (--out); or restore from the trash, which needs no record (--from-trash).`,
    },
  );
}

/** Batches that a run began and recorded nothing of: what they may have done is looked for in Harbor. */
async function unrecorded(
  store: RunStore,
  run: { readonly runId: string; readonly keys: readonly string[] },
): Promise<readonly Pick<DeletionRecord, 'action' | 'outcome'>[]> {
  const found: Pick<DeletionRecord, 'action' | 'outcome'>[] = [];
  for (const key of await store.list(stateKeys(run.runId).intents)) {
    const intent = await intents.readAt(store, key);
    if (intent === undefined) continue;
    if (run.keys.some((record) => record.endsWith(`/${intent.batch}.ndjson.gz`))) continue;
    found.push(...mayHaveHappened(intent));
  }
  return found;
}
