import { byText } from '../domain/artifact-order.ts';
import { listed, stateKeys } from '../domain/store-keys.ts';
import type { Instant } from '../domain/instant.ts';
import { RetentionError } from '../errors.ts';
import type { PolicyText, RunStore } from '../ports.ts';
import { runStates } from './run-state-document.ts';
import type { RunState } from './run-state.ts';

/** A run whose facts lie in the store, whole. */
export interface StoredFacts {
  readonly runId: string;
  readonly takenAt: Instant;
  /** The policy of that run. */
  readonly policy: PolicyText;
  /** The number of parts of facts. */
  readonly parts: number;
  /** Newer runs that have facts, but not all, and why they were passed over. */
  readonly passedOver: readonly PassedOver[];
}

/** A run whose facts are not used, and why. */
export interface PassedOver {
  readonly runId: string;
  readonly because: string;
}

/** Unfinished runs are rare; a store with this many in a row has another trouble. */
const mostRuns = 20;

/**
 * Finds the newest run whose facts are all stored. It reads only what a list of the store shows, so that a reader who
 * may list no more than that folder never asks for a key that is not there.
 * @throws RetentionError report-not-found if there is none, state-invalid if the state of a run is damaged
 */
export async function newestFacts(store: RunStore): Promise<StoredFacts> {
  const passedOver: PassedOver[] = [];
  for (const stored of (await runsWithFacts(store)).toReversed().slice(0, mostRuns)) {
    const state = await runStates.read(store, stored.runId);
    const because = whyNotWhole(state, stored.keys);
    if (state === undefined || because !== undefined) {
      passedOver.push({ runId: stored.runId, because: because ?? '' });
      continue;
    }
    const { runId, takenAt, policy, parts } = state;
    return { runId, takenAt, policy, parts, passedOver };
  }
  throw noFacts(store, passedOver);
}

/** A run of which something lies in the folder of facts. */
export interface RunWithFacts {
  readonly runId: string;
  readonly keys: ReadonlySet<string>;
}

/** The runs that left facts, or a part of them, oldest first. */
export async function runsWithFacts(store: RunStore): Promise<readonly RunWithFacts[]> {
  const runs = new Map<string, Set<string>>();
  for (const key of await store.list(listed.facts)) {
    const [, runId = ''] = key.split('/');
    runs.set(runId, (runs.get(runId) ?? new Set()).add(key));
  }
  return [...runs]
    .map(([runId, keys]) => ({ runId, keys }))
    .toSorted((one, other) => byText(one.runId, other.runId));
}

/** The error of a store without any whole facts. */
export function noFacts(store: RunStore, passedOver: readonly PassedOver[]): RetentionError {
  return new RetentionError('report-not-found', noneIn(store, passedOver), {
    remedy:
      'Let one run end first: facts are kept for 30 days. Or give --inventory FILE, as `harbor-retention plan --save-inventory FILE` writes it. Check --out, too: it is s3://BUCKET/PREFIX of the deployment.',
  });
}

function noneIn(store: RunStore, passedOver: readonly PassedOver[]): string {
  const [newest] = passedOver;
  const why = newest === undefined ? '' : ` Of run ${newest.runId} ${newest.because}.`;
  return `${store.address} holds the facts of no run that has read everything.${why}`;
}

/** Why the facts of a run are not whole; undefined if they are. */
export function whyNotWhole(
  state: RunState | undefined,
  keys: ReadonlySet<string>,
): string | undefined {
  if (state === undefined) return 'only the facts are left, its state is gone';
  if (state.phase === 'inventory') return 'not everything is read yet';
  const { facts } = stateKeys(state.runId);
  for (let part = 0; part < state.parts; part += 1)
    if (!keys.has(facts(part))) return `part ${part + 1} of ${state.parts} is gone`;
  return undefined;
}
