import { describe, expect, test } from '@jest/globals';
import type * as z from 'zod';
import { count, duration, patternFor, somePatternsFor } from '../../functions/rules/parameters.ts';
import { day, hour } from '../support/builder.ts';

/** What was read, or what is wrong and what is allowed. */
function read(schema: z.ZodType, written: unknown): unknown {
  const { data, error } = schema.safeParse(written);
  return error === undefined ? data : JSON.stringify(error.issues);
}

describe('a duration', () => {
  test.each([
    ['1h', hour],
    ['36h', 36 * hour],
    ['30d', 30 * day],
    ['8w', 56 * day],
    ['3650d', 3650 * day],
  ])('%s', (written, expected) => {
    expect(read(duration, written)).toBe(expected);
  });

  test.each(['0h', '0d', '3651d', '522w', '999999999w'])('%s is out of range', (written) => {
    expect(read(duration, written)).toMatch(/out of range.*"allowed":"an integer.*3650d/);
  });

  test.each(['', '30', '1.5d', '-1d', '3m', '1h30', ' 1h', '1d\n', 30])(
    '%j is none, and what is allowed is said',
    (written) => {
      const said = read(duration, written);
      expect(said).toMatch(/an integer with h, d or w/);
      expect(said).not.toMatch(/out of range/);
    },
  );
});

test.each([
  [1, { count: 1, of: 'all' }],
  [1_000_000, { count: 1_000_000, of: 'all' }],
  [{ count: 3 }, { count: 3, of: 'all' }],
  [
    { count: 3, of: 'remaining' },
    { count: 3, of: 'remaining' },
  ],
])('a count: %j', (written, expected) => {
  expect(read(count, written)).toEqual(expected);
});

test.each([0, -1, 1.5, 1_000_001, '3', null, {}, { count: 3, of: 'some' }, { count: 3, off: 1 }])(
  'a count: %j is none',
  (written) => {
    expect(read(count, written)).toMatch(/an integer|Unrecognized key: .*off/);
  },
);

describe('a pattern', () => {
  test('matches the whole name', () => {
    const pattern = patternFor('tag').parse('ci-*');
    expect(['ci-1', 'xci-1'].map(pattern.matches)).toEqual([true, false]);
  });

  test.each<[unknown, RegExp]>([
    [1.2, /text in quotes: YAML reads 1.20 as the number 1.2/],
    [null, /a doublestar pattern such as/],
    ['[', /is not a pattern: .*"allowed":"a doublestar pattern such as/],
    ['/(/', /is not a pattern: .*"allowed":"a doublestar pattern such as/],
    ['!ci', /can match no tag: .*"allowed":.*exclude/],
  ])('%j is none, and what to write instead is said', (written, expected) => {
    expect(read(patternFor('tag'), written)).toMatch(expected);
  });

  test('a selection has at least one', () => {
    expect(read(somePatternsFor('tag'), [])).toMatch(/at least one pattern/);
    expect(read(somePatternsFor('tag'), ['**'])).toHaveLength(1);
  });
});
