import type { CollectionState } from '../domain/collection.ts';
import { lookAtCollection, notBeside, startCollecting } from '../apply/collect-garbage.ts';
import type { Policy } from '../domain/policy.ts';
import { collectingIn, leaveOpen, unhealedSince, withEarlier } from './collect.ts';
import type { Held } from './changes.ts';
import type { FinishedRun, Reported, ReportedRun, RunState } from '../store/run-state.ts';
import { defaultWaitAtMost, waitAgain } from '../store/waiting.ts';

type OpenCollection = CollectionState & { readonly kind: 'intended' | 'running' };

/** A collection that may still end while this run waits. */
export function openCollectionOf({
  collection,
}: Pick<RunState, 'collection'>): OpenCollection | undefined {
  return collection?.kind === 'intended' || collection?.kind === 'running' ? collection : undefined;
}

/**
 * Looks once after the collection of a run that is reported already: starts it once the one before it has ended, and
 * has its figures once it has. @throws RetentionError harbor-…
 */
export async function followCollection<State extends RunState>(
  state: State,
  policy: Policy,
  held: Held,
): Promise<State> {
  const open = openCollectionOf(state);
  if (open === undefined) return state;
  const current = await withEarlier(state, held.world);
  const collection = await next(current, open, { policy, held });
  if (collection.kind === 'running') await leaveOpen(held.world, collection);
  return { ...current, collection };
}

async function next(
  state: RunState,
  open: OpenCollection,
  { policy, held }: { readonly policy: Policy; readonly held: Held },
): Promise<CollectionState> {
  const collecting = collectingIn(policy, held);
  if (open.kind === 'running') return await lookAtCollection(open, collecting);
  const because = await unhealedSince(state, held.world);
  return because === undefined
    ? await startCollecting(open, collecting)
    : { kind: 'not-started', because };
}

/** Waits for what is still open, as long as the run may; then leaves it to the next run. */
export function waitOrEnd(
  state: Reported,
  {
    now,
    waitAtMost = defaultWaitAtMost,
  }: { readonly now: number; readonly waitAtMost?: number | undefined },
): ReportedRun | FinishedRun {
  const { waiting: before, ...rest } = state;
  const open = openCollectionOf(state);
  if (open === undefined) return { ...rest, phase: 'done' };
  const what = open.kind === 'running' ? 'garbage-collection' : 'other-collection';
  const waited = state.waitedMs ?? 0;
  const waiting = waitAgain(what, before, { now, waited, atMost: waitAtMost });
  if (waiting !== undefined) return { ...rest, phase: 'follow', waiting };
  // The next run reports one that still runs.
  return { ...rest, phase: 'done', collection: open.kind === 'running' ? open : notBeside(open) };
}
