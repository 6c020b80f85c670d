import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RunRequest } from '../../functions/ports.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { memoryKey } from '../support/memory-key.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import { dryRun, fatesOf, reportIn, rowsIn, runToEnd, worldAround } from '../support/run-world.ts';

const day = 86_400_000;
const tomorrow: RunRequest = { ...dryRun, runId: '2026-11-22T033000Z' };

const policyWith = (rest: string): string => `
version: 1
acknowledgeReplication: true
trash: off
limits: { maxDeletionsPercent: unlimited, maxDeletionsPercentPerRepository: 100 }
protect: { keepAtLeast: 1, labels: [keep], minimumAge: 1h }
rules:
  - name: builds
    select: { projects: ["team"], repositories: ["build/*"], tags: ["ci-*"] }
    keep: { ${rest} }
    untag: true
  - name: leftovers
    select: { projects: ["team"], repositories: ["build/*"], untagged: true }
    keep: { pushedWithin: 20d }
`;
const byPushes = policyWith('pushedWithin: 30d, mostRecentlyPushed: 2');

const repositories = ['build/a', 'build/b', 'base/a', 'base/b', 'base/c'] as const;

interface Change {
  readonly what: 'push' | 'pull' | 'retag' | 'delete' | 'label';
  readonly repository: (typeof repositories)[number];
  readonly tag: number;
}

const change = fc.record<Change>({
  what: fc.constantFrom('push', 'pull', 'retag', 'delete', 'label'),
  repository: fc.constantFrom(...repositories),
  tag: fc.nat(5),
});

const seeded = fc.array(
  fc.record({
    repository: fc.constantFrom(...repositories),
    tags: fc.subarray(['ci-0', 'ci-1', 'ci-2', 'v1', 'v2']),
    ageDays: fc.nat(60),
  }),
  { minLength: 1, maxLength: 20 },
);

function push(
  harbor: EmbeddedHarbor,
  { repository, tags, ageDays }: { repository: string; tags: string[]; ageDays: number },
): void {
  const pushedAt = harbor.clock.now() - ageDays * day - 2 * 3_600_000;
  harbor.seed.push({ project: 'team', repository, tags, pushedAt });
}

/** Changes as others make them; what Harbor refuses, or has not, does not happen. */
async function make(harbor: EmbeddedHarbor, { what, repository, tag }: Change) {
  const artifacts = harbor.state.artifacts('team', repository);
  const one = artifacts[tag % Math.max(1, artifacts.length)];
  const { username, password } = harbor.admin;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const send = (method: string, path: string, body?: string) =>
    fetch(harbor.url + path, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    });
  const at = `/api/v2.0/projects/team/repositories/${encodeURIComponent(encodeURIComponent(repository))}/artifacts/${one?.digest ?? ''}`;
  if (what === 'push') push(harbor, { repository, tags: [`ci-${tag}`], ageDays: 0 });
  if (one === undefined) return;
  if (what === 'pull') await send('GET', `/v2/team/${repository}/manifests/${one.digest}`);
  if (what === 'delete') await send('DELETE', at);
  if (what === 'label') await send('POST', `${at}/labels`, JSON.stringify({ id: 1 }));
  if (what === 'retag') {
    await send('POST', `${at}/tags`, JSON.stringify({ name: `ci-${tag + 10}` }));
    const [old] = one.tags;
    if (old !== undefined) await send('DELETE', `${at}/tags/${old}`);
  }
}

async function withHarbor<T>(version: string, work: (harbor: EmbeddedHarbor) => Promise<T>) {
  const harbor = await startHarbor({ version });
  harbor.seed.project('team');
  harbor.seed.label({ name: 'keep' });
  try {
    return await work(harbor);
  } finally {
    await harbor.close();
  }
}

async function second(harbor: EmbeddedHarbor, store: MemoryStore, policy: string) {
  await runToEnd(worldAround(harbor, { policy, store }), tomorrow);
  const report = reportIn(store);
  return { report, fates: fatesOf(await rowsIn(store, report)) };
}

test('whatever happens in a day, the second run plans exactly what a full reading plans', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('v2.15.2-0a1b2c3d', 'v2.14.0-0a1b2c3d', 'v2.9.0-0a1b2c3d'),
      seeded,
      fc.array(change, { maxLength: 12 }),
      async (version, before, changes) =>
        await withHarbor(version, async (harbor) => {
          for (const one of before) push(harbor, one);
          const store = memoryStore();
          await runToEnd(worldAround(harbor, { policy: byPushes, store }), dryRun);
          harbor.clock.advance(day);
          for (const one of changes) await make(harbor, one);
          const reusing = await second(harbor, store, byPushes);
          const full = await second(harbor, memoryStore(), byPushes);
          expect(reusing.report.fingerprint).toBe(full.report.fingerprint);
          expect(reusing.report.rules).toEqual(full.report.rules);
          const inScope = (fates: Record<string, string>) =>
            Object.entries(fates).filter(([name]) => name.startsWith('team/build/'));
          expect(inScope(reusing.fates)).toEqual(inScope(full.fates));
          const others = Object.entries(reusing.fates).filter(([name]) =>
            name.startsWith('team/base/'),
          );
          expect(others.every(([, fate]) => fate === 'keep')).toBe(true);
        }),
    ),
    { numRuns: 40 },
  );
});

