import { expect, test } from '@jest/globals';
import { bounds, weightOfParts } from '../../functions/domain/bounds.ts';
import { tooHeavy, tooLarge } from '../../functions/domain/capacity.ts';

test('an artifact with what images usually bear weighs one artifact', () => {
  expect(weightOfParts(0)).toBe(1);
  expect(weightOfParts(bounds.partsPerArtifact - 1)).toBe(1);
  expect(weightOfParts(bounds.partsPerArtifact * 100)).toBe(101);
});

test('what is too heavy is named by what fits', () => {
  expect(tooHeavy(5_001, 40, 5_000)).toMatch(/weigh as much as 5,001 artifacts or more, 5,000 fit/);
  expect(tooHeavy(5_000, 40, 5_000)).toBeUndefined();
});

test('many artifacts that weigh one each are another matter, and without a limit all fits', () => {
  expect(tooHeavy(9_000, 9_000, 5_000)).toBeUndefined();
  expect(tooHeavy(9_000, 10, undefined)).toBeUndefined();
});

test('what has too many artifacts is named by what fits', () => {
  expect(tooLarge(5_001, 5_000)).toMatch(
    /^5,001 artifacts or more are in it, 5,000 fit: .*memoryMiB/,
  );
  expect(tooLarge(5_000, 5_000)).toBeUndefined();
  expect(tooLarge(1e9, undefined)).toBeUndefined();
});
