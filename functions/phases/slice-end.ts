import type { Instant } from '../domain/instant.ts';
import type { Progress, RunSummary, SliceEnd, World } from '../ports.ts';
import type { EndedRun, RunState } from '../store/run-state.ts';
import { waitOf } from '../store/waiting.ts';

/** What a slice comes back with. */
export function sliceEnd(state: RunState, now: Instant): SliceEnd {
  if (state.phase === 'done') return endedRun(state);
  const progress = progressOf(state);
  return state.waiting === undefined
    ? { done: false, progress }
    : {
        done: false,
        progress: { ...progress, phase: 'wait' },
        wait: waitOf(state.waiting, now),
        ...(state.phase === 'follow' ? { isReported: true } : {}),
      };
}

/** The answer of a run that has ended; the same whenever it is asked for. */
export function endedRun(state: RunState): SliceEnd & { readonly done: true } {
  if (state.ended === undefined) throw new Error('a run that is done has ended');
  return { done: true, reportKey: state.reportKey, ...state.ended };
}

function progressOf(state: RunState): Progress {
  const isReading = state.phase === 'inventory';
  return {
    phase: isReading ? 'inventory' : 'plan',
    done: state.read.length,
    of: state.parts,
    what: 'parts',
  };
}

/** A run that has just been reported, with the figures that the report itself does not sum up. */
export function withFigures(state: RunState, world: World, before?: EndedRun): RunState {
  const { ended, collection } = state;
  if (ended === undefined) return state;
  const freedBytes =
    collection?.kind === 'ended' && !collection.dryRun ? collection.freedBytes : null;
  const summary: RunSummary = {
    ...ended.summary,
    requests: state.requests.sent + world.harbor.requests().sent,
    slices: state.slices,
    // To the first report; what comes behind it is a wait.
    durationMs: before?.summary.durationMs ?? world.clock.now() - state.takenAt,
    ...(freedBytes === null ? {} : { freedBytes }),
  };
  return { ...state, ended: { ...ended, summary } };
}

/** A state that has spent so many milliseconds more on a phase. */
export function withDuration(state: RunState, what: string, ms: number): RunState {
  const before = state.durationsMs[what] ?? 0;
  return { ...state, durationsMs: { ...state.durationsMs, [what]: before + ms } };
}
