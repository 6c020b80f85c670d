import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DeletionRecord } from '../../functions/domain/deletion-record.ts';
import { trashTag } from '../../functions/domain/trash.ts';
import { type EmbeddedHarbor, type SeedPush, startHarbor } from '../sandbox/harbor/index.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import {
  armed,
  reportIn,
  rowsIn,
  runToEnd,
  type TestWorld,
  worldAround,
} from '../support/run-world.ts';

const day = 86_400_000;
const policyWith = (more = '', tags = '"ci-*"', keep = '{ pushedWithin: 30d }'): string => `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
trash: { project: retention-trash, keepFor: 14d }
${more}
rules:
  - name: old
    select: { projects: ["team"], tags: [${tags}] }
    keep: ${keep}
`;

let harbor: EmbeddedHarbor;
let store: MemoryStore;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  harbor.seed.project('retention-trash');
  harbor.seed.label({ name: 'keep' });
  harbor.seed.push({ ...place, tags: ['main'], pushedAt: harbor.clock.now() - day });
  store = memoryStore();
});
afterEach(() => harbor.close());

const place = { project: 'team', repository: 'api' };
const push = (more: Partial<SeedPush>) =>
  harbor.seed.push({ ...place, tags: ['ci-1'], pushedAt: harbor.clock.now() - 90 * day, ...more });
const platform = { architecture: 'amd64', os: 'linux' };

const inPlace = (digest: string): boolean =>
  harbor.state.artifacts('team', 'api').some((one) => one.digest === digest);
const tagsIn = (project: string, repository: string): Readonly<Record<string, string>> =>
  Object.fromEntries(harbor.state.tags(project, repository).map((one) => [one.name, one.digest]));

async function recordOf(digest: string): Promise<DeletionRecord | undefined> {
  for (const key of await store.list('reports/records/')) {
    for await (const line of store.readPart(key)) {
      const record = JSON.parse(line) as DeletionRecord;
      if (record.action.kind === 'delete-artifact' && record.action.digest === digest)
        return record;
    }
  }
  return undefined;
}

const run = (policy: string, change: (world: TestWorld) => TestWorld = (world) => world) =>
  runToEnd(change(worldAround(harbor, { policy, store })), armed);

/** The artifact of an accessory, which no list shows. */
const accessory = (
  subject: ReturnType<typeof push>,
  spec: { tags?: string[]; type?: string } = {},
) => harbor.seed.accessory({ subject, type: 'subject.accessory', ...spec });

describe('what would go with an image keeps it', () => {
  test('a tagged image that Harbor hides as an accessory: no rule condemns its tag', async () => {
    const image = push({});
    accessory(image, { tags: ['release'] });
    await run(policyWith());
    expect(inPlace(image.digest)).toBe(true);
    const row = (await rowsIn(store, reportIn(store))).find(
      ({ digest }) => digest === image.digest,
    );
    expect(row).toMatchObject({ fate: 'keep', reason: 'other-tag-kept' });
    expect(row?.explanation).toContain('the tag release of its accessory');
  });

  test('and not if a rule condemns that tag as well', async () => {
    const image = push({});
    const derived = accessory(image, { tags: ['ci-1-derived'] });
    await run(policyWith());
    expect(inPlace(image.digest)).toBe(false);
    expect(tagsIn('retention-trash', 'team/api')).toEqual({
      [trashTag(image.digest, 'ci-1')]: image.digest,
      [trashTag(derived.digest, 'ci-1-derived')]: derived.digest,
    });
  });

  test.each(['{ pushedWithin: 30d }', '{ pushedWithin: 30d, pulledWithin: 1d }'])(
    'a label on an untagged child, whether or not a rule asks for pulls: %s',
    async (keep) => {
      const index = push({
        children: [{ platform }, { platform: { ...platform, variant: 'v8' } }],
      });
      const [, child] = index.references ?? [];
      if (child === undefined) throw new Error('no children');
      harbor.seed.attachLabel(child.child, 'keep');
      await run(policyWith('', undefined, keep));
      expect(inPlace(index.digest)).toBe(true);
    },
  );

  test('a label on a signature', async () => {
    const image = push({});
    harbor.seed.attachLabel(accessory(image), 'keep');
    await run(policyWith());
    expect(inPlace(image.digest)).toBe(true);
  });

  test('a label on the signature of a signature of a child', async () => {
    const index = push({ children: [{ platform }] });
    const child = index.references?.[0]?.child;
    if (child === undefined) throw new Error('no child');
    harbor.seed.attachLabel(accessory(accessory(child)), 'keep');
    await run(policyWith());
    expect(inPlace(index.digest)).toBe(true);
  });

  test('a listed digest of the signature of a signature', async () => {
    const image = push({});
    const { digest } = accessory(accessory(image));
    await run(policyWith(`protect: { digests: ["${digest}"] }`));
    expect(inPlace(image.digest)).toBe(true);
  });

  test('a protected tag of an accessory, and an immutable one', async () => {
    const image = push({});
    accessory(image, { tags: ['ci-golden'] });
    await run(policyWith('protect: { tags: [ci-golden] }'));
    expect(inPlace(image.digest)).toBe(true);
    harbor.seed.immutableRule('team', { tags: 'ci-golden' });
    await runToEnd(worldAround(harbor, { policy: policyWith(), store }), {
      ...armed,
      runId: '2026-11-22T033000Z',
    });
    expect(inPlace(image.digest)).toBe(true);
  });

  test('a use by the tag of an accessory', async () => {
    const image = push({});
    accessory(image, { tags: ['ci-nydus'] });
    await run(policyWith('protect: { inUse: [{ source: list, images: ["team/api:ci-nydus"] }] }'));
    expect(inPlace(image.digest)).toBe(true);
  });

  test('an accessory that can’t be read', async () => {
    const image = push({});
    const { digest } = accessory(image);
    harbor.faults.on('internal-error', { path: new RegExp(digest.slice(7)) });
    await run(policyWith());
    expect(inPlace(image.digest)).toBe(true);
    const row = (await rowsIn(store, reportIn(store))).find((one) => one.digest === image.digest);
    expect(row?.explanation).toContain('could not be read');
  });
});

