import { RetentionError } from '../../../functions/errors.ts';
import type { RunRequest, WriteAnswer } from '../../../functions/ports.ts';
import { restoreSlice } from '../../../functions/restore.ts';
import { between } from '../../sandbox/harbor/random.ts';
import { Killed } from '../../support/crashing.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { type Call, laterRun } from '../../support/other-actors.ts';
import {
  callsOf,
  runToEnd,
  type TestWorld,
  unlimited,
  worldAround,
} from '../../support/run-world.ts';
import {
  type Around,
  copyOf,
  isBacked,
  type Image,
  isThere,
  nameOf,
  policy,
  request,
  rowIn,
  trash,
} from './scene.ts';

type Act = (image: Image, around: Around, number: number) => unknown;

const stranger = ({ scene: { harbor, store, somebody } }: Around) =>
  callsOf(worldAround(harbor, { policy, store, credential: somebody }));
const wish = (
  around: Around,
  { project, repository }: Image,
  [tag, digest, number]: [string, string, number],
) => around.wishes.set(`${project}/${repository}:${tag}`, { digest, number });

async function tolerated(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof RetentionError)) throw error;
  });
}

const laterRequest = (owner: string): RunRequest => ({ ...request, runId: laterRun, owner });
const ours = ({ scene: { harbor, store } }: Around, own = store): TestWorld =>
  worldAround(harbor, { policy, store: own });
export const restoring = (runId = request.runId) => ({
  runId,
  only: [],
  apply: true,
  owner: 'operator',
});

export const acts: Readonly<Record<string, Act>> = {
  'tags the image': async (image, around, number) => {
    const tag = `keep-${number}`;
    const answer = await stranger(around).createTag(image, tag);
    if (answer.kind === 'done') wish(around, image, [tag, image.digest, number]);
  },
  'pushes another image under its tag': (image, around, number) => {
    const tag = image.tags[0] ?? 'new';
    const { project, repository } = image;
    const { digest } = around.scene.harbor.seed.push({
      project,
      repository,
      tags: [tag],
      size: 1_000 + number,
    });
    wish(around, image, [tag, digest, number]);
  },
  'moves its tag to another image': ({ project, repository, ...image }, around, number) => {
    const { harbor } = around.scene;
    const to = harbor.state.tags(project, repository).find(({ name }) => name === 'v2')?.digest;
    const tag = image.tags[0];
    if (to === undefined || tag === undefined) return;
    harbor.seed.moveTag({ project, repository, tag, to });
    wish(around, { project, repository, ...image }, [tag, to, number]);
  },
  'pushes the same image again': (image, around, number) => {
    if (!image.isPlain) return;
    const { project, repository, digest } = image;
    const tag = `again-${number}`;
    around.scene.harbor.seed.push({ project, repository, digest, tags: [tag] });
    wish(around, image, [tag, digest, number]);
  },
  'labels the image': async (image, around, number) => {
    if (!isThere(around, image)) return;
    const label = around.scene.harbor.seed.label({ name: `audited ${number}` });
    await stranger(around).addLabel(image, label.id);
  },
  'pulls the image': async (image, { scene: { harbor, somebody } }) => {
    const authorization = `Basic ${Buffer.from(`${somebody.username}:${somebody.password}`).toString('base64')}`;
    await fetch(`${harbor.url}/v2/${image.project}/${image.repository}/manifests/${image.digest}`, {
      headers: { authorization },
    });
    harbor.clock.advance(15_000);
  },
  'deletes the image': async (image, around, number) => {
    const wasBacked = isBacked(around, image);
    const answer = await stranger(around).deleteArtifact(image, image.digest);
    if (answer.kind === 'done') around.deleted.push({ name: nameOf(image), number, wasBacked });
  },
  'deletes the copy': async (image, around, number) => {
    const wasBacked = isThere(around, image);
    const answer = await stranger(around).deleteArtifact(copyOf(image), image.digest);
    if (answer.kind === 'done') around.deleted.push({ name: nameOf(image), number, wasBacked });
  },
  'tags the copy': (image, around, number) =>
    stranger(around).createTag({ ...copyOf(image), digest: image.digest }, `mine-${number}`),
  'gives the copy the tag of the image that stays': (image, around) =>
    // Between the look at a copy and its copying back nobody can see it, and Harbor moves the tag.
    around.calls.at(-1)?.call === 'copyArtifact'
      ? undefined
      : stranger(around).createTag({ ...copyOf(image), digest: image.digest }, 'v2'),
  'takes the names off the copy': async (image, around) => {
    const { project, repository } = copyOf(image);
    const row = rowIn(around.scene.harbor, { project, repository, digest: image.digest });
    for (const tag of row?.tags ?? [])
      await stranger(around).removeTag({ project, repository, digest: image.digest }, tag);
  },
  'marks the copy as restored': (image, around) =>
    stranger(around).createTag(
      { ...copyOf(image), digest: image.digest },
      `${image.digest.slice(7, 19)}...restored`,
    ),
  'takes the name of the copy for another image': ({ digest, tags, ...image }, around, number) => {
    const { project, repository } = copyOf({ digest, tags, ...image });
    const tag = `${digest.slice(7, 19)}.${tags[0] ?? ''}`;
    around.scene.harbor.seed.push({ project, repository, tags: [tag], size: 2_000 + number });
  },
  'makes its tags immutable': ({ project }, { scene: { harbor }, repairs }) => {
    const rule = harbor.seed.immutableRule(project, { tags: 'ci-*' });
    repairs.push(() => (rule.disabled = true));
  },
  'makes the tags of the trash immutable': (_, { scene: { harbor }, repairs }) => {
    const rule = harbor.seed.immutableRule(trash, { tags: '**' });
    repairs.push(() => (rule.disabled = true));
  },
  'fills the quota of the trash': (_, { scene: { harbor }, repairs }) => {
    harbor.seed.quota(trash, 1);
    repairs.push(() => harbor.seed.quota(trash, -1));
  },
  'fills the quota of its project': ({ project }, { scene: { harbor }, repairs }) => {
    harbor.seed.quota(project, 1);
    repairs.push(() => harbor.seed.quota(project, -1));
  },
  'turns Harbor read-only for a while': (_, { scene: { harbor }, late, random, calls }) => {
    harbor.seed.readOnly(true);
    const due = calls.length + between(random, 1, 15);
    late.push({ due, work: () => Promise.resolve(harbor.seed.readOnly(false)) });
  },
  'restores the run': (_, around) => tolerated(restoreSlice(restoring(), ours(around), unlimited)),
  'starts another run': (_, around) => tolerated(runToEnd(ours(around), laterRequest('another'))),
  'runs a second deployment': (_, around) =>
    tolerated(runToEnd(ours(around, memoryStore()), laterRequest('deployment 2'))),
  'restores the run while its process sleeps': async (_, around) => {
    around.stopwatch.sleep(10 * 60_000);
    await tolerated(restoreSlice(restoring(), ours(around), unlimited));
  },
  'starts another run while the process sleeps': async (_, around) => {
    around.stopwatch.sleep(10 * 60_000);
    await tolerated(runToEnd(ours(around), laterRequest('another')));
  },
};

