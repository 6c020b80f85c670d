import { type Findings, newFindingsBook } from '../findings.ts';
import type { Registries } from '../image-use.ts';
import type { CollectingProgress } from '../progress.ts';
import { lookAtCluster } from './clusters.ts';
import type { EcsApi } from './ecs-api.ts';
import { newRegionBook, type RegionBook } from './region-book.ts';
import { lookAtJobs, lookAtSchedules } from './schedules.ts';
import { lookAtTaskDefinitions, type RevisionChoice } from './task-definitions.ts';

export interface EcsScope extends RevisionChoice {
  readonly registries: Registries;
}

/** Lists everything in the regions of an account that runs an image, or may start one; what can't be listed is missing. */
export async function collectEcs(
  apis: readonly EcsApi[],
  scope: EcsScope,
  progress: CollectingProgress,
): Promise<Findings> {
  const book = newFindingsBook();
  for (const api of apis) {
    await collectRegion(api, newRegionBook(book, api, scope.registries), { scope, progress });
  }
  return book.findings();
}

async function collectRegion(
  api: EcsApi,
  book: RegionBook,
  { scope, progress }: { readonly scope: EcsScope; readonly progress: CollectingProgress },
): Promise<void> {
  const clusters = await book.attempt('clusters', 'ecs:ListClusters', api.clusters);
  for (const [index, cluster] of (clusters ?? []).entries()) {
    await lookAtCluster(api, book, cluster);
    progress(index + 1, `clusters in ${api.region}`);
  }
  await lookAtSchedules(api, book);
  progress(book.wanted().size, `task definitions in ${api.region}`);
  await lookAtTaskDefinitions(api, book, scope);
  await lookAtJobs(api, book);
}
