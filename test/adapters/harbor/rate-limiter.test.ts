import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { rateLimiter } from '../../../functions/adapters/harbor/rate-limiter.ts';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
});

test('never more tasks run at once than the level allows', async () => {
  const limiter = rateLimiter({ maxConcurrency: 3 });
  let running = 0;
  let most = 0;
  const task = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    limiter.note({ kind: 'page', tookMs: 10, struggled: false });
    running -= 1;
  };
  await Promise.all(Array.from({ length: 100 }, () => limiter.run(task)));
  expect(most).toBe(3);
  expect(limiter.level()).toBe(3);
});

test('within any second no more requests begin than are allowed', async () => {
  const limiter = rateLimiter({ maxRequestsPerSecond: 20 });
  const begun: number[] = [];
  const task = (): Promise<void> => {
    begun.push(Date.now());
    limiter.note({ kind: 'page', tookMs: 1, struggled: false });
    return Promise.resolve();
  };
  const all = Promise.all(Array.from({ length: 200 }, () => limiter.run(task)));
  await jest.advanceTimersByTimeAsync(12_000);
  await all;
  const most = Math.max(
    ...begun.map((from) => begun.filter((at) => at >= from && at < from + 1_000).length),
  );
  expect(most).toBe(20);
});

test('nothing begins while Harbor asked for a pause, and the longest pause counts', async () => {
  const limiter = rateLimiter();
  const from = Date.now();
  limiter.hold(3_000);
  limiter.hold(1_000);
  const at = limiter.run(() => Promise.resolve(Date.now() - from));
  await jest.advanceTimersByTimeAsync(5_000);
  expect(await at).toBe(3_000);
});
