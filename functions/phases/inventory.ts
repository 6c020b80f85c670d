import { saveState } from '../store/run-state-document.ts';
import { tooLarge } from '../domain/capacity.ts';
import type { RepositoryFacts } from '../domain/repository.ts';
import type { Policy } from '../domain/policy.ts';
import { tooManyRepositories } from '../inventory/completeness.ts';
import { writeFacts } from '../inventory/facts-file.ts';
import { hasProjectList, parseHarborVersion } from '../domain/harbor-version.ts';
import { cutIntoParts, type Part, weightOf } from '../inventory/cut-into-parts.ts';
import type { Survey } from '../inventory/preflight.ts';
import { mergePullTimes, sumPullTimes } from '../inventory/pull-signal.ts';
import { pulledSince, withChildren } from '../inventory/pulled-since.ts';
import { readPart, type ReadOptions } from '../inventory/read-part.ts';
import type { Chosen } from '../inventory/reuse.ts';
import { weightGate } from '../inventory/weighted-semaphore.ts';
import type { Budget, Telemetry, World } from '../ports.ts';
import { approvedFor } from './approved-list.ts';
import { findSubjects } from './find-subjects.ts';
import { done, type Step, unfinished } from './phase.ts';
import { waitForAnswers } from './outage.ts';
import { widestContext, withFamilies } from './read-families.ts';
import { chosenFor, keptReader, leaveForNext } from '../store/reusable-facts.ts';
import { stateKeys } from '../domain/store-keys.ts';
import { judgedAt, type RunState, type RunUnderWay } from '../store/run-state.ts';

/** Parts that are read at the same time; the pace of requests is the client's to decide. */
const readers = 8;
/** Artifacts in memory at the same time, where no limit is set. A larger part is read by itself. */
const defaultRoom = 100_000;
/** State is stored after this many parts, so a crash costs no more than these. */
const saveEvery = 16;

/**
 * Reads the parts that are not stored yet, until all are or the time is up. Every part is stored under its number,
 * so that one read twice replaces itself.
 */
export const takeInventory: Step = async (state, context) => {
  const { survey, world, budget, lease, waitAtMost } = context;
  const most = world.maxArtifactsPerRepository;
  const chosen = await chosenFor(state, context, world.store);
  const parts = partsOf(survey, chosen, most);
  let expected = 0;
  for (const head of survey.heads) expected += head.artifactCount;
  const stored = new Set(state.read);
  const open = parts.flatMap((part, index) => (stored.has(index) ? [] : [{ part, index }]));
  let current: RunUnderWay = { ...state, parts: parts.length };
  const kept = keptReader(world.store, state.reused);
  const progress = readingProgress(world.telemetry, expected);
  progress.stored(state.artifactsRead);

  const store = async (index: number, facts: readonly RepositoryFacts[]): Promise<void> => {
    await lease.confirm();
    const writer = world.store.openPart(stateKeys(state.runId).facts(index));
    await writeFacts(writer, facts);
    await writer.close();
    current = { ...withPart(current, index, facts), reused: kept.count() };
    progress.stored(current.artifactsRead);
    if (current.read.length % saveEvery === 0) await saveState(world.store, current);
  };

  const { onPage } = progress;
  const read = partReader(state, { ...context, kept: kept.read, onPage }, world);

  try {
    await inTurn(open, { budget, room: most ?? defaultRoom }, async ({ part, index }) => {
      await store(index, await read(part));
    });
  } catch (error) {
    return unfinished(waitForAnswers(current, error, { now: world.clock.now(), waitAtMost }));
  }
  if (current.read.length < parts.length) return unfinished(current);
  await leaveForNext(state, { ...context, chosen, parts }, world.store);
  const subjects = await findSubjects(current, context, world.store);
  return done({ ...current, ...(subjects === undefined ? {} : { subjects }) });
};

