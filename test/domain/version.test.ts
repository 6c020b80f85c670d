import { expect, test } from '@jest/globals';
import { compareVersions, parseVersion } from '../../functions/domain/version.ts';

function order(one: string, other: string): number {
  const [left, right] = [parseVersion(one), parseVersion(other)];
  if (left === undefined || right === undefined) throw new Error('no version');
  return Math.sign(compareVersions(left, right));
}

test.each([
  ['1.2.3', 1, 2, false],
  ['v1.2.3', 1, 2, false],
  ['1.2', 1, 2, false],
  ['v1', 1, 0, false],
  ['20261121', 20261121, 0, false],
  ['1.2.3-rc.1', 1, 2, true],
  ['1.2.3-alpine', 1, 2, true],
])('%s is a version', (tag, ...expected) => {
  const { major, minor, isPrerelease } = parseVersion(tag) ?? {};
  expect([major, minor, isPrerelease]).toEqual(expected);
});

test.each(['latest', '1.2.3.4', '1.2-alpine', 'v', '01.2.3', '1.02', 'release-1.2.3', '1.2.x', ''])(
  '%j is no version',
  (tag) => {
    expect(parseVersion(tag)).toBeUndefined();
  },
);

test.each([
  ['1.10.0', '1.9.9', 1],
  ['1.2.0', '1.2.0-rc.1', 1],
  ['1.2.0-rc.2', '1.2.0-rc.10', -1],
  ['1.2', '1.2.0', 0],
  ['v2', '1.99.99', 1],
  ['1.2.3', '1.2.3', 0],
])('%s against %s is %d', (one, other, answer) => {
  expect(order(one, other)).toBe(answer);
});
