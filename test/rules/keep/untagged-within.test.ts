import { expect, test } from '@jest/globals';
import { untaggedWithin } from '../../../functions/rules/keep/untagged-within.ts';
import { day, now } from '../../support/builder.ts';
import { bind, member, moment, said } from './pool.ts';

const condition = bind(untaggedWithin, '7d');

test('it is kept until runs have seen it untagged for that long; exactly 7 days is kept', () => {
  expect(
    said(condition, {
      fresh: { pushed: 900, untagged: 1 },
      exact: { pushed: 900, untagged: 7 },
      late: { pushed: 900, untagged: 7 + 1 / day },
    }),
  ).toEqual({ fresh: 'keeps', exact: 'keeps', late: 'lets-go' });
});

test('without the memory of an earlier run it is kept', () => {
  const [finding] = condition.judge([member('a', { pushed: 900 })], moment);
  expect(finding).toMatchObject({ says: 'unknown', fact: 'time without a tag' });
});

test('it asks for the memory, and for a rule on untagged artifacts', () => {
  expect(condition.needs).toEqual(['untagged', 'untagged-memory']);
});

test('the margin counts from when it was first seen untagged', () => {
  const [finding] = condition.judge([member('a', { untagged: 2 })], moment);
  expect(finding).toEqual({
    says: 'keeps',
    margin: { kind: 'time', by: 'untagged', since: now - 2 * day, goesAt: now + 5 * day + 1 },
  });
});
