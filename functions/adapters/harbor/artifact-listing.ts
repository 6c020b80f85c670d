import type { Gathered, ListingContext } from './artifact-lists.ts';
import type { Artifact } from '../../domain/artifact.ts';
import type { RepositoryHead } from '../../domain/repository.ts';
import { fullName } from '../../domain/repository.ts';
import type { ArtifactListing, ArtifactScope } from '../../ports.ts';
import { withLabels } from './confirm-labels.ts';
import { HarborFailure } from './failure.ts';
import { gather, nothingOf, rowKey, topLevel } from './read-artifact-list.ts';
import { lacksReferences, toArtifact, type WireArtifact } from './wire.ts';

/** The listings of a scope: by one list of the project where Harbor has it, else by one per repository. */
export async function* listScope(
  context: ListingContext,
  given: ArtifactScope,
): AsyncGenerator<ArtifactListing> {
  const scope = await withLabels(context, asItCan(context, given));
  if (context.projectWide && scope.by !== 'repository' && scope.repositories.length > 0) {
    let gathered: readonly Gathered[] | undefined;
    try {
      gathered = await gather(context, scope, undefined);
    } catch (error) {
      // One bad page must not cost the others: each repository is tried for itself below.
      await orGone(context, error);
    }
    if (gathered !== undefined) {
      for (const one of gathered) yield await settle(context, scope, one);
      return;
    }
  }
  for (const head of scope.repositories) yield await listOne(context, scope, head);
}

/** Before Harbor 2.12, which has no list of a project to search in, pulls are found by listing all children. */
function asItCan({ projectWide }: ListingContext, scope: ArtifactScope): ArtifactScope {
  return scope.pulledSince === undefined || projectWide ? scope : { ...scope, withChildren: true };
}

/** Reads one repository by its own list. What goes wrong there concerns only this repository. */
async function listOne(
  context: ListingContext,
  scope: ArtifactScope,
  head: RepositoryHead,
): Promise<ArtifactListing> {
  try {
    const [one] = await gather(context, scope, head);
    if (one === undefined) return incomplete(scope, nothingOf(head), 'nothing came');
    return await settle(context, scope, one);
  } catch (error) {
    return incomplete(scope, nothingOf(head), (await orGone(context, error)).message);
  }
}

/**
 * A failure that concerns one list. If Harbor answers nothing any more, throws, so that the other lists are not tried
 * in vain.
 * @throws HarborFailure harbor-unreachable if Harbor is gone; what is no failure of Harbor's
 */
async function orGone(context: ListingContext, error: unknown): Promise<HarborFailure> {
  if (!(error instanceof HarborFailure)) throw error;
  if (error.status === 0 && (await context.isGone())) throw error;
  return error;
}

/** A project-wide list that does not add up for a repository is followed by that repository's own list, once. */
async function settle(
  context: ListingContext,
  scope: ArtifactScope,
  one: Gathered,
): Promise<ArtifactListing> {
  if (one.tooLarge !== undefined) return incomplete(scope, one, one.tooLarge);
  const isEnough =
    scope.withChildren || !(mayHideIndexes(one.rows) || one.hidesLabels || one.lacksChildren);
  if (isEnough && doubt(one) === undefined) return whole(scope, one);
  try {
    const quiet = { ...context, note: () => undefined };
    const [again] = await gather(quiet, { ...scope, withChildren: true }, one.head);
    const head = await context.readHead(one.head);
    const second: Gathered = { ...(again ?? nothingOf(head)), head };
    const because = second.tooLarge ?? doubt(second);
    return because === undefined ? whole(scope, second) : incomplete(scope, second, because);
  } catch (error) {
    return incomplete(scope, one, (await orGone(context, error)).message);
  }
}

/**
 * A child without a platform may itself be an index, whose children only a list with `base=*` shows:
 * a tagged grandchild must not be planned while its parent stays.
 */
function mayHideIndexes(rows: readonly WireArtifact[]): boolean {
  const listed = new Set(rows.map((row) => row.digest));
  return rows.some((row) =>
    row.references.some(
      (child) => child.platform?.architecture === undefined && !listed.has(child.child_digest),
    ),
  );
}

/** Why a list is not provably all of a repository, or undefined if it is. */
function doubt(one: Gathered): string | undefined {
  if (one.problem !== undefined) return one.problem;
  const bare = one.rows.find(lacksReferences);
  if (bare !== undefined) return `index ${bare.digest} came without the list of its children.`;
  const listed = topLevel(one.rows).length;
  if (listed >= one.head.artifactCount) return undefined;
  return `Harbor counts ${one.head.artifactCount} artifacts, its list holds ${listed}.`;
}

function whole(scope: ArtifactScope, one: Gathered): ArtifactListing {
  const hidden = one.hidden.map(toArtifact);
  return {
    kind: 'complete',
    head: one.head,
    artifacts: artifactsOf(scope, one),
    ...(hidden.length === 0 ? {} : { hidden }),
  };
}

function incomplete(scope: ArtifactScope, one: Gathered, because: string): ArtifactListing {
  return {
    kind: 'incomplete',
    head: one.head,
    artifacts: artifactsOf(scope, one),
    because: `${fullName(one.head)} is not planned: ${because}`,
  };
}

function artifactsOf(scope: ArtifactScope, one: Gathered): readonly Artifact[] {
  const own = new Set(topLevel(one.rows));
  return one.rows.map((row) => {
    const known = toArtifact(row);
    const artifact: Artifact = one.labelsDoubtful(row) ? { ...known, labels: 'unknown' } : known;
    const isProven = row.tags.length > 0 || !own.has(row) || one.confirmed.has(rowKey(row));
    return isProven || !scope.confirmUntagged ? artifact : { ...artifact, tags: 'unknown' };
  });
}
