import { defined } from '../domain/defined.ts';
import { harborKey } from '../domain/harbor-address.ts';
import type { Instant } from '../domain/instant.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import type { RepositoryFacts } from '../domain/repository.ts';
import { stateKeys } from '../domain/store-keys.ts';
import { readFacts } from '../inventory/facts-file.ts';
import { pullSignal } from '../inventory/pull-signal.ts';
import type { PolicyText, RunStore } from '../ports.ts';
import { noFacts, type PassedOver, runsWithFacts, whyNotWhole } from './newest-facts.ts';
import { runStates } from './run-state-document.ts';
import type { RunState } from './run-state.ts';
import { loadSurvey } from './survey-document.ts';

/** A run of the past whose facts lie in the store, whole. */
export interface PastRun {
  readonly runId: string;
  readonly takenAt: Instant;
  /** The policy of that run. */
  readonly policy: PolicyText;
  readonly artifactsRead: number;
  /** What it really deleted, as far as its state says. */
  readonly deleted: number;
  /** It was armed and has no end: what it deleted is not known, and `deleted` is 0. */
  readonly isEndless: boolean;
  /** Copies in the trash as it began, and their bytes; absent without a trash. */
  readonly trash?: { readonly artifacts: number; readonly bytes: number };
  /** The registry as that run judged it. */
  readonly registry: () => Promise<RegistryFacts>;
  /** Its facts, one repository at a time. Each call reads them again. */
  readonly facts: () => AsyncGenerator<RepositoryFacts>;
}

/** The runs of one Harbor, oldest first. */
export interface PastRuns {
  readonly runs: readonly PastRun[];
  /** Base URL of the Harbor. */
  readonly harbor: string;
  readonly passedOver: readonly PassedOver[];
}

/**
 * The newest `most` runs whose facts are all stored, on the Harbor of the newest of them. Like `newestFacts` it asks for
 * no key that a list does not show.
 * @throws RetentionError report-not-found if there is none, state-invalid if the state of a run is damaged
 */
export async function pastRuns(store: RunStore, most: number): Promise<PastRuns> {
  const runs: PastRun[] = [];
  const passedOver: PassedOver[] = [];
  let harbor: string | undefined;
  for (const { runId, keys } of (await runsWithFacts(store)).toReversed()) {
    if (runs.length === most) break;
    const state = await runStates.read(store, runId);
    const because = whyNotWhole(state, keys);
    if (state === undefined || because !== undefined) {
      passedOver.unshift({ runId, because: because ?? '' });
      continue;
    }
    const { url } = (await loadSurvey(store, runId)).registry.harbor;
    harbor ??= url;
    if (harborKey(url) === harborKey(harbor)) runs.unshift(pastRun(store, state));
    else passedOver.unshift({ runId, because: `it was on ${url}` });
  }
  if (harbor === undefined) throw noFacts(store, passedOver.toReversed());
  return { runs, harbor, passedOver };
}

function pastRun(store: RunStore, state: RunState): PastRun {
  const { runId, takenAt, policy, artifactsRead, mode, ended } = state;
  const { deleted = 0, trashWaiting, trashWaitingBytes = 0 } = ended?.summary ?? {};
  const trash =
    trashWaiting === undefined ? undefined : { artifacts: trashWaiting, bytes: trashWaitingBytes };
  return {
    runId,
    takenAt,
    policy,
    artifactsRead,
    deleted: mode === 'apply' ? deleted : 0,
    isEndless: mode === 'apply' && ended?.summary === undefined,
    ...defined({ trash }),
    registry: () => registryOf(store, state),
    facts: () => factsOf(store, state),
  };
}

async function registryOf(store: RunStore, state: RunState): Promise<RegistryFacts> {
  const { takenAt, subjects } = state;
  const { registry } = await loadSurvey(store, state.runId);
  const subjectsElsewhere =
    subjects === undefined || subjects === 'unknown' ? subjects : new Set(subjects);
  return {
    ...registry,
    takenAt,
    pullSignal: pullSignal(state.pullTimes, takenAt),
    ...defined({ subjectsElsewhere }),
  };
}

async function* factsOf(
  store: RunStore,
  { runId, parts }: RunState,
): AsyncGenerator<RepositoryFacts> {
  const keys = stateKeys(runId);
  for (let part = 0; part < parts; part += 1) {
    const key = keys.facts(part);
    yield* readFacts(store.readPart(key), key);
  }
}
