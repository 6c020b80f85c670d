import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { formatWorkloadList, type WorkloadUse } from '../../functions/domain/workload-list.ts';
import { readReport } from '../../functions/report/read-report.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import {
  armed,
  dryRun,
  reportIn,
  rowsIn,
  runToEnd,
  type TestWorld,
  worldAround,
} from '../support/run-world.ts';

const hour = 3_600_000;
const day = 24 * hour;
const policyWith = (source: string): string => `
version: 1
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
protect: { tags: [], keepAtLeast: 0, inUse: [${source}] }
trash: { project: retention-trash, keepFor: 14d }
rules:
  - { name: old, select: { projects: [team], tags: ['**'] }, keep: { pushedWithin: 30d } }
  - { name: lost, select: { projects: [team], untagged: true }, keep: { pushedWithin: 30d } }
`;
const collected = policyWith('{ source: collected, must: [prod-eu] }');

let harbor: EmbeddedHarbor;
let store: MemoryStore;
let digests: Record<string, string>;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  harbor.seed.project('retention-trash');
  store = memoryStore();
  digests = {};
  for (const tag of ['v1', 'v2', 'v3', 'v4']) {
    const pushedAt = harbor.clock.now() - 400 * day;
    const { digest } = harbor.seed.push({
      project: 'team',
      repository: 'api',
      tags: [tag],
      pushedAt,
    });
    digests[tag] = digest;
  }
});
afterEach(() => harbor.close());

const tagsLeft = (): readonly string[] =>
  harbor.state
    .tags('team', 'api')
    .map(({ name }) => name)
    .toSorted();

const uses = (): readonly WorkloadUse[] => [
  { image: 'harbor.example/team/api:v1', by: 'deployment prod/api', role: 'running' },
  { digest: digests['v2'] ?? '', by: 'deployment prod/jobs', role: 'may-start' },
  { image: 'harbor.example/team/api:v3', by: 'task definition api:6', role: 'roll-back' },
];

const listText = (all: readonly WorkloadUse[], age = 3 * hour, scope = 'prod-eu'): string =>
  formatWorkloadList(
    { source: 'kubernetes', scope, writtenAt: harbor.clock.now() - age, missing: [] },
    all,
  );

const writeList = (text: string, name = 'prod-eu'): Promise<void> =>
  store.write(`lists/workloads/${name}.ndjson`, text);

async function explanations(): Promise<Record<string, string>> {
  const rows = await rowsIn(store, reportIn(store));
  return Object.fromEntries(rows.map((row) => [row.tags?.[0] ?? '', row.explanation]));
}

/** A world in which something happens once the plan is stored, and before it is carried out. */
function whenPlanned(world: TestWorld, meanwhile: () => Promise<void>): TestWorld {
  const write: MemoryStore['write'] = async (key, text, type) => {
    await store.write(key, text, type);
    if (key.endsWith('/plan.json')) await meanwhile();
  };
  return { ...world, store: { ...store, write } };
}

test('images that are held say who uses them, how, and how long ago that was seen', async () => {
  await writeList(listText(uses()));
  await runToEnd(worldAround(harbor, { policy: collected, store }), dryRun);
  expect(await explanations()).toEqual({
    v1: 'Kept: held by inUse: deployment prod/api in prod-eu runs it (tag v1), seen 3 h ago.',
    v2: 'Kept: held by inUse: deployment prod/jobs in prod-eu may start it again (digest), seen 3 h ago.',
    v3: 'Kept: held by inUse: task definition api:6 in prod-eu would be rolled back to it (tag v3), seen 3 h ago.',
    v4: expect.stringContaining('Goes: rule old'),
  });
});

test('an index is held for the platform that a node runs, and says so', async () => {
  const platforms = [
    { architecture: 'amd64', os: 'linux' },
    { architecture: 'arm64', os: 'linux' },
  ];
  const pushedAt = harbor.clock.now() - 400 * day;
  const index = harbor.seed.push({
    project: 'team',
    repository: 'web',
    tags: ['v1'],
    pushedAt,
    platforms,
  });
  const [digest = ''] =
    harbor.state.artifacts('team').find((one) => one.digest === index.digest)?.children ?? [];
  await writeList(listText([{ digest, by: 'pod prod/web-1', role: 'running' }]));
  await runToEnd(worldAround(harbor, { policy: collected, store }), dryRun);
  const rows = await rowsIn(store, reportIn(store));
  expect(rows.find((row) => row.digest === index.digest)?.explanation).toMatch(
    /^Kept: its untagged child sha256:\w{12} is held by inUse and would go with it: pod prod\/web-1 in prod-eu runs it \(digest\), seen 3 h ago\.$/,
  );
});

