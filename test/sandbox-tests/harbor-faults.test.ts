import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type EmbeddedHarbor,
  type FaultName,
  allFaults,
  startHarbor,
} from '../sandbox/harbor/index.ts';
import { type Talk, codeOf, rowsOf, talkTo } from './talk.ts';

let harbor: EmbeddedHarbor;
let admin: Talk;

beforeEach(async () => {
  harbor = await startHarbor();
  admin = talkTo(harbor, 'admin');
  const { seed } = harbor;
  seed.project('team', { public: false });
  seed.project('open', { public: true });
  seed.label({ name: 'keep' });
  seed.immutableRule('team', { tags: 'v*' });
  for (let build = 0; build < 12; build += 1) {
    const row = seed.push({
      project: 'team',
      repository: 'app',
      tags: [`v${build}`],
      pulledAt: Date.UTC(2026, 4, 1),
      platforms: 2,
      accessories: [{ type: 'signature.cosign' }],
    });
    seed.attachLabel(row, 'keep');
  }
});
afterEach(() => harbor.close());

const list =
  '/projects/team/artifacts?sort=id&page_size=100&with_label=true&with_accessory=true&with_immutable_status=true';
const firstTag = (row: Record<string, unknown>): Record<string, unknown> =>
  (row['tags'] as Record<string, unknown>[])[0] ?? {};

interface Effect {
  readonly fault: FaultName;
  readonly value?: number | string;
  readonly shows: (harbor: EmbeddedHarbor, admin: Talk) => Promise<void>;
}

const status =
  (path: string, expected: number, code?: string) =>
  async (_: EmbeddedHarbor, ask: Talk): Promise<void> => {
    const reply = await ask('GET', path);
    expect([reply.status, codeOf(reply)]).toEqual([expected, code]);
  };

const breaks =
  (path: string) =>
  async (_: EmbeddedHarbor, ask: Talk): Promise<void> => {
    await expect(ask('GET', path)).rejects.toThrow();
  };

const everyRow =
  (test: (row: Record<string, unknown>) => void) =>
  async (_: EmbeddedHarbor, ask: Talk): Promise<void> => {
    const reply = await ask('GET', list);
    expect(rowsOf(reply)).toHaveLength(12);
    for (const row of rowsOf(reply)) test(row);
  };

const information =
  (key: string, expected: unknown) =>
  async (_: EmbeddedHarbor, ask: Talk): Promise<void> => {
    const reply = await ask('GET', '/systeminfo');
    expect((reply.json as Record<string, unknown>)[key]).toEqual(expected);
  };

const refusesDeletion =
  (expected: number, code: string) =>
  async (running: EmbeddedHarbor, ask: Talk): Promise<void> => {
    const reply = await ask('DELETE', '/projects/team/repositories/app/artifacts/v0');
    expect([reply.status, codeOf(reply)]).toEqual([expected, code]);
    expect(running.state.repositories('team')[0]?.listed).toBe(12);
  };

const pulledSince = encodeURIComponent('pull_time=[2026-10-01T00:00:00~]');

