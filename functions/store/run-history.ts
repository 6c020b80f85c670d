import { memoryKeys } from '../domain/store-keys.ts';
import type { RunHistory } from '../domain/run-history.ts';
import { RetentionError } from '../errors.ts';
import type { RunStore } from '../ports.ts';

const { history: historyKey } = memoryKeys;

/**
 * The earlier runs on one Harbor (`memoryOf` of the store); none is a history too. One that is damaged is not taken for none:
 * the rails that compare would be silent. @throws RetentionError state-invalid
 */
export async function loadHistory(store: RunStore): Promise<RunHistory> {
  const stored = await store.read(historyKey);
  if (stored === undefined) return { runs: [] };
  const value = parsed(stored.text);
  if (isHistory(value)) return value;
  throw new RetentionError(
    'state-invalid',
    `${store.address}/${historyKey} below the Harbor's own folder is no history of runs.`,
    {
      remedy:
        'Remove it: the next run starts a new comparison, and an armed one by schedule is a dry run once, as under a new policy.',
    },
  );
}

/** Stores the history that later runs compare with. */
export async function saveHistory(store: RunStore, history: RunHistory): Promise<void> {
  await store.write(historyKey, JSON.stringify(history), 'application/json');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const counted = [
  'at',
  'projects',
  'repositories',
  'artifacts',
  'deletedArtifacts',
  'deletedRepositories',
] as const;

function isHistory(value: unknown): value is RunHistory {
  if (typeof value !== 'object' || value === null || !('runs' in value)) return false;
  const { runs } = value;
  return Array.isArray(runs) && runs.every(isEntry);
}

function isEntry(entry: Partial<RunHistory['runs'][number]> | null): boolean {
  return (
    typeof entry === 'object' &&
    typeof entry?.plannedByRule === 'object' &&
    counted.every((key) => typeof entry[key] === 'number')
  );
}
