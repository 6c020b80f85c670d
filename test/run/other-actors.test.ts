import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RetentionError } from '../../functions/errors.ts';
import type { RunRequest } from '../../functions/ports.ts';
import { restoreSlice } from '../../functions/restore.ts';
import { startHarbor } from '../sandbox/harbor/index.ts';
import { beginningWith, type Scene as MarkableScene } from '../support/marked-scene.ts';
import { memoryStore } from '../support/memory-store.ts';
import {
  type Actor,
  actors,
  beside,
  interleaved,
  laterRun,
  type Moment,
  noting,
  type Sent,
  sleepyStopwatch,
} from '../support/other-actors.ts';
import { armed, runToEnd, type TestWorld, unlimited, worldAround } from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
protect: { keepAtLeast: 0 }
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
trash: { project: retention-trash, keepFor: 14d }
garbageCollection: { mode: run, workers: 1 }
rules:
  - name: old-builds
    select: { projects: ["team"], tags: ["ci-*"] }
    keep: { pushedWithin: 30d }
`;
const earlier: RunRequest = { ...armed, owner: 'earlier' };
const request: RunRequest = { ...earlier, runId: '2026-12-06T033000Z', owner: 'execution' };

interface Scene extends MarkableScene {
  readonly digest: string;
}

type Begin = () => Promise<Scene>;

/** An image that is due, and one in the trash whose time is over: the run deletes, purges and collects. */
async function scene(): Promise<Scene> {
  const harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  for (const name of ['team', 'retention-trash']) harbor.seed.project(name);
  const at = { project: 'team', repository: 'api' };
  const pushedAt = harbor.clock.now() - 90 * day;
  harbor.seed.push({ ...at, tags: ['ci-old'], pushedAt, size: 10 });
  harbor.seed.push({ ...at, tags: ['v1'], pushedAt, size: 11 });
  const store = memoryStore();
  await runToEnd(worldAround(harbor, { policy, store }), earlier);
  harbor.clock.advance(15 * day);
  const { digest } = harbor.seed.push({ ...at, tags: ['ci-1'], pushedAt, size: 12 });
  return { harbor, store, digest };
}

interface End {
  readonly scene: Scene;
  readonly moments: readonly Moment[];
  readonly sent: readonly Sent[];
  /** What of it was sent before the actor acted. */
  readonly before: readonly Sent[];
}

const surroundings = ({ harbor, store, digest }: Scene) => ({
  harbor,
  store,
  policy,
  request,
  victim: { project: 'team', repository: 'api', digest },
  tag: 'ci-1',
  trash: 'retention-trash',
});

/** The run, in which an actor acts once, before one of its calls; number 0: nobody acts. */
async function runBeside(begin: Begin, actor: Actor | undefined, number: number): Promise<End> {
  const own = await begin();
  const { harbor, store } = own;
  const stopwatch = sleepyStopwatch(harbor);
  const sent: Sent[] = [];
  const moments: Moment[] = [];
  let before: readonly Sent[] = [];
  const around = { ...surroundings(own), stopwatch, sent };
  const run: TestWorld = worldAround(harbor, { policy, store, overrides: { stopwatch } });
  const disturbed = beside(noting(run, sent), async (moment) => {
    moments.push(moment);
    if (moment.number !== number) return;
    before = [...sent];
    await actor?.act(around);
  });
  await runToEnd(disturbed, request).catch((error: unknown) => {
    if (!(error instanceof RetentionError)) throw error;
  });
  return { scene: own, moments, sent, before };
}

const isIn = ({ harbor, digest }: Scene, project: string): boolean =>
  harbor.state.artifacts(project).some((one) => one.digest === digest);

/** Nothing can be put between the last look, or the look at the lease, and the write that follows it at once. */
const isInstant = ({ wants, name }: Actor, { port, call }: Moment): boolean =>
  (wants === 'nothing' && call === 'deleteArtifact') ||
  (name.includes('sleeps') && (port === 'writer' || port === 'garbage'));

let marked: Scene;
let begin: Begin;
let undisturbed: End;
beforeAll(async () => {
  marked = await scene();
  begin = beginningWith(marked);
  undisturbed = await runBeside(begin, undefined, 0);
});
afterAll(async () => {
  await marked.harbor.close();
});

test('the run that is disturbed deletes, purges and collects', () => {
  expect(undisturbed.sent.map(({ call, project }) => `${call} ${project}`.trim())).toEqual([
    'copyArtifact retention-trash',
    'createTag retention-trash',
    'removeTag retention-trash',
    'deleteArtifact team',
    'deleteArtifact retention-trash',
    'startCollection',
  ]);
});

describe.each(actors.map((actor) => [actor.name, actor] as const))(
  'while somebody else %s, at every moment of an armed run,',
  (_, actor) => {
    test('nothing is lost that they wanted, and no two processes write by turns', async () => {
      const { moments } = undisturbed;
      for (const moment of moments.filter(({ port }) => actor.usesStore || port !== 'store')) {
        if (isInstant(actor, moment)) continue;
        const { scene: own, sent, before } = await runBeside(begin, actor, moment.number);
        const seen = [actor.name, moment.number, moment.port, moment.call].join(' ');
        expect([seen, interleaved(sent)]).toEqual([seen, []]);
        await holdKept(own, actor, seen);
        const isSent = before.some(
          (one) => one.call === 'deleteArtifact' && one.project === 'team',
        );
        // Whoever takes the copy away before our deletion was sent has the original left.
        if (actor.name.includes('copy') && !isSent)
          expect([seen, isIn(own, 'team') || isIn(own, 'retention-trash')]).toEqual([seen, true]);
      }
    });
  },
);

/** What the actor wanted is in its place, or comes back from the trash; whoever took it away took it away. */
async function holdKept(own: Scene, actor: Actor, seen: string): Promise<void> {
  const { harbor, store } = own;
  if (actor.wants === 'tag') {
    const tagged = harbor.state.artifacts('team').filter(({ tags }) => tags.includes('ci-1'));
    expect([seen, tagged.map(({ size }) => size)]).toEqual([seen, [expect.any(Number)]]);
  }
  if (isIn(own, 'team')) return;
  if (actor.wants === 'nothing') {
    const lost = new RegExp(`/projects/team/.*${own.digest.slice(7)}$`);
    const deleted = harbor.requests.all.filter(
      ({ method, path, status }) => method === 'DELETE' && status === 200 && lost.test(path),
    );
    // Of the image there is one deletion, theirs or ours, and ours only while the copy was there.
    expect([seen, deleted.length]).toEqual([seen, 1]);
    return;
  }
  expect([seen, isIn(own, 'retention-trash')]).toEqual([seen, true]);
  for (const runId of [request.runId, laterRun]) {
    const wanted = { runId, only: [], apply: true, owner: 'operator' };
    const world = worldAround(harbor, { policy, store });
    await restoreSlice(wanted, world, unlimited).catch((error: unknown) => {
      if (!(error instanceof RetentionError && error.code === 'report-not-found')) throw error;
    });
  }
  expect([seen, isIn(own, 'team')]).toEqual([seen, true]);
}
