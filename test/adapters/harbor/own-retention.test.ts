import { expect, test } from '@jest/globals';
import type { HarborClient } from '../../../functions/adapters/harbor/client.ts';
import { ownRetention } from '../../../functions/adapters/harbor/own-retention.ts';

/** A client whose every answer has this body. */
const answering = (body: unknown): HarborClient =>
  ({ get: () => Promise.resolve({ body }) }) as unknown as HarborClient;

test.each([[{}], ['<html>'], [null]])(
  'an answer that is no list, %j, is no "it never ran"',
  async (body) => {
    await expect(ownRetention(answering(body)).newestExecution('7')).rejects.toThrow(
      'a list was expected',
    );
  },
);

test('an empty list is, and of several the one with the highest id is the newest', async () => {
  expect(await ownRetention(answering([])).newestExecution('7')).toBeUndefined();
  const row = (id: number) => ({
    id,
    dry_run: true,
    status: 'Success',
    start_time: '2026-11-20T00:00:00Z',
  });
  expect(
    await ownRetention(answering([row(3), row(9), row(5)])).newestExecution('7'),
  ).toMatchObject({ id: 9, isDryRun: true });
});
