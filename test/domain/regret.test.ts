import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  fingerprintOfRegrets,
  type RememberedRegrets,
  sortRegrets,
} from '../../functions/domain/regret.ts';

const regrets = (keys: readonly string[]) =>
  keys.map((key) => ({ key, copy: key, because: 'was restored' }));

test('a fingerprint names the signs and not their order', () => {
  expect(fingerprintOfRegrets(['a', 'b'])).toBe(fingerprintOfRegrets(['b', 'a']));
  expect(fingerprintOfRegrets(['a', 'b'])).not.toBe(fingerprintOfRegrets(['a']));
  expect(fingerprintOfRegrets(['a', 'b'])).not.toBe(fingerprintOfRegrets(['ab']));
  expect(fingerprintOfRegrets(['a'])).toMatch(/^[0-9a-f]{12}$/);
});

describe('what nobody has acknowledged', () => {
  const shown: RememberedRegrets = { regrets: { open: ['a', 'b'], acknowledged: [] } };
  const both = fingerprintOfRegrets(['a', 'b']);

  test.each<readonly [string, readonly RememberedRegrets[], readonly string[], readonly string[]]>([
    ['is all, without an earlier run', [], [], ['a', 'b', 'c']],
    ['is what an earlier run showed', [shown], [], ['a', 'b', 'c']],
    ['is none of what is acknowledged now', [shown], [both], ['c']],
    ['is none of what a later run was started with', [shown, { acknowledged: [both] }], [], ['c']],
    [
      'is what another fingerprint does not name',
      [shown],
      [fingerprintOfRegrets(['a'])],
      ['a', 'b', 'c'],
    ],
    [
      'is none of what a run has handed on',
      [{ regrets: { open: [], acknowledged: ['a'] } }],
      [],
      ['b', 'c'],
    ],
    [
      'is none of what a run handed on beside what it showed',
      [{ regrets: { open: ['b'], acknowledged: ['a'] } }],
      [fingerprintOfRegrets(['b'])],
      ['c'],
    ],
  ])('%s', (...row) => {
    const [, runs, acknowledged, open] = row;
    const sorted = sortRegrets(regrets(['a', 'b', 'c']), runs, acknowledged);
    expect(sorted.open).toEqual(open);
    expect([...sorted.open, ...sorted.acknowledged].toSorted()).toEqual(['a', 'b', 'c']);
  });
});

test('what is acknowledged once is never asked for again while it lies there, and nothing else passes for it', () => {
  const keys = ['a', 'b', 'c', 'd', 'e'];
  const nights = fc.array(fc.record({ there: fc.subarray(keys), says: fc.boolean() }), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(nights, (all) => {
      // The history forgets all but the last run.
      let last: RememberedRegrets[] = [];
      let seen = new Set<string>();
      for (const { there, says } of all) {
        const { open } = sortRegrets(regrets(there), last, []);
        expect(open).toEqual(there.filter((key) => !seen.has(key)));
        const acknowledged = says ? [fingerprintOfRegrets(open)] : [];
        last = [{ acknowledged, regrets: sortRegrets(regrets(there), last, acknowledged) }];
        seen = new Set(there.filter((key) => seen.has(key) || (says && open.includes(key))));
      }
    }),
  );
});