/** What each fault makes of an answer; those of races stand in their own file. */
const effects: readonly Effect[] = [
  { fault: 'slow', value: 1, shows: status('/ping', 200) },
  {
    fault: 'too-many-requests',
    value: 7,
    shows: async (_, ask) => {
      const reply = await ask('GET', list);
      expect([reply.status, reply.headers.get('retry-after')]).toEqual([429, '7']);
    },
  },
  { fault: 'internal-error', shows: status(list, 500, 'UNKNOWN') },
  { fault: 'bad-gateway', shows: status(list, 502) },
  { fault: 'gateway-timeout', shows: status(list, 504) },
  { fault: 'cut-before', shows: breaks(list) },
  { fault: 'cut-after', shows: breaks(list) },
  { fault: 'half-answer', shows: breaks(list) },
  {
    fault: 'truncated-json',
    shows: async (_, ask) => {
      const reply = await ask('GET', list);
      expect([reply.status, reply.json]).toEqual([200, undefined]);
    },
  },
  {
    fault: 'not-json',
    shows: async (_, ask) => {
      const reply = await ask('GET', list);
      expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/html']);
    },
  },
  {
    fault: 'total-wrong',
    value: -3,
    shows: async (_, ask) =>
      expect((await ask('GET', list)).headers.get('x-total-count')).toBe('9'),
  },
  {
    fault: 'total-missing',
    shows: async (_, ask) =>
      expect((await ask('GET', list)).headers.has('x-total-count')).toBe(false),
  },
  {
    fault: 'rows-dropped',
    value: 2,
    shows: async (_, ask) => {
      const reply = await ask('GET', list);
      expect([rowsOf(reply).length, reply.headers.get('x-total-count')]).toEqual([10, '12']);
    },
  },
  {
    fault: 'rows-repeated',
    shows: async (_, ask) => expect(rowsOf(await ask('GET', list))).toHaveLength(13),
  },
  {
    fault: 'link-endless',
    shows: async (_, ask) =>
      expect((await ask('GET', list)).headers.get('link')).toContain('rel="next"'),
  },
  {
    fault: 'flags-ignored',
    shows: everyRow((row) =>
      expect([row['labels'], row['accessories'], firstTag(row)['immutable']]).toEqual([
        null,
        null,
        false,
      ]),
    ),
  },
  { fault: 'tags-unread', shows: everyRow((row) => expect(row['tags']).toBeNull()) },
  { fault: 'labels-unread', shows: everyRow((row) => expect(row['labels']).toBeNull()) },
  { fault: 'accessories-unread', shows: everyRow((row) => expect(row['accessories']).toBeNull()) },
  { fault: 'references-unread', shows: everyRow((row) => expect(row['references']).toBeNull()) },
  {
    fault: 'pulls-unread',
    shows: everyRow((row) => expect(row['pull_time']).toBe('0001-01-01T00:00:00.000Z')),
  },
  {
    fault: 'immutability-unread',
    shows: everyRow((row) => expect(firstTag(row)['immutable']).toBe(false)),
  },
  {
    fault: 'q-ignored',
    shows: async (_, ask) => {
      const reply = await ask('GET', '/projects/team/artifacts?page_size=100&q=tags%3Dnil');
      expect(rowsOf(reply)).toHaveLength(12);
    },
  },
  {
    fault: 'pull-filter-ignored',
    shows: async (_, ask) => {
      expect(rowsOf(await ask('GET', `${list}&q=${pulledSince}`))).toHaveLength(12);
      // What stands beside it counts.
      const both = `${encodeURIComponent('tags=nil,')}${pulledSince}`;
      expect(rowsOf(await ask('GET', `${list}&q=${both}`))).toHaveLength(0);
    },
  },
  {
    fault: 'pull-filter-loose',
    value: 92,
    shows: async (running, ask) => {
      running.seed.push({
        project: 'team',
        repository: 'app',
        tags: ['pulled'],
        pulledAt: Date.UTC(2026, 7, 1),
      });
      expect(rowsOf(await ask('GET', `${list}&q=${pulledSince}`))).toHaveLength(1);
    },
  },
  {
    fault: 'rows-lost',
    shows: async (_, ask) => {
      const reply = await ask('GET', list);
      expect([rowsOf(reply), reply.headers.get('x-total-count')]).toEqual([[], '0']);
    },
  },
  {
    fault: 'untagged-lost',
    shows: async (running, ask) => {
      running.seed.push({ project: 'team', repository: 'app' });
      const reply = await ask('GET', list);
      expect([rowsOf(reply).length, reply.headers.get('x-total-count')]).toEqual([12, '12']);
    },
  },
  {
    fault: 'sort-ignored',
    shows: async (_, ask) => {
      const ids = rowsOf(await ask('GET', list)).map((row) => Number(row['id']));
      expect(ids).toEqual([...ids].sort((a, b) => b - a));
    },
  },
  {
    fault: 'anonymous',
    shows: async (_, ask) => {
      const names = rowsOf(await ask('GET', '/projects')).map((row) => row['name']);
      expect(names).toEqual(['open']);
    },
  },
  {
    fault: 'clock-skew',
    value: 360_000,
    shows: async (running, ask) => {
      const at = new Date(running.clock.now() + 360_000).toISOString();
      await information('current_time', at)(running, ask);
    },
  },
  { fault: 'other-version', value: 'v2.9.1-1', shows: information('harbor_version', 'v2.9.1-1') },
  { fault: 'version-missing', shows: information('harbor_version', undefined) },
  { fault: 'read-only', shows: refusesDeletion(403, 'DENIED') },
  {
    fault: 'artifact-count-zero',
    shows: async (_, ask) => {
      const counts = rowsOf(await ask('GET', '/projects/team/repositories')).map(
        (row) => row['artifact_count'],
      );
      expect(counts).toEqual([0]);
    },
  },
  {
    fault: 'quota-full',
    shows: async (_, ask) => {
      const reply = await ask('POST', '/projects/open/repositories/app/artifacts?from=team/app:v0');
      expect([reply.status, codeOf(reply)]).toEqual([403, 'DENIED']);
    },
  },
  { fault: 'forbidden', shows: refusesDeletion(403, 'FORBIDDEN') },
];

