import { type ListedEntry, listedImages } from '../domain/image-list.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import type { RepositoryHead } from '../domain/repository.ts';
import type { Warning } from '../domain/warning.ts';
import { RetentionError } from '../errors.ts';
import type { Survey } from '../inventory/preflight.ts';
import type { ProjectHead, RunStore } from '../ports.ts';
import { stateKeys } from '../domain/store-keys.ts';

/** `Survey` as JSON: its sets become lists. */
interface StoredSurvey {
  readonly registry: Omit<Survey['registry'], 'inUse' | 'listedDigests'> & {
    readonly inUse: Pick<RegistryFacts['inUse'], 'entries' | 'unreadable'>;
    readonly listedDigests: readonly ListedEntry[] | 'unknown';
  };
  readonly projects: readonly ProjectHead[];
  readonly heads: readonly RepositoryHead[];
  readonly trash?: NonNullable<Survey['trash']>;
  readonly unplannable: Readonly<Record<string, string>>;
  readonly warnings: readonly Warning[];
}

export function surveyToText(survey: Survey): string {
  const { inUse, listedDigests } = survey.registry;
  const stored: StoredSurvey = {
    ...survey,
    registry: {
      ...survey.registry,
      inUse: { entries: inUse.entries, unreadable: inUse.unreadable },
      listedDigests: listedDigests === 'unknown' ? 'unknown' : listedDigests.entries,
    },
  };
  return JSON.stringify(stored);
}

/** The survey of a run. @throws RetentionError state-invalid if there is none */
export async function loadSurvey(store: RunStore, runId: string): Promise<Survey> {
  const stored = await store.read(stateKeys(runId).survey);
  if (stored !== undefined) return surveyFromText(stored.text);
  throw new RetentionError('state-invalid', `${store.address} holds no survey of run ${runId}.`);
}

/** The reverse of `surveyToText`. @throws RetentionError state-invalid for what is none */
export function surveyFromText(text: string): Survey {
  const stored = storedSurvey(text);
  const { inUse, listedDigests } = stored.registry;
  return {
    ...stored,
    registry: {
      ...stored.registry,
      inUse: { ...listedImages(inUse.entries), unreadable: inUse.unreadable },
      listedDigests: listedDigests === 'unknown' ? 'unknown' : listedImages(listedDigests),
    },
  };
}

function storedSurvey(text: string): StoredSurvey {
  try {
    const stored = JSON.parse(text) as StoredSurvey;
    const { harbor, inUse } = stored.registry;
    if (typeof harbor.url === 'string' && Array.isArray(inUse.entries)) return stored;
  } catch {
    // It is no JSON, or not an object: told like every other damage.
  }
  throw new RetentionError('state-invalid', 'The stored survey of a run is damaged.');
}
