import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DeletionRecord } from '../../functions/domain/deletion-record.ts';
import type { RunRequest } from '../../functions/ports.ts';
import { runSlice } from '../../functions/run.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { changesOn } from '../support/apply-ports.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import { armed, reportIn, runToEnd, type TestWorld, worldAround } from '../support/run-world.ts';
import { inUseOf } from '../support/listed.ts';

const day = 86_400_000;
const policyWith = (keep: string, protect = '{ keepAtLeast: 1, minimumAge: 1h }'): string => `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
protect: ${protect}
trash: { project: retention-trash, keepFor: 14d }
rules:
  - name: old
    select: { projects: ["team"], tags: ["ci-*"] }
    keep: ${keep}
    untag: true
`;

let harbor: EmbeddedHarbor;
let store: MemoryStore;
/** Images of team/api by their tag, ci-1 the oldest. */
let digests: Record<string, string>;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  harbor.seed.project('retention-trash');
  store = memoryStore();
  digests = {};
  for (const number of [1, 2, 3, 4]) {
    const tags = [`ci-${number}`];
    const pushedAt = harbor.clock.now() - (100 - number) * day;
    const { digest } = harbor.seed.push({ project: 'team', repository: 'api', tags, pushedAt });
    digests[`ci-${number}`] = digest;
  }
});
afterEach(() => harbor.close());

const place = { project: 'team', repository: 'api' };
const tagsIn = (project: string, repository: string): readonly string[] =>
  harbor.state
    .tags(project, repository)
    .map(({ name }) => name)
    .toSorted();

/** Somebody works with Harbor by hand. */
async function deleteByHand(...tags: readonly string[]): Promise<void> {
  const { writer } = changesOn(harbor);
  for (const tag of tags) await writer.deleteArtifact(place, digests[tag] ?? '');
}

/** A world in which something happens once the plan is stored, and before it is carried out. */
function whenPlanned(world: TestWorld, meanwhile: () => Promise<void> | void): TestWorld {
  const write: MemoryStore['write'] = async (key, text, type) => {
    await world.store.write(key, text, type);
    if (key.endsWith('/plan.json')) await meanwhile();
  };
  return { ...world, store: { ...world.store, write } };
}

async function outcomes(): Promise<readonly DeletionRecord['outcome'][]> {
  const found: DeletionRecord['outcome'][] = [];
  for (const key of await store.list('reports/records/')) {
    for await (const line of store.readPart(key))
      found.push((JSON.parse(line) as DeletionRecord).outcome);
  }
  return found;
}

test('the newest are deleted by hand while the run waits: what a count kept the others for, stays', async () => {
  const world = worldAround(harbor, { policy: policyWith('{ mostRecentlyPushed: 2 }'), store });
  await runToEnd(
    whenPlanned(world, async () => {
      harbor.clock.advance(3_600_000);
      await deleteByHand('ci-3', 'ci-4');
    }),
    armed,
  );
  expect(tagsIn('team', 'api')).toEqual(['ci-1', 'ci-2']);
  expect(tagsIn('retention-trash', 'team/api')).toEqual([]);
  expect((await outcomes()).map((one) => ('what' in one ? one.what : one.result))).toEqual([
    expect.stringMatching(/^judged again just before its turn: .*number 2 by push time/),
    expect.stringMatching(/^judged again just before its turn: .*number 1 by push time/),
  ]);
});

test('and so does the last one, by the floor', async () => {
  const world = worldAround(harbor, { policy: policyWith('{ pushedWithin: 30d }'), store });
  await runToEnd(
    whenPlanned(world, () => deleteByHand('ci-4')),
    armed,
  );
  // Planned were the three oldest; the third is the newest that is left.
  expect(tagsIn('team', 'api')).toEqual(['ci-3']);
  const [first, second, third] = await outcomes();
  expect([first?.result, second?.result]).toEqual(['done', 'done']);
  expect(third).toMatchObject({ result: 'changed' });
  expect(JSON.stringify(third)).toContain('most recently active');
});

test('nothing else happened: what was planned is done', async () => {
  const world = worldAround(harbor, { policy: policyWith('{ pushedWithin: 30d }'), store });
  await runToEnd(world, armed);
  expect(tagsIn('team', 'api')).toEqual(['ci-4']);
  expect(reportIn(store).applied).toMatchObject({ deleted: 3, exceptions: [] });
});