const inTheirOwnFile: readonly FaultName[] = [
  'lost-blob-links',
  'lost-tags',
  'deadlock',
  'deadlock-push',
];

/** What somebody who may push makes large: test/adapters/harbor/bounds.test.ts. */
const byPushers: readonly FaultName[] = [
  'huge-annotation',
  'late-above',
  'many-accessories',
  'many-children',
  'many-tags',
  'silent-above',
];

test('every fault of the registry is shown by a test', () => {
  const shown = [...effects.map((effect) => effect.fault), ...inTheirOwnFile, ...byPushers].sort();
  expect(shown).toEqual(allFaults.map(([name]) => name).sort());
});

test.each(effects.map((effect) => [effect.fault, effect] as const))(
  '%s does what it says',
  async (_, effect) => {
    const off = harbor.faults.on(
      effect.fault,
      effect.value === undefined ? {} : { value: effect.value },
    );
    await effect.shows(harbor, admin);
    expect(harbor.faults.struck().get(effect.fault)).toBeGreaterThan(0);
    off();
    expect((await admin('GET', list)).status).toBe(200);
  },
);

describe('a fault strikes where and as often as it is told', () => {
  test('only that path', async () => {
    harbor.faults.on('internal-error', { path: /repositories$/ });
    expect((await admin('GET', '/projects')).status).toBe(200);
    expect((await admin('GET', '/projects/team/repositories')).status).toBe(500);
  });

  test('only that method', async () => {
    harbor.faults.on('internal-error', { method: 'DELETE' });
    expect((await admin('GET', '/projects')).status).toBe(200);
    expect((await admin('DELETE', '/projects/team')).status).toBe(500);
  });

  test('twice, after one that passes', async () => {
    harbor.faults.on('internal-error', { after: 1, times: 2 });
    const statuses = [];
    for (let count = 0; count < 5; count += 1)
      statuses.push((await admin('GET', '/projects')).status);
    expect(statuses).toEqual([200, 500, 500, 200, 200]);
  });

  test('by chance, and the same chance for the same seed', async () => {
    const run = async (): Promise<number[]> => {
      const off = harbor.faults.on('internal-error', { chance: 0.5, seed: 11 });
      const statuses: number[] = [];
      for (let count = 0; count < 20; count += 1)
        statuses.push((await admin('GET', '/projects')).status);
      off();
      return statuses;
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await run()).toEqual(first);
  });

  test('two at once', async () => {
    harbor.faults.on('total-missing');
    harbor.faults.on('tags-unread', { value: 0.5 });
    const reply = await admin('GET', list);
    const torn = rowsOf(reply).filter((row) => row['tags'] === null).length;
    expect(reply.headers.has('x-total-count')).toBe(false);
    expect(torn).toBeGreaterThan(0);
    expect(torn).toBeLessThan(12);
  });
});

test('T36: with the connection cut afterwards the deletion has happened, with it cut before it has not', async () => {
  harbor.seed.push({ project: 'open', repository: 'app', tags: ['one', 'two'] });
  harbor.seed.push({ project: 'open', repository: 'web', tags: ['one'] });
  harbor.faults.on('cut-after', { path: /app/ });
  harbor.faults.on('cut-before', { path: /web/ });
  await expect(admin('DELETE', '/projects/open/repositories/app/artifacts/one')).rejects.toThrow();
  await expect(admin('DELETE', '/projects/open/repositories/web/artifacts/one')).rejects.toThrow();
  expect(harbor.state.artifacts('open').map((artifact) => artifact.repository)).toEqual([
    'open/web',
  ]);
});
