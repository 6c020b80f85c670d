import { afterEach, expect, test } from '@jest/globals';
import { RetentionError } from '../../functions/errors.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { changesOn } from '../support/apply-ports.ts';
import { memoryStore } from '../support/memory-store.ts';
import { beside, type Moment } from '../support/other-actors.ts';
import { armed, runToEnd, worldAround } from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
protect: { keepAtLeast: 1 }
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
trash: { project: retention-trash, keepFor: 14d }
rules:
  - name: old-builds
    select: { projects: ["team"], tags: ["ci-*"] }
    keep: { mostRecentlyPushed: 1 }
`;
const place = { project: 'team', repository: 'api' };

type Row = ReturnType<EmbeddedHarbor['seed']['push']>;
interface Scene {
  readonly harbor: EmbeddedHarbor;
  /** A signed index of two platforms, which the run deletes. */
  readonly index: Row;
  readonly child: Row;
  readonly signature: Row;
  /** What the count keeps. */
  readonly newest: Row;
}

const open: EmbeddedHarbor[] = [];
afterEach(async () => {
  for (const harbor of open.splice(0)) await harbor.close();
});

async function scene(): Promise<Scene> {
  const harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  open.push(harbor);
  for (const name of ['team', 'retention-trash']) harbor.seed.project(name);
  harbor.seed.label({ name: 'keep' });
  const pushedAt = harbor.clock.now() - 90 * day;
  const platform = { architecture: 'amd64', os: 'linux' };
  const children = [{ platform }, { platform: { ...platform, variant: 'v2' } }];
  const index = harbor.seed.push({ ...place, tags: ['ci-1'], pushedAt, children });
  const child = index.references?.[0]?.child;
  if (child === undefined) throw new Error('no child');
  const signature = harbor.seed.accessory({ subject: index, type: 'signature.notation' });
  const newest = harbor.seed.push({ ...place, tags: ['ci-2'], pushedAt: pushedAt + day });
  return { harbor, index, child, signature, newest };
}

type Act = (scene: Scene) => unknown;

interface End {
  readonly scene: Scene;
  readonly moments: readonly Moment[];
}

async function runBeside(act: Act, number: number): Promise<End> {
  const own = await scene();
  const moments: Moment[] = [];
  const world = worldAround(own.harbor, { policy, store: memoryStore() });
  const disturbed = beside(world, async (moment) => {
    moments.push(moment);
    if (moment.number === number) await act(own);
  });
  await runToEnd(disturbed, armed).catch((error: unknown) => {
    if (!(error instanceof RetentionError)) throw error;
  });
  return { scene: own, moments };
}

const isIn = ({ harbor }: Scene, project: string, { digest }: Row): boolean =>
  harbor.state.artifacts(project).some((one) => one.digest === digest);

const tagOn = async ({ harbor }: Scene, { digest }: Row): Promise<unknown> =>
  await changesOn(harbor).writer.createTag({ ...place, digest }, 'pinned');

/**
 * The last moment at which a run can still notice what somebody does to a family: its last look at all of it, after
 * which it looks at the copy once more.
 */
function lastLook(moments: readonly Moment[]): number {
  const sent = moments.findIndex(({ call }) => call === 'deleteArtifact');
  const copy = moments.slice(0, sent).findLastIndex(({ call }) => call === 'readArtifact');
  const looks = moments.slice(0, copy).filter(({ call }) => call === 'readMembers');
  return looks.at(-1)?.number ?? 0;
}

/** From then on a new member is none that was planned. */
function planned(moments: readonly Moment[]): number {
  return (moments.find(({ call }) => call === 'readMembers')?.number ?? 0) + 1;
}

/** The reading again of the repository is over when the rules of its project are asked for the second time. */
function secondReading(moments: readonly Moment[]): number {
  const asked = moments.filter(({ call }) => call === 'readImmutableRules');
  return (asked[1]?.number ?? 0) - 1;
}

const always = (): number => 0;

type When = (moments: readonly Moment[]) => number;
const strangers: readonly (readonly [string, Act, When, When])[] = [
  ['labels a child', ({ harbor, child }) => label(harbor, child), always, lastLook],
  ['labels a signature', ({ harbor, signature }) => label(harbor, signature), always, lastLook],
  ['tags a signature', (own) => tagOn(own, own.signature), always, lastLook],
  // Its accessories come with the index itself, which is read before what hangs on it.
  [
    'signs the index',
    ({ harbor, index }) => sign(harbor, index),
    planned,
    (moments) => lastLook(moments) - 1,
  ],
  ['signs a child', ({ harbor, child }) => sign(harbor, child), planned, lastLook],
  [
    'deletes what the count keeps',
    async ({ harbor, newest }) =>
      await changesOn(harbor).writer.deleteArtifact(place, newest.digest),
    always,
    secondReading,
  ],
];

function label(harbor: EmbeddedHarbor, row: Row): void {
  harbor.seed.attachLabel(row, 'keep');
}

function sign(harbor: EmbeddedHarbor, subject: Row): void {
  harbor.seed.accessory({ subject, type: 'subject.accessory' });
}

test.each(strangers)(
  'somebody %s, at every moment of an armed run: what was to go stays as long as it can be seen, and has a copy after',
  async (...[, act, from, until]) => {
    const undisturbed = await runBeside(() => undefined, 0);
    expect(isIn(undisturbed.scene, 'team', undisturbed.scene.index)).toBe(false);
    const [first, last] = [from(undisturbed.moments), until(undisturbed.moments)];
    expect(last).toBeGreaterThan(first);
    for (const { number, port, call } of undisturbed.moments) {
      if (port === 'store') continue;
      const { scene: own } = await runBeside(act, number);
      const seen = [number, port, call].join(' ');
      const stays = isIn(own, 'team', own.index);
      if (number >= first && number <= last) expect([seen, stays]).toEqual([seen, true]);
      else if (!stays)
        expect([seen, isIn(own, 'retention-trash', own.index)]).toEqual([seen, true]);
    }
  },
);

test('a child that somebody tags, at any moment, is there under its tag afterwards', async () => {
  const undisturbed = await runBeside(() => undefined, 0);
  const sent = undisturbed.moments.find(({ call }) => call === 'deleteArtifact')?.number ?? 0;
  for (const { number, port, call } of undisturbed.moments) {
    if (port === 'store' || number > sent) continue;
    const { scene: own } = await runBeside((found) => tagOn(found, found.child), number);
    const tagged = own.harbor.state.tags('team', 'api').find(({ name }) => name === 'pinned');
    const seen = [number, port, call].join(' ');
    expect([seen, tagged?.digest]).toEqual([seen, own.child.digest]);
  }
});