describe('lists', () => {
  let list = '# none';
  const listing = (protect: string) =>
    worldAround(harbor, {
      policy: policyWith('{ pushedWithin: 30d }', protect),
      store,
    });
  const read = (): Promise<string> => Promise.resolve(list);

  test.each([['digests', '{ digests: { file: keep.txt } }', () => digests['ci-2'] ?? '']])(
    '%s are read again before the first deletion',
    async (_name, protect, entry) => {
      list = '# none\n';
      const world = { ...listing(protect), readDigestList: read };
      await runToEnd(
        whenPlanned(world, () => {
          list = entry();
        }),
        armed,
      );
      expect(tagsIn('team', 'api')).toEqual(['ci-2', 'ci-4']);
    },
  );

  test('images in use are asked for again before the first deletion', async () => {
    const used = new Set<string>();
    let asked = 0;
    const world = {
      ...listing('{ inUse: [{ source: list, images: ["x/y:z"] }] }'),
      inUse: {
        kinds: ['list'],
        open: () => ({
          name: 'list',
          read: () => {
            asked += 1;
            const { entries } = inUseOf({ references: [...used] });
            const unknown = { writtenAt: 'unknown' as const, unreadable: [] };
            return Promise.resolve([{ name: 'list', entries, ...unknown }]);
          },
        }),
      },
    };
    await runToEnd(
      whenPlanned(world, () => void used.add('team/api:ci-2')),
      armed,
    );
    expect(tagsIn('team', 'api')).toEqual(['ci-2', 'ci-4']);
    expect(asked).toBe(2);
  });

  test('a source that falls silent meanwhile holds what it covers', async () => {
    let isSilent = false;
    const world = {
      ...listing('{ inUse: [{ source: list, images: ["x/y:z"] }] }'),
      inUse: {
        kinds: ['list'],
        open: () => ({
          name: 'list',
          read: () => (isSilent ? Promise.reject(new Error('access denied')) : Promise.resolve([])),
        }),
      },
    };
    await runToEnd(
      whenPlanned(world, () => {
        isSilent = true;
      }),
      armed,
    );
    expect(tagsIn('team', 'api')).toHaveLength(4);
  });
});

test('a rule that makes tags immutable meanwhile holds what has them', async () => {
  const world = worldAround(harbor, { policy: policyWith('{ pushedWithin: 30d }'), store });
  await runToEnd(
    whenPlanned(world, () => void harbor.seed.immutableRule('team', { tags: 'ci-1' })),
    armed,
  );
  expect(tagsIn('team', 'api')).toEqual(['ci-1', 'ci-4']);
});

test('a repository that can’t be read whole again loses nothing this night', async () => {
  const world = worldAround(harbor, { policy: policyWith('{ pushedWithin: 30d }'), store });
  await runToEnd(
    whenPlanned(world, () => {
      harbor.faults.on('total-wrong', { path: /repositories\/api\/artifacts\?/ });
    }),
    armed,
  );
  expect(tagsIn('team', 'api')).toHaveLength(4);
  const all = await outcomes();
  expect(all.map(({ result }) => result)).toEqual(Array(3).fill('not-attempted'));
  expect(JSON.stringify(all[0])).toContain('could not be read whole again');
});

test.each<[string, number, readonly string[]]>([
  ['once', 1, ['not-attempted', 'done', 'done']],
  ['twice', 2, ['not-attempted', 'not-attempted', 'done']],
])(
  'a reading that fails %s is tried again with the next deletion there',
  async (_, failures, expected) => {
    const world = worldAround(harbor, { policy: policyWith('{ pushedWithin: 30d }'), store });
    await runToEnd(
      whenPlanned(world, () => {
        // A list that is not whole is read twice, each time.
        const times = 2 * failures;
        harbor.faults.on('total-wrong', { path: /repositories\/api\/artifacts\?/, times });
      }),
      armed,
    );
    expect((await outcomes()).map(({ result }) => result)).toEqual(expected);
    expect(tagsIn('team', 'api')).toHaveLength(1 + failures);
  },
);

test('a reading that fails three times in a row is not tried again', async () => {
  for (const number of [5, 6]) {
    const pushedAt = harbor.clock.now() - (100 - number) * day;
    harbor.seed.push({ ...place, tags: [`ci-${number}`], pushedAt });
  }
  const world = worldAround(harbor, { policy: policyWith('{ pushedWithin: 30d }'), store });
  let reads = 0;
  const listArtifacts: TestWorld['harbor']['listArtifacts'] = (scope) => {
    if (scope.by === 'repository') reads += 1;
    return world.harbor.listArtifacts(scope);
  };
  await runToEnd(
    whenPlanned({ ...world, harbor: { ...world.harbor, listArtifacts } }, () => {
      reads = 0;
      harbor.faults.on('total-wrong', { path: /repositories\/api\/artifacts\?/ });
    }),
    armed,
  );
  expect((await outcomes()).map(({ result }) => result)).toEqual(Array(5).fill('not-attempted'));
  expect(reads).toBe(3);
});

