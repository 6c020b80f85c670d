import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chooseList, mostIds } from '../../functions/inventory/choose-list.ts';

const of = (...counts: number[]) => counts.map((artifactCount) => ({ artifactCount }));

describe('the way a run of repositories is listed, and the requests that it takes', () => {
  for (const { what, wanted, between = [], project = true, by, requests } of [
    { what: 'many small ones', wanted: of(3, 4, 5), by: 'range', requests: 1 },
    { what: 'full pages each', wanted: of(100, 200), by: 'range', requests: 3 },
    { what: 'one alone', wanted: of(250), by: 'repository', requests: 3 },
    { what: 'an empty one', wanted: of(0), by: 'repository', requests: 1 },
    {
      what: 'small ones around a small one that is left out',
      wanted: of(30, 30),
      between: of(20),
      by: 'range',
      requests: 1,
    },
    {
      what: 'small ones around a huge one that is left out',
      wanted: of(30, 30, 30),
      between: of(100_000),
      by: 'ids',
      requests: 1,
    },
    {
      what: 'full pages around a huge one that is left out',
      wanted: of(100, 100),
      between: of(100_000),
      by: 'repository',
      requests: 2,
    },
    {
      what: 'more than an address can name, around a huge one',
      wanted: of(...Array.from({ length: mostIds + 1 }, () => 1)),
      between: of(100_000),
      by: 'repository',
      requests: mostIds + 1,
    },
    {
      what: 'many small ones before Harbor 2.12',
      wanted: of(3, 4, 5),
      project: false,
      by: 'repository',
      requests: 3,
    },
  ] as const) {
    test(`${what}: ${by}, ${requests}`, () => {
      expect(chooseList({ wanted, between }, project)).toEqual({ by, requests });
    });
  }
});

test('no other way takes fewer requests', () => {
  const counts = fc.array(fc.record({ artifactCount: fc.nat(1_000) }), { maxLength: 12 });
  fc.assert(
    fc.property(
      fc.array(fc.record({ artifactCount: fc.nat(1_000) }), { minLength: 1, maxLength: 12 }),
      counts,
      (wanted, between) => {
        const pages = (rows: number): number => Math.max(1, Math.ceil(rows / 100));
        const sum = (list: readonly { artifactCount: number }[]): number =>
          list.reduce((all, one) => all + one.artifactCount, 0);
        const each = wanted.reduce((all, one) => all + pages(one.artifactCount), 0);
        const least = Math.min(each, pages(sum(wanted)), pages(sum(wanted) + sum(between)));
        expect(chooseList({ wanted, between }, true).requests).toBe(least);
      },
    ),
  );
});