/** What becomes of a call instead of what should. */
type Fault = (call: Call, around: Around) => Promise<unknown>;

const lost: WriteAnswer = { kind: 'lost', because: 'no answer came' };
const unreachable = (): Promise<never> =>
  Promise.reject(new RetentionError('harbor-unreachable', 'nobody answers'));
/** Reads have no half-way: they fail. */
const ofWrites =
  (fault: Fault): Fault =>
  (call, around) =>
    call.port === 'writer' ? fault(call, around) : unreachable();

export const faults: Readonly<Record<string, Fault>> = {
  'is done, and its answer lost': ofWrites(async ({ send }) => {
    await send();
    return lost;
  }),
  'is lost on its way': ofWrites(() => Promise.resolve(lost)),
  'is done late, and its answer lost': ofWrites(({ send }, { late, random, calls }) => {
    late.push({ due: calls.length + between(random, 1, 40), work: send });
    return Promise.resolve(lost);
  }),
  'is rolled back': ofWrites(() =>
    Promise.resolve({ kind: 'rolled-back', because: '500 UNKNOWN' } satisfies WriteAnswer),
  ),
  'is denied': ofWrites(() =>
    Promise.resolve({ kind: 'denied', by: 'permission', because: '403' } satisfies WriteAnswer),
  ),
  'finds nobody': () => unreachable(),
  'kills the process before it is sent': () => Promise.reject(new Killed('before a call')),
  'kills the process after it was done': async ({ send }) => {
    await send();
    throw new Killed('after a call');
  },
};

export const isFaulty = ({ port }: Call): boolean => ['writer', 'inspector'].includes(port);