/** A status line that moves with every page, though only a whole part counts as read. */
function readingProgress(telemetry: Telemetry, expected: number) {
  let stored = 0;
  let listed = 0;
  const say = (what: string): void => {
    // Pages of parts that are not stored yet; a list with children holds more rows than are counted.
    const done = Math.min(expected, Math.max(stored, listed));
    telemetry.progress({ phase: 'inventory', done, of: expected, what });
  };
  return {
    stored: (artifacts: number): void => {
      stored = artifacts;
      listed = Math.max(listed, artifacts);
      say('');
    },
    onPage: (project: string, artifacts: number): void => {
      listed += artifacts;
      say(project);
    },
  };
}

/** Reads a part, with what its lists do not show of the families that might go. */
function partReader(
  state: RunState,
  {
    policy,
    survey,
    kept,
    onPage,
  }: {
    readonly policy: Policy;
    readonly survey: Survey;
    readonly kept: NonNullable<ReadOptions['kept']>;
    readonly onPage: NonNullable<ReadOptions['onPage']>;
  },
  world: World,
): (part: Part) => Promise<readonly RepositoryFacts[]> {
  const options: ReadOptions = {
    withChildren: false,
    ...(policy.needs.pullTimes ? { pulls: pullsOf(state, policy) } : {}),
    confirmUntagged: policy.needs.untagged,
    confirmLabels: (project) => (policy.inScope(project) ? policy.needs.labels : []),
    unplannable: survey.unplannable,
    maxArtifacts: world.maxArtifactsPerRepository,
    kept,
    onPage,
  };
  const registry = { ...survey.registry, takenAt: judgedAt(state) };
  const widest = widestContext(policy, registry, approvedFor(state, survey));
  return async (part) => {
    const facts: RepositoryFacts[] = [];
    for (const one of await readPart(world.harbor, part, options))
      facts.push(await withFamilies(one, widest, world.harbor));
    return facts;
  };
}

/** A look at another day judges by its own instant; how long ago it looks back follows from the earlier of both. */
function pullsOf(state: RunState, { needs }: Policy): NonNullable<ReadOptions['pulls']> {
  const now = Math.min(state.takenAt, judgedAt(state));
  return { now: state.takenAt, since: (project) => pulledSince(needs, project, now) };
}

interface OpenPart {
  readonly part: Part;
  readonly index: number;
}

/** Several at the same time, as many as there is room and time for. */
async function inTurn(
  open: OpenPart[],
  { budget, room }: { readonly budget: Budget; readonly room: number },
  work: (one: OpenPart) => Promise<void>,
): Promise<void> {
  const gate = weightGate(room);
  const reader = async (): Promise<void> => {
    for (let next = open.shift(); next !== undefined && budget.hasTime(); next = open.shift()) {
      const weight = weigh(next.part);
      await gate.enter(weight);
      try {
        await work(next);
      } finally {
        gate.leave(weight);
      }
    }
  };
  await allOrFirstError(Array.from({ length: readers }, reader));
}

function partsOf(survey: Survey, chosen: Chosen, most: number | undefined): readonly Part[] {
  const overfull = tooManyRepositories(survey.heads);
  return cutIntoParts(survey.projects, survey.heads, {
    hasProjectList: hasProjectList(parseHarborVersion(survey.registry.harbor.version)),
    leave: (head) => overfull[head.project] ?? tooLarge(head.artifactCount, most),
    kept: (head) => chosen[head.id]?.part,
  });
}

function weigh(part: Part): number {
  let weight = 0;
  for (const scope of part) weight += weightOf(scope);
  return weight;
}

function withPart(
  state: RunUnderWay,
  index: number,
  facts: readonly RepositoryFacts[],
): RunUnderWay {
  let artifacts = 0;
  for (const one of facts)
    artifacts += one.kind === 'complete' ? one.artifacts.length : one.seen.length;
  const lists = facts.map(withChildren);
  return {
    ...state,
    read: [...state.read, index].sort((a, b) => a - b),
    artifactsRead: state.artifactsRead + artifacts,
    pullTimes: mergePullTimes(state.pullTimes, sumPullTimes(lists, state.takenAt)),
  };
}

/** Waits for every worker, also when one failed, so that none is still working afterwards. */
async function allOrFirstError(work: readonly Promise<void>[]): Promise<void> {
  for (const settled of await Promise.allSettled(work)) {
    if (settled.status === 'rejected') throw settled.reason;
  }
}
