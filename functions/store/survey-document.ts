import * as z from 'zod';
import { type ListedEntry, listedImages } from '../domain/image-list.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import type { RepositoryHead } from '../domain/repository.ts';
import type { Warning } from '../domain/warning.ts';
import { RetentionError } from '../errors.ts';
import type { Survey } from '../inventory/preflight.ts';
import type { ProjectHead, RunStore } from '../ports.ts';
import { stateKeys } from '../domain/store-keys.ts';
import { anyList, document, withFields } from './document.ts';

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

/** What was found before anything was read. It is stored once, so that every slice uses the same. */
export const surveys = document(
  (runId: string) => stateKeys(runId).survey,
  withFields<StoredSurvey>()({
    registry: z.looseObject({
      harbor: z.looseObject({ url: z.string() }),
      inUse: z.looseObject({ entries: anyList }),
    }),
  }),
  { version: 1, whenDamaged: 'refuse', isNot: 'is no survey of a run' },
);

/** The survey of a run; undefined if it has none yet. @throws RetentionError state-invalid */
export async function readSurvey(store: RunStore, runId: string): Promise<Survey | undefined> {
  const stored = await surveys.read(store, runId);
  if (stored === undefined) return undefined;
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

/** The same, where there must be one. @throws RetentionError state-invalid */
export async function loadSurvey(store: RunStore, runId: string): Promise<Survey> {
  const survey = await readSurvey(store, runId);
  if (survey !== undefined) return survey;
  throw new RetentionError('state-invalid', `${store.address} holds no survey of run ${runId}.`);
}

export async function saveSurvey(store: RunStore, runId: string, survey: Survey): Promise<void> {
  const { inUse, listedDigests } = survey.registry;
  const stored: StoredSurvey = {
    ...survey,
    registry: {
      ...survey.registry,
      inUse: { entries: inUse.entries, unreadable: inUse.unreadable },
      listedDigests: listedDigests === 'unknown' ? 'unknown' : listedDigests.entries,
    },
  };
  await surveys.write(store, stored, runId);
}
