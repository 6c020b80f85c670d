import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { restore } from '../../bin/commands/restore.ts';
import { runToEnd } from '../../bin/run-to-end.ts';
import { stopOnSignals } from '../../bin/stopping.ts';
import { readLease } from '../../functions/store/lease.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { memoryStore } from '../support/memory-store.ts';
import { armed, dryRun, silent, worldAround } from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
trash: off
rules:
  - name: old-builds
    select: { projects: ["team"], tags: ["ci-*"] }
    keep: { pushedWithin: 30d }
`;

describe('signals', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'the first %s is a wish, once; a second one is not ours',
    async (name) => {
      const signals = new EventEmitter();
      let told = 0;
      const stopping = stopOnSignals(() => (told += 1), signals);
      expect(stopping.asked()).toBe(false);
      signals.emit(name);
      await stopping.whenAsked;
      expect([stopping.asked(), told]).toEqual([true, 1]);
      expect(signals.listenerCount('SIGINT') + signals.listenerCount('SIGTERM')).toBe(0);
    },
  );

  test('are left alone once the work has ended', () => {
    const signals = new EventEmitter();
    stopOnSignals(() => undefined, signals).end();
    expect(signals.eventNames()).toEqual([]);
  });
});

describe('a run that is asked to stop', () => {
  let harbor: EmbeddedHarbor;
  const left = () => harbor.state.artifacts('team', 'api').length;
  beforeEach(async () => {
    harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
    harbor.seed.project('team');
    for (let index = 0; index < 60; index += 1)
      harbor.seed.push({
        project: 'team',
        repository: 'api',
        tags: [`ci-${index}`],
        pushedAt: harbor.clock.now() - 90 * day,
        size: index + 1,
      });
    harbor.seed.push({ project: 'team', repository: 'api', tags: ['v1'], size: 1_000 });
  });
  afterEach(() => harbor.close());

  test('finishes and records what is under way, frees the lease, and says how many went', async () => {
    const store = memoryStore();
    const stopping = {
      asked: () => left() < 61,
      whenAsked: Promise.resolve(),
      end: () => undefined,
    };
    const world = worldAround(harbor, { policy, store });
    const stopped = runToEnd(world, armed, stopping);
    await expect(stopped).rejects.toMatchObject({ code: 'run-unfinished' });
    expect(left()).toBeGreaterThan(1);
    await expect(stopped).rejects.toThrow(`${61 - left()} artifacts deleted`);
    expect(await readLease(store)).toMatchObject({ until: 0 });

    await runToEnd(world, { ...armed, runId: '2026-11-22T033000Z', owner: 'another' });
    expect(left()).toBe(1);
  });

  test('and only looks, has changed nothing', async () => {
    const stopping = { asked: () => true, whenAsked: Promise.resolve(), end: () => undefined };
    const world = worldAround(harbor, { policy });
    await expect(runToEnd(world, dryRun, stopping)).rejects.toMatchObject({
      code: 'run-unfinished',
      remedy: expect.stringContaining('Nothing was changed'),
    });
  });
});

test('a restore that is asked to stop finishes what is under way, frees the lease, and goes on when typed again', async () => {
  const harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  try {
    harbor.seed.project('team');
    harbor.seed.project('retention-trash');
    const pushedAt = harbor.clock.now() - 90 * day;
    for (let index = 0; index < 5; index += 1)
      harbor.seed.push({ project: 'team', repository: 'api', tags: [`ci-${index}`], pushedAt });
    harbor.seed.push({ project: 'team', repository: 'api', tags: ['v1'] });
    const there = () => harbor.state.artifacts('team', 'api').length;
    const store = memoryStore();
    const trashed = policy.replace(
      'trash: off',
      'trash: { project: retention-trash, keepFor: 14d }',
    );
    const own = worldAround(harbor, { policy: trashed, store });
    await runToEnd(own, armed);
    expect(there()).toBe(1);

    const signals = new EventEmitter();
    let sent = 0;
    const world: typeof own = {
      ...own,
      telemetry: {
        ...silent,
        progress: ({ what, done }) => {
          if (what !== 'restored' || done !== 2 || sent > 0) return;
          sent += 1;
          signals.emit('SIGINT');
        },
      },
    };
    let told = '';
    let shown = '';
    const terminal = {
      out: (text: string) => void (shown += text),
      err: (text: string) => void (told += text),
      isInteractive: true,
    };
    const again = () =>
      restore(armed.runId, { flags: { apply: true, json: false }, world, signals }, terminal);
    await expect(again()).rejects.toMatchObject({
      code: 'run-unfinished',
      message: expect.stringContaining(
        '2 came back, 0 were complete already, 3 were not looked at',
      ),
      remedy: expect.stringContaining('Type the same command again'),
    });
    expect(told).toContain('Stopping');
    expect(shown).toContain('Restored: 2');
    expect(there()).toBe(3);
    expect(await readLease(store)).toMatchObject({ until: 0 });
    expect(signals.eventNames()).toEqual([]);

    expect(await again()).toBe(0);
    expect(there()).toBe(6);
  } finally {
    await harbor.close();
  }
});
