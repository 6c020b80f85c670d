import { describe, expect, test } from '@jest/globals';
import { longestWriteMs } from '../../functions/domain/write-time.ts';
import type { RunStore } from '../../functions/ports.ts';
import { leaseMs, type LeaseTime, readLease, takeLease } from '../../functions/store/lease.ts';
import { memoryStore } from '../support/memory-store.ts';

const minute = 60_000;

/** One real time, on which each process has a clock that is off or set, and a stopwatch that may stand still. */
function realTime() {
  let at = Date.UTC(2026, 10, 21);
  const begun = at;
  /** What happens while somebody waits, once each time. */
  const events: (() => Promise<unknown>)[] = [];
  const pass = (ms: number): void => {
    at += ms;
  };
  const processOf = (skew = 0) => {
    let [set, slept] = [skew, 0];
    const told: number[] = [];
    const time: LeaseTime = {
      now: () => at + set,
      stopwatch: {
        elapsed: () => at - begun - slept,
        wait: async (ms) => {
          pass(ms);
          await events.shift()?.();
        },
      },
      onWatch: (_, ms) => told.push(ms),
    };
    return {
      time,
      told,
      /** Somebody sets its clock. */
      set: (ms: number) => (set += ms),
      /** It stands still for so long, and its stopwatch with it. */
      sleep: (ms: number) => {
        pass(ms);
        slept += ms;
      },
    };
  };
  return { pass, processOf, whileWaiting: (...some: typeof events) => events.push(...some) };
}

const lambda = { runId: '2026-11-21T033000Z', owner: 'execution', holder: 'slice 1' };
const terminal = { runId: '2026-11-21T040000Z', owner: 'terminal', holder: 'process 9' };
const held = { code: 'lease-held' };

