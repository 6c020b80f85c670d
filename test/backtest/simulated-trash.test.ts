import { expect, test } from '@jest/globals';
import { simulatedTrash } from '../../functions/backtest/simulated-trash.ts';
import type { Limits } from '../../functions/domain/limits.ts';
import { day } from '../support/builder.ts';
import { onDay } from '../support/past-nights.ts';

const refusing: Limits = {
  maxDeletions: 2,
  maxDeletionsPercent: 100,
  maxDeletionsPercentPerRepository: 100,
  maxBytes: 100,
  onBreach: 'refuse',
};
const trash = { project: 'trash', keepFor: 3 * day };

test('copies are due after keepFor, and not on the very moment', () => {
  const found = simulatedTrash(trash, refusing);
  found.put(onDay(0), [10, 20, 30]);
  found.put(onDay(1), [5]);
  expect(found.due(onDay(3))).toEqual({
    project: 'trash',
    deletions: 0,
    deletionBytes: 0,
    deferred: 0,
    waiting: 4,
    waitingBytes: 65,
    actions: [],
  });
  // Nothing is trimmed where a rail refuses what is too much.
  expect(found.due(onDay(3.5))).toMatchObject({ deletions: 3, deletionBytes: 60, deferred: 0 });
  expect(found.due(onDay(3.5))).toMatchObject({ waiting: 1, waitingBytes: 5 });
  expect(found.purge(onDay(3.5))).toEqual({ artifacts: 3, bytes: 60 });
  expect(found.holds()).toEqual({ artifacts: 1, bytes: 5 });
});

test('oldestFirst purges up to the limits, and lets no copy that is too large keep others', () => {
  const trimming: Limits = { ...refusing, onBreach: 'oldestFirst' };
  const found = simulatedTrash(trash, trimming);
  found.put(onDay(0), [500, 60, 30, 30, 5]);
  expect(found.due(onDay(4))).toMatchObject({ deletions: 2, deletionBytes: 90, deferred: 3 });
  // What is put off does not wait.
  expect(found.due(onDay(4))).toMatchObject({ waiting: 0, waitingBytes: 0 });
  expect(found.purge(onDay(4))).toEqual({ artifacts: 2, bytes: 90 });
  expect(found.purge(onDay(5))).toEqual({ artifacts: 2, bytes: 35 });
  expect(found.purge(onDay(6))).toEqual({ artifacts: 0, bytes: 0 });
  expect(found.holds()).toEqual({ artifacts: 1, bytes: 500 });
  const heavy = simulatedTrash(trash, { ...trimming, maxDeletions: 'unlimited' });
  heavy.put(onDay(0), [60, 40, 1]);
  expect(heavy.due(onDay(4))).toMatchObject({ deletions: 2, deletionBytes: 100 });
});

test('where nothing is allowed nothing is too large, and nothing goes', () => {
  const found = simulatedTrash(trash, { ...refusing, onBreach: 'oldestFirst', maxBytes: 0 });
  found.put(onDay(0), [5]);
  expect(found.due(onDay(4))).toMatchObject({ deletions: 0, deferred: 1 });
});

test('without a trash nothing is put anywhere', () => {
  const found = simulatedTrash('off', refusing);
  found.put(onDay(0), [1, 2]);
  expect([found.due(onDay(9)), found.purge(onDay(9)), found.holds()]).toEqual([
    undefined,
    { artifacts: 0, bytes: 0 },
    { artifacts: 0, bytes: 0 },
  ]);
});
