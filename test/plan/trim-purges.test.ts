import { expect, test } from '@jest/globals';
import type { Purge } from '../../functions/domain/action.ts';
import type { Limits } from '../../functions/domain/limits.ts';
import { trimPurges } from '../../functions/plan/trim-purges.ts';
import { digestOf } from '../support/builder.ts';

const purge = (size: number, index: number): Purge => ({
  kind: 'purge',
  id: `purge ${index}`,
  project: 'trash',
  repository: 'team/web',
  digest: digestOf(`${index}`),
  artifactId: index,
  rule: 'keepFor',
  tags: [],
  labels: [],
  pushedAt: 0,
  pulledAt: 'unknown',
  size,
  trashedAt: 0,
});

const limits = (maxDeletions: number, maxBytes: number, more: Partial<Limits> = {}): Limits => ({
  maxDeletions,
  maxDeletionsPercent: 20,
  maxDeletionsPercentPerRepository: 90,
  maxBytes,
  onBreach: 'oldestFirst',
  ...more,
});

const trimmed = (sizes: readonly number[], given: Limits) => {
  const due = sizes.map(purge);
  const { going, deferred, setAside } = trimPurges(due, given);
  return { going: going.map((one) => due.indexOf(one)), deferred, aside: setAside };
};

test.each<readonly [string, readonly number[], Limits, readonly number[], number]>([
  ['all, up to both limits exactly', [1, 2, 3], limits(3, 6), [0, 1, 2], 0],
  ['as many as the limit', [1, 1, 1], limits(2, 9), [0, 1], 1],
  ['as many bytes as the limit', [3, 3, 1], limits(9, 6), [0, 1], 1],
  ['none after the first that does not fit', [5, 4, 1], limits(9, 6), [0], 2],
  ['all without limits', [1, 2], limits(9, 9, { maxBytes: 'unlimited' }), [0, 1], 0],
  ['all where a rail refuses instead', [9, 9], limits(1, 1, { onBreach: 'refuse' }), [0, 1], 0],
  ['none of nothing', [], limits(1, 1), [], 0],
])('of what is due the oldest go: %s', (...row) => {
  const [, sizes, given, going, deferred] = row;
  expect(trimmed(sizes, given)).toEqual({ going, deferred, aside: [] });
});

test('a copy that exceeds the bytes by itself is named, and keeps no other from going', () => {
  expect(trimmed([2, 7, 4], limits(9, 6))).toEqual({
    going: [0, 2],
    deferred: 1,
    aside: [
      {
        repository: 'trash/team/web',
        digest: digestOf('1'),
        deletions: 1,
        bytes: 7,
        limit: 'maxBytes',
      },
    ],
  });
  expect(trimmed([7], limits(9, 6, { onBreach: 'refuse' })).aside).toEqual([]);
});