test('every slice reads again: what a stranger deletes between two slices counts', async () => {
  for (let number = 5; number <= 25; number += 1) {
    const tags = [`ci-${number}`];
    const pushedAt = harbor.clock.now() - (100 - number) * day;
    const { digest } = harbor.seed.push({ ...place, tags, pushedAt });
    digests[`ci-${number}`] = digest;
  }
  let hasTime = true;
  const world = worldAround(harbor, { policy: policyWith('{ mostRecentlyPushed: 2 }'), store });
  const telemetry: TestWorld['telemetry'] = {
    ...world.telemetry,
    progress: ({ phase, done }) => {
      if (phase === 'apply' && done === 20) hasTime = false;
    },
  };
  const first = await runSlice(armed, { ...world, telemetry }, { hasTime: () => hasTime });
  expect(first.done).toBe(false);
  expect(tagsIn('team', 'api')).toHaveLength(5);
  await deleteByHand('ci-24', 'ci-25');
  await runToEnd(world, armed);
  // Of the three that the plan still had, the two newest are those that the count keeps now.
  expect(tagsIn('team', 'api')).toEqual(['ci-22', 'ci-23']);
});

test('a tag is removed only if both plans condemn it', async () => {
  harbor.seed.push({
    ...place,
    tags: ['release', 'ci-0'],
    pushedAt: harbor.clock.now() - 200 * day,
  });
  const world = worldAround(harbor, { policy: policyWith('{ mostRecentlyPushed: 4 }'), store });
  await runToEnd(
    whenPlanned(world, () => deleteByHand('ci-3')),
    armed,
  );
  expect(tagsIn('team', 'api')).toEqual(['ci-0', 'ci-1', 'ci-2', 'ci-4', 'release']);
});

test('an attestation follows its subject although that is gone when the run goes on', async () => {
  const hex = (digests['ci-1'] ?? '').slice('sha256:'.length);
  const pushedAt = harbor.clock.now() - 99 * day;
  harbor.seed.push({ ...place, tags: [`sha256-${hex}.att`], pushedAt });
  const world = worldAround(harbor, { policy: policyWith('{ pushedWithin: 30d }'), store });
  // The reading is too old before every next action.
  let later = 0;
  const stopwatch = { ...world.stopwatch, elapsed: () => world.stopwatch.elapsed() + later };
  const { writer } = world.changes;
  const deleteArtifact: typeof writer.deleteArtifact = async (...given) => {
    later += 11 * 60_000;
    return await writer.deleteArtifact(...given);
  };
  const late = {
    ...world,
    stopwatch,
    changes: { ...world.changes, writer: { ...writer, deleteArtifact } },
  };
  await runToEnd(late, armed);
  expect(tagsIn('team', 'api')).toEqual(['ci-4']);
  expect(reportIn(store).applied).toMatchObject({ deleted: 4, exceptions: [] });
});

describe('the purge of the trash', () => {
  const nextNight: RunRequest = { ...armed, runId: '2026-12-12T033000Z' };
  const trashed = (): readonly string[] =>
    tagsIn('retention-trash', 'team/api').map((name) => name.slice(13));
  let list = '# none';

  beforeEach(async () => {
    list = '# none';
    await runToEnd(purging(), armed);
    expect(trashed().toSorted()).toEqual(['ci-1', 'ci-2', 'ci-3']);
    harbor.clock.advance(21 * day);
  });

  const purging = (): TestWorld => ({
    ...worldAround(harbor, {
      policy: policyWith('{ pushedWithin: 90d }', '{ digests: { file: keep.txt } }'),
      store,
    }),
    readDigestList: () => Promise.resolve(list),
  });

  test('takes what is due', async () => {
    await runToEnd(purging(), nextNight);
    expect(trashed()).toEqual([]);
  });

  test('leaves a copy that a list names since it was planned', async () => {
    await runToEnd(
      whenPlanned(purging(), () => {
        list = digests['ci-2'] ?? '';
      }),
      nextNight,
    );
    expect(trashed()).toEqual(['ci-2']);
  });

  test('leaves everything of a repository that can’t be read whole again', async () => {
    await runToEnd(
      whenPlanned(purging(), () => {
        harbor.faults.on('total-wrong', { path: /team%252Fapi\/artifacts\?/ });
      }),
      nextNight,
    );
    expect(trashed().toSorted()).toEqual(['ci-1', 'ci-2', 'ci-3']);
  });
});