describe('a second run', () => {
  /** Two repositories that a rule selects, three that none does, three artifacts in each. */
  const scene = async (
    harbor: EmbeddedHarbor,
    first: string,
    then: { readonly policy?: string; readonly request?: Partial<RunRequest> } = {},
  ) => {
    for (const repository of repositories) {
      for (const tag of ['ci-1', 'ci-2', 'v1'])
        push(harbor, { repository, tags: [tag], ageDays: 40 });
    }
    const store = memoryStore();
    await runToEnd(worldAround(harbor, { policy: first, store }), dryRun);
    const sent = reportIn(store).requests;
    harbor.clock.advance(day);
    const world = worldAround(harbor, { policy: then.policy ?? first, store });
    await runToEnd(world, { ...tomorrow, ...then.request });
    return { first: sent, report: reportIn(store), store };
  };

  test('reads nothing of repositories that no rule selects and that look as before, and says so', async () => {
    await withHarbor('v2.11.0-0a1b2c3d', async (harbor) => {
      const { first, report, store } = await scene(harbor, byPushes);
      expect(report.reused).toEqual({ repositories: 3, artifacts: 9 });
      expect(report.requests.sent).toBe(first.sent - 3);
      expect(report.requests.sent).toBe(report.requests.lowerBound);
      expect(Object.keys(fatesOf(await rowsIn(store, report)))).toHaveLength(15);
    });
  });

  for (const { why, policy, later } of [
    { why: 'it is told to', later: { request: { fresh: true } } },
    { why: 'the policy changed', later: { policy: `${byPushes}# changed` } },
    { why: 'the policy asks for pulls', policy: policyWith('pulledWithin: 30d') },
    {
      why: 'the policy remembers untagged artifacts',
      policy: byPushes.replace('{ pushedWithin: 20d }', '{ untaggedWithin: 20d }'),
    },
  ]) {
    test(`reads everything if ${why}`, async () => {
      await withHarbor('v2.15.2-0a1b2c3d', async (harbor) => {
        const { report } = await scene(harbor, policy ?? byPushes, later);
        expect(report.reused).toEqual({ repositories: 0, artifacts: 0 });
      });
    });
  }

  test('reads what is left of an earlier inventory if its parts are gone', async () => {
    await withHarbor('v2.15.2-0a1b2c3d', async (harbor) => {
      for (const repository of repositories)
        push(harbor, { repository, tags: ['ci-1'], ageDays: 40 });
      const store = memoryStore();
      await runToEnd(worldAround(harbor, { policy: byPushes, store }), dryRun);
      for (const key of await store.list(`inventory/${dryRun.runId}/`)) await store.remove(key);
      const { report, fates } = await second(harbor, store, byPushes);
      expect(report.reused).toEqual({ repositories: 0, artifacts: 0 });
      expect(Object.keys(fates)).toHaveLength(5);
    });
  });

  test.each<[string, (left: object) => string]>([
    ['cut off', (left) => JSON.stringify(left).slice(0, -1)],
    ['empty', () => '{}'],
    ['null', () => 'null'],
    ['without Harbor', (left) => JSON.stringify({ ...left, harbor: undefined })],
    ['without a list', (left) => JSON.stringify({ ...left, kept: { 1: 'x' } })],
    ['with a strange entry', (left) => JSON.stringify({ ...left, kept: [{ part: 'x' }] })],
  ])('reads everything if what the first left is damaged: %s', async (_name, damaged) => {
    await withHarbor('v2.15.2-0a1b2c3d', async (harbor) => {
      push(harbor, { repository: 'base/a', tags: ['ci-1'], ageDays: 40 });
      const store = memoryStore();
      await runToEnd(worldAround(harbor, { policy: byPushes, store }), dryRun);
      const left = JSON.parse(store.texts.get(memoryKey(harbor, 'reuse.json')) ?? '') as object;
      await store.write(memoryKey(harbor, 'reuse.json'), damaged(left));
      const { report } = await second(harbor, store, byPushes);
      expect(report.run.end).toBe('finished');
      expect(report.reused).toEqual({ repositories: 0, artifacts: 0 });
    });
  });

  test('reads a repository in which a canary sits', async () => {
    const policy = `${byPushes}canaries: { mustStay: ["team/base/a:v1"] }\n`;
    await withHarbor('v2.15.2-0a1b2c3d', async (harbor) => {
      const { report } = await scene(harbor, policy);
      expect(report.reused).toEqual({ repositories: 2, artifacts: 6 });
    });
  });
});
