import { expect, test } from '@jest/globals';
import { grouped } from '../../functions/domain/grouped.ts';

test('keeps the order within each group, and of the groups', () => {
  const groups = grouped(['b1', 'a1', 'b2', 'a2', 'c1'], (one) => one.charAt(0));
  expect([...groups]).toEqual([
    ['b', ['b1', 'b2']],
    ['a', ['a1', 'a2']],
    ['c', ['c1']],
  ]);
});
