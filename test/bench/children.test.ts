import { expect, test } from '@jest/globals';
import { deletionRates } from './changes.ts';
import { generatedLines } from './measurements.ts';
import { reuseLine, wholeRuns } from './whole-runs.ts';

// Each measurement at its smallest, so that a change of the engine that breaks `npm run bench` is seen here.

test('a generated registry is planned and reported, and a tenth of it', async () => {
  const lines = await generatedLines(2_000);
  expect(lines.map(({ artifacts, tenth }) => [artifacts, tenth?.artifacts])).toEqual([
    [2_000, 200],
    [2_000, 200],
  ]);
});

test('whole runs go through, in many repositories and in one', async () => {
  const runs = await wholeRuns([200]);
  expect(runs.map(({ answer: { artifacts, unplannable } }) => [artifacts, unplannable])).toEqual([
    [200, 0],
    [200, 0],
  ]);
});

test('a run on the next day leaves unread what nobody touched', async () => {
  expect(await reuseLine(400)).toMatch(/: \d+ requests instead of \d+ .*; [1-9]\d* of 400 rows/);
});

test('deletions are counted beside those of a bare loop', async () => {
  const rates = await deletionRates(12);
  expect(rates.map(({ trash, ours, loop }) => [trash, ours > 0, loop > 0])).toEqual([
    [false, true, true],
    [true, true, true],
  ]);
});
