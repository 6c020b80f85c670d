import type { Instant } from '../domain/instant.ts';
import type { Budget, Progress, RunSummary, SliceEnd, World } from '../ports.ts';
import type { HeldLease } from '../store/lease.ts';
import type { ProgressRecorder } from '../store/progress.ts';
import type { EndedRun, FinishedRun, Reported, ReportedRun, RunState } from '../store/run-state.ts';
import { waitOf } from '../store/waiting.ts';

/** What a slice comes back with; `owner`: who asks. */
export function sliceEnd(state: RunState, now: Instant, owner: string): SliceEnd {
  if (state.ended !== undefined && state.phase === 'done') return endedRun(state, owner);
  const progress = progressOf(state);
  if (state.waiting === undefined) return { done: false, progress };
  return {
    done: false,
    progress: { ...progress, phase: 'wait' },
    wait: waitOf(state.waiting, now),
    ...(state.ended === undefined ? {} : { isReported: true }),
    ...(isOthers(state.reportedBy, owner) ? { isRepeated: true } : {}),
  };
}

/** The answer of a run that has ended; the same whenever it is asked for. */
export function endedRun(state: FinishedRun, owner: string): SliceEnd & { readonly done: true } {
  return {
    done: true,
    reportKey: state.reportKey,
    ...state.ended,
    ...(isOthers(state.reportedBy, owner) ? { isReported: true } : {}),
    ...(isOthers(state.endedBy, owner) ? { isRepeated: true } : {}),
  };
}

/** Version 0.1.0 did not store who reported the figures of its run: they are reported twice rather than never. */
const isOthers = (by: string | undefined, owner: string): boolean =>
  by !== undefined && by !== owner;

/** The state with the names of those who continue the run. Each figure is reported by one of them only. */
export function creditedTo<State extends ReportedRun | FinishedRun>(
  owner: string,
  state: State,
): State {
  const reported = { ...state, reportedBy: state.reportedBy ?? owner };
  return state.phase === 'done' ? { ...reported, endedBy: state.endedBy ?? owner } : reported;
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
export function withFigures(state: Reported, world: World, before?: EndedRun): Reported {
  const { ended, collection } = state;
  const freedBytes =
    collection?.kind === 'ended' && !collection.dryRun ? collection.freedBytes : null;
  const summary: RunSummary = {
    ...ended.summary,
    requests: state.requests.sent + world.harbor.requests().sent,
    slices: state.slices,
    // Measured up to the first report. After that the run only waits for garbage collection.
    durationMs: before?.summary.durationMs ?? world.clock.now() - state.takenAt,
    ...(freedBytes === null ? {} : { freedBytes }),
  };
  return { ...state, ended: { ...ended, summary } };
}

/** The state, with some milliseconds more spent on a phase. */
export function withDuration<State extends RunState>(
  state: State,
  what: string,
  ms: number,
): State {
  const before = state.durationsMs[what] ?? 0;
  return { ...state, durationsMs: { ...state.durationsMs, [what]: before + ms } };
}

/**
 * Between slices nobody else may begin, unless this was the last one; the next slice of the same owner continues at
 * once.
 */
export async function endSlice(
  state: RunState,
  {
    world,
    lease,
    recorder,
    owner,
    budget,
  }: {
    readonly world: World;
    readonly lease: Pick<HeldLease, 'release' | 'yieldFor'>;
    readonly recorder: Pick<ProgressRecorder, 'record'>;
    readonly owner: string;
    readonly budget?: Budget;
  },
): Promise<SliceEnd> {
  const end = sliceEnd(state, world.clock.now(), owner);
  await recorder.record(state, end.done ? { end: end.end } : { wait: end.wait });
  const isLast = end.done || state.ended !== undefined || budget?.endsForGood?.() === true;
  if (isLast) await lease.release();
  else await lease.yieldFor((end.wait?.seconds ?? 0) * 1_000);
  return end;
}
