import type { Instant } from '../domain/instant.ts';
import type { Policy } from '../domain/policy.ts';
import { RetentionError } from '../errors.ts';
import type { Survey } from '../inventory/preflight.ts';
import type { World } from '../ports.ts';
import { goingOn, type RunUnderWay } from '../store/run-state.ts';
import { surveyOf } from './survey.ts';
import { defaultWaitAtMost, waitAgain, type Waiting } from '../store/waiting.ts';

/**
 * A run that waits for a Harbor that does not answer any more: what is stored stays, the rest is done once it is back.
 * One that waits for writes goes on waiting for those: whoever makes Harbor read-only may restart it as well.
 * @throws the error, if it is another one or the run has waited long enough
 */
export function waitForAnswers(
  state: RunUnderWay,
  error: unknown,
  {
    now,
    waitAtMost = defaultWaitAtMost,
  }: { readonly now: Instant; readonly waitAtMost?: number | undefined },
): RunUnderWay & { readonly waiting: Waiting } {
  if (!(error instanceof RetentionError) || error.code !== 'harbor-unreachable') throw error;
  const looks = isWhereItWas(state) ? state.inVain?.looks : 0;
  const limits = { now, waited: state.waitedMs ?? 0, atMost: waitAtMost, looks: looks ?? 0 };
  const what =
    state.waiting?.for === 'harbor-read-only' ? 'harbor-read-only' : 'harbor-unreachable';
  const waiting = waitAgain(what, state.waiting, limits);
  if (waiting === undefined) throw error;
  return { ...state, waiting };
}

/** A run that is under way waits for a Harbor that is gone; one that begins fails at once. @throws RetentionError */
export async function surveyOrWait(
  state: RunUnderWay,
  policy: Policy,
  { world, waitAtMost }: { readonly world: World; readonly waitAtMost?: number | undefined },
): Promise<Survey | (RunUnderWay & { readonly waiting: Waiting })> {
  try {
    return await surveyOf(state, policy, world);
  } catch (error) {
    if (state.slices === 0) throw error;
    return waitForAnswers(state, error, { now: world.clock.now(), waitAtMost });
  }
}

/** Whoever waited for Harbor goes on, and waits no shorter next time if nothing comes of it. */
export function afterAnswer(state: RunUnderWay, now: Instant): RunUnderWay {
  if (state.waiting?.for !== 'harbor-unreachable') return state;
  const { phase, read, waiting } = state;
  return {
    ...goingOn(state, now),
    inVain: { phase, parts: read.length, looks: waiting.looks },
  };
}

const isWhereItWas = ({ phase, read, inVain }: RunUnderWay): boolean =>
  inVain?.phase === phase && inVain.parts === read.length;
