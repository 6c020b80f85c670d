import * as z from 'zod';
import { memoryKeys } from '../domain/store-keys.ts';
import type { RunHistory } from '../domain/run-history.ts';
import type { RunStore } from '../ports.ts';
import { anyFields, document, withFields } from './document.ts';

/** The numbers of the last runs on one Harbor. */
export const histories = document(
  () => memoryKeys.history,
  withFields<RunHistory>()({
    runs: z.array(
      withFields<RunHistory['runs'][number]>()({
        at: z.number(),
        projects: z.number(),
        repositories: z.number(),
        artifacts: z.number(),
        deletedArtifacts: z.number(),
        deletedRepositories: z.number(),
        plannedByRule: anyFields,
      }),
    ),
  }),
  {
    version: 1,
    whenDamaged: 'refuse',
    isNot: 'below the Harbor’s own folder is no history of runs',
    remedy:
      'Remove it: the next run starts a new comparison, and an armed one by schedule is a dry run once, as under a new policy.',
  },
);

/**
 * The earlier runs on one Harbor (`memoryOf` of the store); none is a history too. One that is damaged is not taken for none:
 * the rails that compare would be silent. @throws RetentionError state-invalid
 */
export async function loadHistory(store: RunStore): Promise<RunHistory> {
  return (await histories.read(store)) ?? { runs: [] };
}

/** Stores the history that later runs compare with. */
export async function saveHistory(store: RunStore, history: RunHistory): Promise<void> {
  await histories.write(store, history);
}
