import { expect, test } from '@jest/globals';
import { mostRecentlyActive } from '../../../functions/rules/keep/most-recently-active.ts';
import { bind, member, moment, said } from './pool.ts';

test('pushed today and never pulled beats last pulled 200 days ago', () => {
  const members = { fresh: { pushed: 0 }, idle: { pushed: 300, pulled: 200 } };
  expect(said(bind(mostRecentlyActive, 1), members)).toEqual({ fresh: 'keeps', idle: 'lets-go' });
});

test('the later of push and pull ranks', () => {
  const members = {
    pulled: { pushed: 300, pulled: 1 },
    pushed: { pushed: 2, pulled: 250 },
    old: { pushed: 3, pulled: 4 },
  };
  expect(said(bind(mostRecentlyActive, 2), members)).toEqual({
    pulled: 'keeps',
    pushed: 'keeps',
    old: 'lets-go',
  });
});

test('when pull times look switched off everything is kept: half of the order is gone', () => {
  const lost = { ...moment, pullSignal: 'lost' as const };
  expect(said(bind(mostRecentlyActive, 1), { a: {}, b: {} }, lost)).toEqual({
    a: 'signal-lost',
    b: 'signal-lost',
  });
});

test('an unknown push time keeps', () => {
  const members = { odd: { pushed: 'unknown' as const, pulled: 1 } };
  expect(said(bind(mostRecentlyActive, 1), members)).toEqual({ odd: 'unknown' });
});

test('the margin is a rank by activity', () => {
  const condition = bind(mostRecentlyActive, { count: 2, of: 'remaining' });
  const [finding] = condition.judge([member('a', { pulled: 1 })], moment);
  expect(condition.counts).toBe('remaining');
  expect(finding).toMatchObject({ says: 'keeps', margin: { by: 'active', rank: 1, of: 2 } });
});
