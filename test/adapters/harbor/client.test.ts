import { expect, test } from '@jest/globals';
import { harborClient } from '../../../functions/adapters/harbor/client.ts';
import { type RateLimiter, rateLimiter } from '../../../functions/adapters/harbor/rate-limiter.ts';
import { startHarbor } from '../../sandbox/harbor/index.ts';

const clock = { now: () => 0 };
const path = '/api/v2.0/systeminfo';

const clientOf = (url: string, limiter: RateLimiter = rateLimiter()) =>
  harborClient(
    { url, username: 'admin', password: 'Harbor12345', retries: 5, firstPauseMs: 1 },
    limiter,
    clock,
  );

test('an address where nobody ever answered is tried twice, and no longer', async () => {
  const harbor = await startHarbor();
  await harbor.close();
  const client = clientOf(harbor.url);
  await expect(client.get(path, 'small')).rejects.toMatchObject({ code: 'harbor-unreachable' });
  expect(client.sent()).toMatchObject({ sent: 2, retried: 1 });
});

test('a Harbor that has answered before is asked again as often as ever', async () => {
  const harbor = await startHarbor();
  const client = clientOf(harbor.url);
  await client.get(path, 'small');
  await harbor.close();
  await expect(client.get(path, 'small')).rejects.toMatchObject({ code: 'harbor-unreachable' });
  expect(client.sent().sent).toBe(1 + 6);
});

test('Retry-After holds every request back, not only the one that was refused', async () => {
  const harbor = await startHarbor();
  const held: number[] = [];
  const limiter = { ...rateLimiter(), hold: (ms: number) => held.push(ms) };
  harbor.faults.on('too-many-requests', { times: 1 });
  await clientOf(harbor.url, limiter).get(path, 'small');
  await harbor.close();
  expect(held).toEqual([1_000]);
});