test('cosign’s own tag on a signature follows its subject, and the copy stays signed', async () => {
  const image = push({});
  const name = `sha256-${image.digest.slice(7)}.sig`;
  const signature = accessory(image, { type: 'signature.cosign', tags: [name] });
  await run(policyWith());
  expect(inPlace(image.digest)).toBe(false);
  expect(tagsIn('retention-trash', 'team/api')).toEqual({
    [trashTag(image.digest, 'ci-1')]: image.digest,
    [trashTag(signature.digest, name)]: signature.digest,
  });
  const { harbor: reader } = worldAround(harbor, { policy: policyWith() });
  const copy = await reader.readMembers({ project: 'retention-trash', repository: 'team/api' }, [
    { digest: image.digest, as: 'child' },
  ]);
  expect(copy.get(image.digest)).toMatchObject({
    artifact: { accessories: [{ digest: signature.digest, type: 'signature.cosign' }] },
  });
});

test('a tagged child outlives its index; its copy in the trash takes no name from anybody', async () => {
  const index = push({ children: [{ tags: ['stable-amd64'], platform }, { platform }] });
  const tagged = harbor.state.tags('team', 'api').find(({ name }) => name === 'stable-amd64');
  await run(policyWith());
  expect(inPlace(index.digest)).toBe(false);
  expect(tagsIn('team', 'api')).toHaveProperty('stable-amd64', tagged?.digest);
  const digest = tagged?.digest ?? '';
  expect(Object.keys(tagsIn('retention-trash', 'team/api')).toSorted()).toEqual(
    [trashTag(index.digest, 'ci-1'), trashTag(digest, 'stable-amd64')].toSorted(),
  );
});

test('a name that would be too long in the trash is shortened, and stands in the record', async () => {
  const image = push({});
  const name = `ci-${'x'.repeat(124)}`;
  const derived = accessory(image, { tags: [name] });
  await run(policyWith());
  const short = trashTag(derived.digest, name);
  expect(short.length).toBeLessThanOrEqual(128);
  expect(tagsIn('retention-trash', 'team/api')).toMatchObject({ [short]: derived.digest });
  const record = await recordOf(image.digest);
  expect(record?.action).toMatchObject({ members: [{ digest: derived.digest, tags: [{ name }] }] });
});

/** What a stranger does to the family of an index while its copy is made, so that only the last look can see it. */
type Stranger = (family: {
  readonly index: ReturnType<typeof push>;
  readonly child: ReturnType<typeof push>;
  readonly signature: ReturnType<typeof push>;
}) => Promise<unknown> | undefined | void;

describe('what comes while the copy is made keeps the original', () => {
  const changesTo = (digest: string) => ({ ...place, digest });
  const strangers: readonly (readonly [string, Stranger, RegExp])[] = [
    [
      'a label on a child',
      ({ child }) => harbor.seed.attachLabel(child, 'keep'),
      /label keep was added/,
    ],
    [
      'a tag on a child',
      async ({ child }) =>
        await worldAround(harbor, { policy: policyWith() }).changes.writer.createTag(
          changesTo(child.digest),
          'pinned',
        ),
      /would not go with it any more/,
    ],
    [
      'a label on a signature',
      ({ signature }) => harbor.seed.attachLabel(signature, 'keep'),
      /label keep/,
    ],
    [
      'a tag on a signature',
      async ({ signature }) =>
        await worldAround(harbor, { policy: policyWith() }).changes.writer.createTag(
          changesTo(signature.digest),
          'pinned',
        ),
      /tag pinned was put on it/,
    ],
    ['another signature', ({ index }) => void accessory(index), /accessory sha256:\w+ was added/],
    [
      'a signature of a child',
      ({ child }) => void accessory(child),
      /was added to what goes with it/,
    ],
    [
      'a signature of the signature',
      ({ signature }) => void accessory(signature),
      /was added to what goes with it/,
    ],
  ];

  test.each(strangers)('%s', async (_what, stranger, said) => {
    const index = push({ children: [{ platform }, { platform: { ...platform, variant: 'v8' } }] });
    const child = index.references?.[0]?.child;
    if (child === undefined) throw new Error('no child');
    const signature = accessory(index);
    await run(policyWith(), (world) => {
      const { writer } = world.changes;
      const copyArtifact: typeof writer.copyArtifact = async (...given) => {
        const answer = await writer.copyArtifact(...given);
        await stranger({ index, child, signature });
        return answer;
      };
      return { ...world, changes: { ...world.changes, writer: { ...writer, copyArtifact } } };
    });
    expect(inPlace(index.digest)).toBe(true);
    const record = await recordOf(index.digest);
    expect(record?.outcome).toMatchObject({ result: 'changed' });
    expect(JSON.stringify(record?.outcome)).toMatch(said);
  });
});
