import type { CollectionState } from '../domain/collection.ts';
import type { Clock, Collection, HarborGarbage } from '../ports.ts';
import type { Fenced } from './fence.ts';
import { isOfHarbor } from './write-result.ts';

export interface CollectingPorts {
  readonly harbor: Fenced<HarborGarbage>;
  readonly clock: Clock;
  readonly workers: number;
}

/** Figures come apart from the final status, a moment later (docs/harbor.md#t45-late-figures). */
const figuresWithinMs = 60_000;

/**
 * Notes what there is before ours, to be stored before ours is started; or why none will be. One that can't be followed is
 * not started (docs/policy.md#how-a-deletion-goes): whether a single one may be read is asked before.
 */
export async function intendCollecting(
  dryRun: boolean,
  { harbor }: CollectingPorts,
): Promise<CollectionState> {
  let asked: 'list' | 'read' = 'list';
  try {
    const before = await harbor.listCollections();
    const after = Math.max(0, ...before.map((one) => one.id));
    asked = 'read';
    await harbor.confirmReadable(after);
    return { kind: 'intended', after, dryRun };
  } catch (error) {
    return unasked(error, asked);
  }
}

/** An intended one that is given up: another has not ended in time. */
export function notBeside({
  behind,
}: CollectionState & { readonly kind: 'intended' }): CollectionState {
  const other =
    behind === undefined ? 'another garbage collection' : `garbage collection ${behind}`;
  const because = `${other} was still going when this run had waited long enough: none is started beside it`;
  return { kind: 'not-started', because };
}

function unasked(error: unknown, asked: 'list' | 'read'): CollectionState {
  if (!isOfHarbor(error)) throw error;
  const needs =
    error.code === 'harbor-denied'
      ? `The robot lacks garbage-collection:${asked} on the system, and a collection that can’t be followed is not started.`
      : error.remedy;
  return { kind: 'not-started', because: `${error.message} ${needs}` };
}

/**
 * Starts Harbor's collection unless one is pending or running (Harbor would queue a second one silently, T22): then it
 * stays intended. After a crash the one that was started under the same intent is found, not started again.
 */
export async function startCollecting(
  intended: CollectionState & { readonly kind: 'intended' },
  { harbor, clock, workers }: CollectingPorts,
): Promise<CollectionState> {
  try {
    const before = await harbor.listCollections();
    const ours = before.find((one) => isOurs(one, intended));
    if (ours !== undefined) return running(ours.id, intended, clock);
    const other = before.find((one) => !one.isFinal);
    if (other !== undefined) return { ...intended, behind: other.id };
    const answer = await harbor.startCollection({ dryRun: intended.dryRun, workers });
    if (answer.kind === 'started') return running(answer.id, intended, clock);
    if (answer.kind === 'refused') {
      const because = `${answer.because}; starting one needs garbage-collection:create on the system`;
      return { kind: 'not-started', because };
    }
    const found = (await harbor.listCollections()).find((one) => isOurs(one, intended));
    return found === undefined
      ? { kind: 'not-started', because: 'Harbor did not answer, and shows no new collection' }
      : running(found.id, intended, clock);
  } catch (error) {
    return unasked(error, 'list');
  }
}

/** Started by hand, like ours, after the intent was stored. */
function isOurs(
  one: Collection,
  intended: { readonly after: number; readonly dryRun: boolean },
): boolean {
  return (
    one.isManual &&
    one.dryRun === intended.dryRun &&
    !one.deletesUntagged &&
    one.id > intended.after
  );
}

function running(
  id: number,
  { dryRun }: { readonly dryRun: boolean },
  clock: Clock,
): CollectionState {
  return { kind: 'running', id, since: clock.now(), dryRun };
}

/** Looks once at a collection of ours. @throws RetentionError harbor-… */
export async function lookAtCollection(
  started: CollectionState & { readonly kind: 'running' },
  { harbor, clock }: CollectingPorts,
): Promise<CollectionState> {
  const now = await harbor.readCollection(started.id);
  if (!now.isFinal) return started;
  const finalSince = started.finalSince ?? clock.now();
  if (now.result !== undefined || clock.now() - finalSince >= figuresWithinMs) return endOf(now);
  return { ...started, finalSince };
}

export function endOf(one: Collection): CollectionState {
  return {
    kind: 'ended',
    id: one.id,
    dryRun: one.dryRun,
    status: one.status,
    freedBytes: one.result?.freedBytes ?? null,
    blobs: one.result?.blobs ?? null,
    manifests: one.result?.manifests ?? null,
  };
}
