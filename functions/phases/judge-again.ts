import type { JudgesAgain } from '../apply/apply-action.ts';
import { isOfHarbor } from '../apply/write-result.ts';
import type { Action, DeleteArtifact, Purge, RemoveTag } from '../domain/action.ts';
import type { Result } from '../domain/outcome.ts';
import { readHoldLists } from '../inventory/hold-lists.ts';
import { purgeTrash } from '../plan/purge-trash.ts';
import { type JudgedAgain, whyNotAnyMore } from '../plan/still-condemned.ts';
import { holdOnCopy } from '../plan/trash-promises.ts';
import type { World } from '../ports.ts';
import { explain } from '../report/explain.ts';
import { judgedAt } from '../store/run-state.ts';
import {
  type JudgingAgain,
  type ListsNow,
  type Read,
  readAgain,
  type Whole,
} from './read-again.ts';
import { remembered } from './remembered.ts';

/** A repository that takes longer is read again in between. */
const oldestReading = 10 * 60_000;
/** Lists of digests and of images in use are read once for several repositories: so old may they be at most. */
const oldestLists = 30_000;
/** A reading that failed is tried again before the next deletion in the repository; so often in a row, as it may be long. */
const mostTries = 3;

/**
 * Before the first deletion in a repository, and again after ten minutes, its list is read again in full, with the lists of
 * docs/policy.md#lists and the immutability rules of its project, and it is judged again at the same instant by the
 * facts of now: only what both plans condemn goes. One judge for a slice, so that a run that goes on reads again.
 * What could not be read whole is tried again with the next deletion there, three times in a row, and otherwise left
 * for the next run.
 */
export function secondJudge(given: JudgingAgain, world: World): JudgesAgain {
  const lists = remembered(oldestLists, world, () => listsNow(given, world));
  // One repository for each project: within one, actions come repository by repository.
  const readings = new Map<string, SecondReading>();

  const readingOf = (action: Action): Promise<Read> => {
    const { project, repository } = action;
    const before = readings.get(project);
    const now = world.stopwatch.elapsed();
    const same = before?.repository === repository ? before : undefined;
    const mayTryAgain = same?.hasFailed === true && same.tries < mostTries;
    if (same !== undefined && now - same.at <= oldestReading && !mayTryAgain) return same.read;
    const reading: SecondReading = {
      repository,
      at: now,
      tries: same?.hasFailed === true ? same.tries + 1 : 1,
      hasFailed: false,
      read: lists()
        .then((found) => readAgain(action, { ...given, lists: found }, world))
        .catch((error: unknown): Read => {
          reading.hasFailed = true;
          // A Harbor that is gone altogether is waited for.
          if (!isOfHarbor(error) || error.code === 'harbor-unreachable') throw error;
          return { because: error.message };
        })
        .then((read) => {
          reading.hasFailed = 'because' in read;
          return read;
        }),
    };
    readings.set(project, reading);
    return reading.read;
  };

  return async (action) => {
    if (action.kind === 'delete-repository') return { artifact: undefined };
    const read = await readingOf(action);
    if ('because' in read)
      return {
        result: 'not-attempted',
        because: `its repository could not be read whole again, so this stays until the next run: ${read.because}`,
      };
    const artifact = read.artifactOf(action.digest);
    const why =
      action.kind === 'purge'
        ? whyNotPurged(action, read, given)
        : whyKept(action, read.judged(), given);
    return why ?? { artifact };
  };
}

interface SecondReading {
  readonly repository: string;
  readonly at: number;
  readonly tries: number;
  hasFailed: boolean;
  readonly read: Promise<Read>;
}

async function listsNow({ policy }: JudgingAgain, world: World): Promise<ListsNow> {
  const inUse = policy.inUse.map((config) => world.inUse.open(config));
  return await readHoldLists(
    { inUse, readDigestList: world.readDigestList },
    policy,
    world.clock.now(),
  );
}

function whyKept(
  action: DeleteArtifact | RemoveTag,
  judged: JudgedAgain,
  { state }: JudgingAgain,
): Result | undefined {
  const verdict = whyNotAnyMore(action, judged);
  if (verdict === undefined) return undefined;
  const sentence = explain(verdict, judgedAt(state));
  return { result: 'changed', what: `judged again just before its turn: ${sentence}` };
}

/** A copy that a list names by now, or that was pulled, restored or trashed again since, stays in the trash. */
function whyNotPurged(
  action: Purge,
  { facts, registry }: Whole,
  { policy, state }: JudgingAgain,
): Result | undefined {
  if (policy.trash === 'off')
    return { result: 'changed', what: 'the policy has no trash any more' };
  if (facts.artifacts.every(({ digest }) => digest !== action.digest)) return undefined;
  const place = { project: facts.head.project, repository: facts.head.name };
  const { candidates, notes } = purgeTrash(facts, {
    keepFor: policy.trash.keepFor,
    now: judgedAt(state),
    heldBy: (artifact, graph) =>
      holdOnCopy({ place, artifact, graph }, { policy, registry })?.because,
  });
  if (candidates.some(({ purge }) => purge.digest === action.digest)) return undefined;
  const note = notes.find((one) => one.includes(action.digest)) ?? 'it is not old enough any more';
  return { result: 'changed', what: `looked at again just before its turn: ${note}` };
}
