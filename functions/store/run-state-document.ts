import * as z from 'zod';
import { reportKeys, stateKeys } from '../domain/store-keys.ts';
import { anyFields, document, withFields } from './document.ts';
import { RetentionError } from '../errors.ts';
import type { RunRequest, RunStore } from '../ports.ts';
import { type RunState, stateVersion } from './run-state.ts';

const startAgain =
  'start a new run, by an event without "runId": it reads and plans everything afresh.';

const count = z.number().nonnegative();

/** How far a run is. One that is damaged, or that means something else to another version, is refused, never misread. */
export const runStates = document(
  (runId: string) => stateKeys(runId).state,
  // What every version has stored; what came later is optional.
  withFields<RunState>()({
    stateVersion: count,
    runId: z.string(),
    mode: z.enum(['dry-run', 'apply']),
    phase: z.string(),
    takenAt: z.number(),
    policy: z.looseObject({ text: z.string(), name: z.string() }),
    slices: count,
    parts: count,
    read: z.array(count),
    artifactsRead: count,
    pullTimes: anyFields,
    requests: z.looseObject({ sent: count, retried: count, lowerBound: count, waitedMs: count }),
    durationsMs: anyFields,
    reportKey: z.string(),
  }),
  {
    version: stateVersion,
    versionField: 'stateVersion',
    whenDamaged: 'refuse',
    isNot: 'is no state of a run',
    remedy: `See who wrote it; ${startAgain}`,
  },
);

/**
 * The stored state of this run, or undefined for a new one.
 * @param isPhase whether a run of this version can be in a phase of that name
 * @throws RetentionError state-invalid
 */
export async function loadState(
  store: RunStore,
  request: RunRequest,
  isPhase: (name: string) => boolean,
): Promise<RunState | undefined> {
  const { runId } = request;
  const state = await runStates.read(store, runId);
  if (state === undefined) return undefined;
  const found = problemOf(state, runId, isPhase);
  if (found === undefined) return { ...state, stateVersion };
  const { problem, remedy } = found;
  throw new RetentionError('state-invalid', `${store.address}/${runStates.key(runId)} ${problem}`, {
    remedy,
  });
}

export async function saveState(store: RunStore, state: RunState): Promise<void> {
  await runStates.write(store, state, state.runId);
}

interface StateProblem {
  /** Continues a sentence that begins with the address of the state. */
  readonly problem: string;
  readonly remedy: string;
}

/** Why this version can't continue the run of that id with a state that is whole in itself. Pure. */
function problemOf(
  state: RunState,
  runId: string,
  isPhase: (name: string) => boolean,
): StateProblem | undefined {
  if (!isReported(state) && !isPhase(state.phase)) {
    const problem = 'is no state of a run: it lacks "phase", or holds something else there.';
    return { problem, remedy: `See who wrote it; ${startAgain}` };
  }
  if (state.runId !== runId)
    return {
      problem: `is of run ${state.runId}.`,
      remedy: `See who copied it there; ${startAgain}`,
    };
  if (state.phase !== 'done' && state.reportKey !== reportKeys(runId).report) {
    return {
      problem:
        'was written by an earlier harbor-retention, which filed its report and records under another day than that of its id.',
      remedy: `The run can’t continue here; what it did can be restored. ${startAgain}`,
    };
  }
  if (isReported(state) && !anyFields.safeParse(state.ended).success) {
    const problem = 'says that the run is reported, but not how it ended.';
    return { problem, remedy: `See who wrote it; ${startAgain}` };
  }
  return undefined;
}

const isReported = ({ phase }: RunState): boolean => phase === 'follow' || phase === 'done';