describe('while one holds the lease', () => {
  test('nobody else gets it, not even for the same run', async () => {
    const store = memoryStore();
    const { time } = realTime().processOf();
    await takeLease(store, lambda, time);
    await expect(takeLease(store, terminal, time)).rejects.toMatchObject({
      ...held,
      message: expect.stringContaining('Run 2026-11-21T033000Z works with memory'),
    });
    const repeated = { ...lambda, owner: 'second delivery', holder: 'slice 1 of it' };
    await expect(takeLease(store, repeated, time)).rejects.toMatchObject(held);
  });

  test('of ten that start at once, one gets it', async () => {
    const store = memoryStore();
    const { time } = realTime().processOf();
    const starts = Array.from({ length: 10 }, (_, index) =>
      takeLease(store, { ...lambda, owner: `owner ${index}`, holder: `process ${index}` }, time),
    );
    const settled = await Promise.allSettled(starts);
    expect(settled.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  });

  test('confirmed in time, it never expires', async () => {
    const store = memoryStore();
    const { pass, processOf } = realTime();
    const { time } = processOf();
    const lease = await takeLease(store, lambda, time);
    for (let index = 0; index < 10; index += 1) {
      pass(2 * minute + 1);
      await lease.confirm();
      await expect(takeLease(store, terminal, time)).rejects.toMatchObject(held);
    }
  });

  test('a confirmed one lasts longer than any write', async () => {
    const store = memoryStore();
    const { pass, processOf } = realTime();
    const { time } = processOf();
    const lease = await takeLease(store, lambda, time);
    const takenAt = time.now();
    let renewedAt = takenAt;
    let serial = 0;
    for (let index = 0; index < 200; index += 1) {
      pass(7_000);
      await lease.confirm();
      const now = await readLease(store);
      if (now !== undefined && now.serial !== serial) {
        serial = now.serial;
        renewedAt = time.now();
      }
      expect(renewedAt + leaseMs - time.now()).toBeGreaterThan(longestWriteMs);
    }
  });
});

describe('given back', () => {
  test('it is free at once', async () => {
    const store = memoryStore();
    const one = realTime().processOf();
    await (await takeLease(store, lambda, one.time)).release();
    await expect(takeLease(store, terminal, one.time)).resolves.toBeDefined();
    expect(one.told).toEqual([]);
  });

  test('to the next slice of its owner, that one goes on at once, and nobody else', async () => {
    const store = memoryStore();
    const { processOf } = realTime();
    const first = await takeLease(store, lambda, processOf().time);
    await first.yieldFor(10 * minute);
    await expect(takeLease(store, terminal, processOf().time)).rejects.toMatchObject(held);
    const next = processOf();
    await takeLease(store, { ...lambda, holder: 'slice 2' }, next.time);
    expect(next.told).toEqual([]);
    await expect(first.confirm()).resolves.toBeUndefined();
    await expect(first.release()).rejects.toMatchObject(held);
  });
});

test('given back over a wait that is over, it is free for others, too', async () => {
  const store = memoryStore();
  const { pass, processOf } = realTime();
  await (await takeLease(store, lambda, processOf().time)).yieldFor(10 * minute);
  pass(16 * minute);
  const other = processOf();
  await takeLease(store, terminal, other.time);
  expect(other.told).toEqual([]);
});

describe('of a process that ended without a word', () => {
  test('it is taken over only after it was seen unchanged for a whole term', async () => {
    const store = memoryStore();
    const { pass, processOf } = realTime();
    await takeLease(store, lambda, processOf().time);
    pass(leaseMs + 1);
    const other = processOf();
    const before = other.time.now();
    await takeLease(store, terminal, other.time);
    expect(other.time.now() - before).toBeGreaterThanOrEqual(leaseMs);
    expect(other.told).toEqual([leaseMs]);
  });

  test('the next slice of its own owner watches it as well', async () => {
    const store = memoryStore();
    const { processOf } = realTime();
    await takeLease(store, lambda, processOf().time);
    const next = processOf();
    await takeLease(store, { ...lambda, holder: 'slice 2' }, next.time);
    expect(next.told).toEqual([leaseMs]);
  });

  test('it is not taken over if it turns out that the process lives', async () => {
    const store = memoryStore();
    const { processOf, whileWaiting } = realTime();
    // Its clock is an hour behind: to everybody else its lease looks long over.
    const slow = await takeLease(store, lambda, processOf(-60 * minute).time);
    const nothing = (): Promise<unknown> => Promise.resolve();
    whileWaiting(...Array.from({ length: 8 }, () => nothing), () => slow.confirm());
    await expect(takeLease(store, terminal, processOf().time)).rejects.toMatchObject(held);
  });

  test('without a stopwatch it is never taken over', async () => {
    const store = memoryStore();
    const { pass, processOf } = realTime();
    const { time } = processOf();
    await takeLease(store, lambda, time);
    pass(60 * minute);
    await expect(takeLease(store, terminal, { now: () => time.now() })).rejects.toMatchObject(held);
  });
});

/** Clocks of two processes, minutes apart and set at will: never do both believe that they may write. */
describe.each([
  ['each off by three minutes, the other way', -3, 3],
  ['the holder an hour behind', -60, 0],
  ['the holder an hour ahead', 60, 0],
  ['the other a day ahead', 0, 24 * 60],
])('with clocks that differ: %s', (_, ofHolder, ofOther) => {
  test.each([0, 1, 4, 6, 11, 30])('after %d minutes only one may write', async (minutes) => {
    const store = memoryStore();
    const { pass, processOf } = realTime();
    const first = await takeLease(store, lambda, processOf(ofHolder * minute).time);
    pass(minutes * minute);
    const second = await takeLease(store, terminal, processOf(ofOther * minute).time).catch(
      () => undefined,
    );
    const isLeft = await first.confirm().then(
      () => true,
      () => false,
    );
    expect([isLeft, second !== undefined]).toEqual(
      second === undefined ? [true, false] : [false, true],
    );
  });
});

describe('a process whose time was disturbed asks the store before it writes:', () => {
  test.each([
    [
      'it slept',
      (own: ReturnType<ReturnType<typeof realTime>['processOf']>) => own.sleep(30 * minute),
    ],
    [
      'its clock was set back',
      (own: ReturnType<ReturnType<typeof realTime>['processOf']>) => own.set(-30 * minute),
    ],
    [
      'its clock was set ahead',
      (own: ReturnType<ReturnType<typeof realTime>['processOf']>) => own.set(30 * minute),
    ],
  ])('%s', async (_, disturb) => {
    const store = memoryStore();
    const own = realTime().processOf();
    const lease = await takeLease(store, lambda, own.time);
    disturb(own);
    await takenBy(store, terminal.owner);
    await expect(lease.confirm()).rejects.toMatchObject(held);
  });

  test('it slept while the store answered', async () => {
    const store = memoryStore();
    const { pass, processOf } = realTime();
    const own = processOf();
    let sleepy = false;
    const slow: RunStore = {
      ...store,
      replace: async (key, text, etag) => {
        const isMine = await store.replace(key, text, etag);
        if (!sleepy) return isMine;
        sleepy = false;
        own.sleep(30 * minute);
        await takenBy(store, terminal.owner);
        return isMine;
      },
    };
    const lease = await takeLease(slow, lambda, own.time);
    pass(4 * minute);
    sleepy = true;
    await expect(lease.confirm()).rejects.toMatchObject(held);
  });

  test('and goes on if nobody took over meanwhile', async () => {
    const store = memoryStore();
    const own = realTime().processOf();
    const lease = await takeLease(store, lambda, own.time);
    own.sleep(60 * minute);
    await lease.confirm();
    await expect(takeLease(store, terminal, own.time)).rejects.toMatchObject(held);
  });
});

/** As another process would store it. */
async function takenBy(store: RunStore, owner: string): Promise<void> {
  const before = await readLease(store);
  const lease = { ...before, owner, holder: owner, fence: (before?.fence ?? 0) + 1 };
  await store.write('state/lease.json', JSON.stringify(lease));
}

test('a store that answers too late to be believed gives no leave to write', async () => {
  const store = memoryStore();
  const { pass, processOf } = realTime();
  const slow: RunStore = {
    ...store,
    replace: async (key, text, etag) => {
      pass(4 * minute);
      return await store.replace(key, text, etag);
    },
  };
  const lease = await takeLease(slow, lambda, processOf().time);
  pass(4 * minute);
  await expect(lease.confirm()).rejects.toMatchObject({ code: 'store-unreachable' });
});

test('what is no lease is not overwritten', async () => {
  for (const text of ['{"locked":true}', 'not JSON']) {
    const store = memoryStore();
    await store.write('state/lease.json', text);
    await expect(takeLease(store, lambda, realTime().processOf().time)).rejects.toMatchObject({
      code: 'state-invalid',
    });
  }
});

test('a lease of the version before is understood: it holds, and a released one is free', async () => {
  const store = memoryStore();
  const old = { version: 1, runId: 'old', owner: 'execution', fence: 4 };
  const { time } = realTime().processOf();
  await store.write('state/lease.json', JSON.stringify({ ...old, until: time.now() + minute }));
  await expect(takeLease(store, terminal, time)).rejects.toMatchObject(held);
  await store.write('state/lease.json', JSON.stringify({ ...old, until: 0 }));
  await takeLease(store, terminal, time);
  expect(await readLease(store)).toMatchObject({ version: 2, fence: 5, holder: 'process 9' });
});
