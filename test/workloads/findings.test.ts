import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { WorkloadUse } from '../../functions/domain/workload-list.ts';
import { newFindingsBook } from '../../functions/workloads/findings.ts';
import { uses } from '../support/workload-lists.ts';

const pod = (name: string, more: Partial<WorkloadUse> = {}): WorkloadUse => ({
  image: 'team/api:1',
  by: `pod ${name}`,
  role: 'running',
  ...more,
});
const missing = (what: string) => ({ what, because: 'b', remedy: 'r' });

test('uses of one image in one role are one', () => {
  const book = newFindingsBook();
  book.add({ uses: [pod('b'), pod('a'), pod('a'), pod('c')] });
  book.add({ uses: [pod('d', { role: 'roll-back' }), pod('e', { image: 'team/web:1' })] });
  expect(book.findings().uses).toEqual([
    { image: 'team/api:1', by: 'pod d', role: 'roll-back' },
    { image: 'team/api:1', by: 'pod a and 2 more', role: 'running' },
    { image: 'team/web:1', by: 'pod e', role: 'running' },
  ]);
});

test('what is missing is named once, and beyond a hundred it is counted', () => {
  const book = newFindingsBook();
  book.add({ missing: [missing('b'), missing('a'), missing('b')] });
  expect(book.findings().missing).toEqual([missing('a'), missing('b')]);
  book.add({
    missing: [
      { ...missing('a'), because: 'a' },
      { ...missing('a'), because: 'c' },
    ],
  });
  expect(book.findings().missing[0]?.because).toBe('a');
  for (let index = 0; index < 200; index += 1) book.add({ missing: [missing(`pod ${index}`)] });
  expect(book.findings().missing).toHaveLength(101);
  expect(book.findings().missing.at(-1)?.what).toBe('102 more');
});

test('the order in which things are found changes nothing, and no image gets lost', () => {
  const keyOf = ({ image, digest, role }: WorkloadUse) => JSON.stringify([image, digest, role]);
  fc.assert(
    fc.property(fc.array(uses), (found) => {
      const one = newFindingsBook();
      const other = newFindingsBook();
      one.add({ uses: found });
      for (const use of found.toReversed()) other.add({ uses: [use] });
      expect(other.findings()).toEqual(one.findings());
      expect(new Set(one.findings().uses.map(keyOf))).toEqual(new Set(found.map(keyOf)));
    }),
  );
});
