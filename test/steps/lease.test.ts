import { expect, test } from '@jest/globals';
import { takeLease } from '../../functions/steps/lease.ts';
import { memoryStore } from '../support/memory-store.ts';

const minute = 60_000;

function timed() {
  let at = Date.UTC(2026, 10, 21);
  return {
    clock: { now: () => at },
    pass: (ms: number) => {
      at += ms;
    },
  };
}

const lambda = { runId: '2026-11-21T033000Z', owner: 'lambda' };
const terminal = { runId: '2026-11-21T040000Z', owner: 'terminal' };

test('while one holds the lease nobody else gets it, not even for the same run', async () => {
  const store = memoryStore();
  const { clock } = timed();
  await takeLease(store, lambda, clock);
  await expect(takeLease(store, terminal, clock)).rejects.toMatchObject({
    code: 'lease-held',
    message: expect.stringContaining('Run 2026-11-21T033000Z works with memory'),
  });
  const repeated = { ...lambda, owner: 'second delivery' };
  await expect(takeLease(store, repeated, clock)).rejects.toMatchObject({ code: 'lease-held' });
});

test('of ten that start at once, one gets it', async () => {
  const store = memoryStore();
  const { clock } = timed();
  const starts = Array.from({ length: 10 }, (_, index) =>
    takeLease(store, { ...lambda, owner: `process ${index}` }, clock),
  );
  const settled = await Promise.allSettled(starts);
  expect(settled.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
});

test('the same owner goes on with it, as slices of one execution do', async () => {
  const store = memoryStore();
  const { clock } = timed();
  await takeLease(store, lambda, clock);
  const next = await takeLease(store, lambda, clock);
  await expect(next.confirm()).resolves.toBeUndefined();
});

test('released, it is free at once', async () => {
  const store = memoryStore();
  const { clock } = timed();
  const first = await takeLease(store, lambda, clock);
  await first.release();
  await expect(takeLease(store, terminal, clock)).resolves.toBeDefined();
});

test('expired, it is taken over, and the old holder notices before its next change', async () => {
  const store = memoryStore();
  const { clock, pass } = timed();
  const old = await takeLease(store, lambda, clock);
  pass(5 * minute);
  await takeLease(store, terminal, clock);
  await expect(old.confirm()).rejects.toMatchObject({ code: 'lease-held' });
  await expect(old.release()).rejects.toMatchObject({ code: 'lease-held' });
});

test('confirmed in time, it never expires', async () => {
  const store = memoryStore();
  const { clock, pass } = timed();
  const lease = await takeLease(store, lambda, clock);
  for (let index = 0; index < 10; index += 1) {
    pass(4 * minute);
    await lease.confirm();
    await expect(takeLease(store, terminal, clock)).rejects.toMatchObject({ code: 'lease-held' });
  }
});

test('late, but before anybody else came, it is renewed', async () => {
  const store = memoryStore();
  const { clock, pass } = timed();
  const lease = await takeLease(store, lambda, clock);
  pass(60 * minute);
  await lease.confirm();
  await expect(takeLease(store, terminal, clock)).rejects.toMatchObject({ code: 'lease-held' });
});

test('what is no lease is not overwritten', async () => {
  const store = memoryStore();
  await store.write('state/lease.json', '{"locked":true}');
  await expect(takeLease(store, lambda, timed().clock)).rejects.toMatchObject({
    code: 'state-invalid',
  });
});
