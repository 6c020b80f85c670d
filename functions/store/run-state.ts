import { defined } from '../domain/defined.ts';
import type { CollectionState } from '../domain/collection.ts';
import type { Digest } from '../domain/artifact.ts';
import type { Instant, Known } from '../domain/instant.ts';
import type { PullTimes } from '../inventory/pull-signal.ts';
import type { Waiting } from './waiting.ts';
import type { PolicyText, RunRequest, RunSummary } from '../ports.ts';

/**
 * Raised when an older version could misread what this one stores; the first knew neither waits nor the phase
 * `follow`.
 */
export const stateVersion = 2;

/** A finished run's answer; a start that comes again gets it again. */
export interface EndedRun {
  readonly end: 'finished' | 'refused';
  readonly summary: RunSummary;
}

/** What a later look found; the record of its run says so from then on. */
export interface SettledChange {
  readonly runId: string;
  readonly on: string;
  readonly result: string;
  readonly restorableUntil?: string;
}

/**
 * What is known of a run in every phase. Everything else it needs lies in the store under keys that follow from its
 * id.
 */
interface RunFacts {
  readonly stateVersion: number;
  readonly runId: string;
  readonly mode: 'dry-run' | 'apply';
  /** The one clock reading that every decision uses, in every slice. */
  readonly takenAt: Instant;
  /** A look ahead: as if it were then. */
  readonly judgeAt?: Instant;
  readonly policy: PolicyText;
  /** Text of the approved list, and where it is from. */
  readonly approved?: { readonly text: string; readonly name: string };
  /** Fingerprint that the plan must have, or its beginning. */
  readonly onlyPlan?: string;
  /** Fingerprints of refusals that a person acknowledged. */
  readonly acknowledged?: readonly string[];
  /** Armed, but dry, because no run has seen this policy yet. */
  readonly isFirstUnderPolicy?: boolean;
  readonly slices: number;
  /** Parts in all, and those whose facts are stored. */
  readonly parts: number;
  readonly read: readonly number[];
  readonly artifactsRead: number;
  readonly pullTimes: PullTimes;
  /** The policy is judged as if its roll-out were over. */
  readonly wholePolicy?: boolean;
  /** Everything is read, whatever an earlier run left. */
  readonly fresh?: boolean;
  /** How much of what was read had been read by an earlier run. */
  readonly reused?: { readonly repositories: number; readonly artifacts: number };
  readonly requests: {
    readonly sent: number;
    readonly retried: number;
    readonly lowerBound: number;
    readonly waitedMs: number;
  };
  readonly durationsMs: Readonly<Record<string, number>>;
  readonly reportKey: string;
  /** Harbor's garbage collection, once this run came to it. */
  readonly collection?: CollectionState;
  /** The garbage collection of an earlier run whose results go into this run's report. */
  readonly earlierCollection?: CollectionState;
  /** What earlier runs, or this one, had left uncertain, and a later look told. */
  readonly settled?: readonly SettledChange[];
  /** Milliseconds of waits that are over. */
  readonly waitedMs?: number;
  /** The run went on that often after a wait for Harbor, and neither this phase nor another part of it was done. */
  readonly inVain?: { readonly phase: string; readonly parts: number; readonly looks: number };
  /** Slices that began the ledger; stored before each does. */
  readonly ledgerTries?: number;
  /** When the phase began. */
  readonly phaseSince?: Instant;
  /** Subjects of signatures that lie in another repository; only where orphans may go. */
  readonly subjects?: Known<readonly Digest[]>;
  /** Whose figures of the run count: the owner that reported it, and the one that ended it. */
  readonly reportedBy?: string;
  readonly endedBy?: string;
}

/** A run that has not written its last report yet. */
export interface RunUnderWay extends RunFacts {
  /** A name of the array in run.ts. */
  readonly phase: string;
  /** What the run waits for, if it does. */
  readonly waiting?: Waiting;
  readonly ended?: undefined;
}

/** A run that is reported and waits for what Harbor's garbage collection frees. */
export interface ReportedRun extends RunFacts {
  readonly phase: 'follow';
  readonly waiting: Waiting;
  readonly ended: EndedRun;
}

/** A run that is over; it answers as it did then, however often it is asked. */
export interface FinishedRun extends RunFacts {
  readonly phase: 'done';
  readonly waiting?: undefined;
  readonly ended: EndedRun;
}

/** A run whose report is written, before it is known whether anything is still waited for. */
export type Reported = Omit<RunUnderWay, 'ended' | 'waiting'> & {
  readonly waiting?: Waiting | undefined;
  readonly ended: EndedRun;
};

/** Where a run is. */
export type RunState = RunUnderWay | ReportedRun | FinishedRun;

type Requests = RunState['requests'];

/** Requests are counted per process; a run adds those of its slices. */
export function addRequests(one: Requests, other: Requests): Requests {
  return {
    sent: one.sent + other.sent,
    retried: one.retried + other.retried,
    lowerBound: one.lowerBound + other.lowerBound,
    waitedMs: one.waitedMs + other.waitedMs,
  };
}

/** A run whose wait, if there was one, is over. */
export function goingOn({ waiting, ...state }: RunUnderWay, now: Instant): RunUnderWay {
  if (waiting === undefined) return state;
  return { ...state, waitedMs: (state.waitedMs ?? 0) + now - waiting.since };
}

/** The instant that ages are measured at; `takenAt`, but for a look ahead. */
export function judgedAt({ judgeAt, takenAt }: Pick<RunState, 'judgeAt' | 'takenAt'>): Instant {
  return judgeAt ?? takenAt;
}

/** A run that has just begun. */
export function newState(start: {
  readonly request: RunRequest;
  readonly takenAt: Instant;
  readonly policy: PolicyText;
  readonly reportKey: string;
  readonly pullTimes: PullTimes;
  readonly isFirstUnderPolicy: boolean;
  readonly approved?: { readonly text: string; readonly name: string };
}): RunUnderWay {
  const { request, ...rest } = start;
  return {
    stateVersion,
    runId: request.runId,
    // A look ahead condemns what is not due yet, and the whole policy what the roll-out has not come to.
    mode:
      start.isFirstUnderPolicy || request.judgeAt !== undefined || request.wholePolicy === true
        ? 'dry-run'
        : request.mode,
    ...defined({ onlyPlan: request.onlyPlan }),
    ...(request.fresh === true ? { fresh: true } : {}),
    ...(request.wholePolicy === true ? { wholePolicy: true } : {}),
    ...defined({ acknowledged: request.acknowledge, judgeAt: request.judgeAt }),
    phase: 'inventory',
    phaseSince: start.takenAt,
    ...rest,
    slices: 0,
    parts: 0,
    read: [],
    artifactsRead: 0,
    requests: { sent: 0, retried: 0, lowerBound: 0, waitedMs: 0 },
    durationsMs: {},
  };
}
