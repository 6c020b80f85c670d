import type { Gathered, ListingContext } from './artifact-lists.ts';
import type { ArtifactScope } from '../../ports.ts';
import type { WireArtifact } from './wire.ts';

/** Holds the labels of the rows against Harbor's search for them, and finds out whether something hidden has one. */
export async function confirmLabels(
  context: ListingContext,
  scope: ArtifactScope,
  byId: ReadonlyMap<number, Gathered>,
): Promise<void> {
  const labelled = await context.labelled(scope);
  if (labelled === 'not-searched') return;
  const lacks = (row: WireArtifact, name: string): boolean =>
    !row.labels.some((label) => label.name === name);
  for (const gathered of byId.values()) {
    if (labelled === 'unknown') {
      gathered.labelsDoubtful = () => true;
      continue;
    }
    const { id } = gathered.head;
    const bearing = labelled.flatMap(({ name, artifacts }) => {
      const ids = artifacts.get(id);
      return ids === undefined ? [] : [{ name, ids }];
    });
    if (bearing.length === 0) continue;
    gathered.labelsDoubtful = (row) =>
      bearing.some(({ name, ids }) => ids.has(row.id) && lacks(row, name));
    const listed = new Set(gathered.rows.map((row) => row.id));
    gathered.hidesLabels = bearing.some(({ ids }) => [...ids].some((row) => !listed.has(row)));
  }
}

/**
 * Where labels count and can't be searched for, children are listed as well, as only their own rows show their labels:
 * without the permission to list labels, and before Harbor 2.12, where a search would cost a request per repository.
 */
export async function withLabels(
  context: ListingContext,
  scope: ArtifactScope,
): Promise<ArtifactScope> {
  const labelled = scope.withChildren ? [] : await context.labelled(scope);
  return labelled === 'not-searched' ? { ...scope, withChildren: true } : scope;
}