describe('an armed run', () => {
  test('deletes what no list names', async () => {
    await writeList(listText(uses()));
    await runToEnd(worldAround(harbor, { policy: collected, store }), armed);
    expect(tagsLeft()).toEqual(['v1', 'v2', 'v3']);
  });

  test.each<readonly [string, () => Promise<void>]>([
    ['missing', () => Promise.resolve()],
    ['too old', () => writeList(listText(uses(), 27 * hour))],
    ['cut off', () => writeList(listText(uses()).slice(0, -40))],
    ['empty', () => writeList(listText([]))],
  ])('deletes nothing while a list that must be there is %s', async (_, write) => {
    await write();
    await runToEnd(worldAround(harbor, { policy: collected, store }), armed);
    expect(tagsLeft()).toEqual(['v1', 'v2', 'v3', 'v4']);
    expect(reportIn(store).warnings).toMatchObject([
      { code: 'in-use-unreadable', on: 'memory/lists/workloads/prod-eu.ndjson' },
    ]);
  });

  test('reads the lists again before the first deletion: what was started meanwhile stays', async () => {
    await writeList(listText(uses()));
    const world = whenPlanned(worldAround(harbor, { policy: collected, store }), () =>
      writeList(
        listText(
          [...uses(), { image: 'harbor.example/team/api:v4', by: 'pod prod/new', role: 'running' }],
          0,
        ),
      ),
    );
    await runToEnd(world, armed);
    expect(tagsLeft()).toEqual(['v1', 'v2', 'v3', 'v4']);
    expect(JSON.stringify(reportIn(store).applied)).toContain(
      'deployment prod/new in prod-eu runs it'.replace('deployment', 'pod'),
    );
  });

  test.each<readonly [string, () => Promise<void>]>([
    ['vanishes', () => store.remove('lists/workloads/prod-eu.ndjson')],
    ['is being written over', () => writeList(listText(uses()).slice(0, 100))],
  ])('deletes nothing if a list %s once the plan is made', async (_, meanwhile) => {
    await writeList(listText(uses()));
    const world = whenPlanned(worldAround(harbor, { policy: collected, store }), meanwhile);
    await runToEnd(world, armed);
    expect(tagsLeft()).toEqual(['v1', 'v2', 'v3', 'v4']);
  });

  test('deletes what was used when it planned and is not any more with the next run only', async () => {
    await writeList(listText(uses()));
    const world = whenPlanned(worldAround(harbor, { policy: collected, store }), () =>
      writeList(listText(uses().slice(1), 0)),
    );
    await runToEnd(world, armed);
    expect(tagsLeft()).toEqual(['v1', 'v2', 'v3']);
    await runToEnd(worldAround(harbor, { policy: collected, store }), {
      ...armed,
      runId: '2026-11-22T033000Z',
    });
    expect(tagsLeft()).toEqual(['v2', 'v3']);
  });
});

test('a list of a cluster that nobody expects, and one that grows old, are warned of', async () => {
  await writeList(listText(uses(), 20 * hour));
  await writeList(listText(uses(), hour, 'old'), 'old');
  await runToEnd(worldAround(harbor, { policy: collected, store }), dryRun);
  expect(reportIn(store).warnings.map(({ code }) => code)).toEqual([
    'in-use-nearly-old',
    'in-use-unexpected',
  ]);
  expect(readReport(store.texts.get('reports/latest.json') ?? '').ok).toBe(true);
});

test('a plain source whose object is a collected list is understood', async () => {
  const text = listText(uses());
  const policy = policyWith('{ source: list, file: in-use.ndjson }');
  const world = worldAround(harbor, {
    policy,
    store,
    readList: () => Promise.resolve(text),
  });
  await runToEnd(world, armed);
  expect(tagsLeft()).toEqual(['v1', 'v2', 'v3']);
});
