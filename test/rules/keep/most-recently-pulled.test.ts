import { expect, test } from '@jest/globals';
import { mostRecentlyPulled } from '../../../functions/rules/keep/most-recently-pulled.ts';
import { bind, member, moment, said } from './pool.ts';

const condition = bind(mostRecentlyPulled, 2);

test('the most recently pulled are kept, whatever their push', () => {
  const members = {
    a: { pushed: 500, pulled: 1 },
    b: { pushed: 400, pulled: 2 },
    c: { pushed: 5, pulled: 4 },
  };
  expect(said(condition, members)).toEqual({ a: 'keeps', b: 'keeps', c: 'lets-go' });
});

test('one never pulled ranks by its push, not last (E9)', () => {
  const members = {
    fresh: { pushed: 1 },
    used: { pushed: 400, pulled: 2 },
    idle: { pushed: 400, pulled: 90 },
  };
  expect(said(condition, members)).toEqual({ fresh: 'keeps', used: 'keeps', idle: 'lets-go' });
});

test('a pull ranks by its own time even if the push is later', () => {
  const members = {
    repushed: { pushed: 1, pulled: 50 },
    a: { pushed: 60, pulled: 10 },
    b: { pushed: 60, pulled: 20 },
  };
  expect(said(condition, members)).toEqual({ repushed: 'lets-go', a: 'keeps', b: 'keeps' });
});

test('when pull times look switched off everything is kept', () => {
  const lost = { ...moment, pullSignal: 'lost' as const };
  const members = { a: { pushed: 1 }, b: { pushed: 2 }, c: { pushed: 3 } };
  expect(said(condition, members, lost)).toEqual({
    a: 'signal-lost',
    b: 'signal-lost',
    c: 'signal-lost',
  });
});

test('without any time it is kept', () => {
  expect(said(condition, { odd: { pushed: 'unknown' } })).toEqual({ odd: 'unknown' });
});

test('the margin is a rank by pull', () => {
  const [finding] = condition.judge([member('a', { pulled: 1 })], moment);
  expect(finding).toMatchObject({ says: 'keeps', margin: { by: 'pulled', rank: 1, of: 2 } });
});

test('the count can be of what remains', () => {
  expect(bind(mostRecentlyPulled, { count: 1, of: 'remaining' }).counts).toBe('remaining');
});
