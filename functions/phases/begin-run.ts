import { memoryIn } from '../store/harbor-memory.ts';
import { sha256Hex } from '../domain/hash.ts';
import type { Instant } from '../domain/instant.ts';
import { RetentionError } from '../errors.ts';
import { noPullTimes } from '../inventory/pull-signal.ts';
import type { RequestCount, RunRequest, World } from '../ports.ts';
import { reportKeys } from '../domain/store-keys.ts';
import { readApproved } from './approved-list.ts';
import { loadHistory } from '../store/run-history.ts';
import { addRequests, newState, type RunState, type RunUnderWay } from '../store/run-state.ts';

/** The state of a new run, with the policy's text and the one clock reading that every decision uses. */
export async function beginRun(request: RunRequest, world: World): Promise<RunUnderWay> {
  const policy = await world.policy.load();
  const takenAt = world.clock.now();
  const approved =
    request.approved === undefined ? {} : { approved: await readApproved(request.approved, world) };
  const reportKey = reportKeys(request.runId).report;
  const last = (await loadHistory(await memoryIn(world))).runs.at(-1);
  const isFirstUnderPolicy =
    request.mode === 'apply' &&
    request.applyNewPolicy !== true &&
    last?.policyHash !== sha256Hex(policy.text);
  return newState({
    request,
    takenAt,
    policy,
    reportKey,
    pullTimes: noPullTimes,
    isFirstUnderPolicy,
    ...approved,
  });
}

/** What a report says of a run whose policy, or list, could not even be read. */
export function unbegun(request: RunRequest, takenAt: Instant): RunUnderWay {
  return newState({
    request,
    takenAt,
    policy: { text: '', name: 'not read' },
    reportKey: reportKeys(request.runId).report,
    pullTimes: noPullTimes,
    isFirstUnderPolicy: false,
  });
}

/** A dry run that is asked for is never an armed one that goes on. @throws RetentionError event-invalid */
export function refuseDisarmed(request: RunRequest, earlier: RunState | undefined): void {
  if (earlier?.mode !== 'apply' || request.mode === 'apply') return;
  throw new RetentionError(
    'event-invalid',
    `Run ${request.runId} was begun as an armed run, and a dry run is asked for. Nothing was done.`,
    {
      remedy: 'Start a dry run without a runId; or continue the armed one on an armed deployment.',
    },
  );
}

/** Requests are counted per process, in which several runs may follow one another. */
export function countingAnew(world: World): World {
  const before = world.harbor.requests();
  const requests = (): RequestCount => {
    const now = world.harbor.requests();
    return {
      sent: now.sent - before.sent,
      retried: now.retried - before.retried,
      lowerBound: now.lowerBound - before.lowerBound,
      waitedMs: now.waitedMs - before.waitedMs,
    };
  };
  return { ...world, harbor: { ...world.harbor, requests } };
}

/** The state holds the requests of the slices before. */
export function withRequests<State extends RunState>(state: State, world: World): State {
  return { ...state, requests: addRequests(state.requests, world.harbor.requests()) };
}
