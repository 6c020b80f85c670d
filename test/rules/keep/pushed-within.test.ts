import { expect, test } from '@jest/globals';
import { pushedWithin } from '../../../functions/rules/keep/pushed-within.ts';
import { day, hour, now } from '../../support/builder.ts';
import { bind, member, moment, said } from './pool.ts';

const condition = bind(pushedWithin, '30d');

test('exactly 30 days old is kept, a millisecond more is not (E13)', () => {
  const millisecond = 1 / day;
  expect(
    said(condition, {
      young: { pushed: 1 },
      exact: { pushed: 30 },
      late: { pushed: 30 + millisecond },
      old: { pushed: 300 },
    }),
  ).toEqual({ young: 'keeps', exact: 'keeps', late: 'lets-go', old: 'lets-go' });
});

test('a push in the future is kept', () => {
  expect(said(condition, { future: { pushed: -3 } })).toEqual({ future: 'keeps' });
});

test('an unknown push time keeps (E10)', () => {
  const [finding] = condition.judge([member('a', { pushed: 'unknown' })], moment);
  expect(finding).toMatchObject({ says: 'unknown', fact: 'push time' });
});

test('a pull does not count', () => {
  expect(said(condition, { pulled: { pushed: 31, pulled: 1 } })).toEqual({ pulled: 'lets-go' });
});

test('the margin is the instant from which it no longer keeps', () => {
  const [finding] = bind(pushedWithin, '5h').judge([member('a', { pushed: 0 })], moment);
  expect(finding).toEqual({
    says: 'keeps',
    margin: { kind: 'time', by: 'pushed', since: now, goesAt: now + 5 * hour + 1 },
  });
});
