import { expect, test } from '@jest/globals';
import { pulledWithin } from '../../../functions/rules/keep/pulled-within.ts';
import { day, now } from '../../support/builder.ts';
import { bind, member, moment, said } from './pool.ts';

const condition = bind(pulledWithin, '14d');

test('what was pulled lately is kept however old its push; exactly 14 days is kept', () => {
  expect(
    said(condition, {
      used: { pushed: 400, pulled: 3 },
      exact: { pushed: 400, pulled: 14 },
      late: { pushed: 400, pulled: 14 + 1 / day },
      unused: { pushed: 400, pulled: 200 },
    }),
  ).toEqual({ used: 'keeps', exact: 'keeps', late: 'lets-go', unused: 'lets-go' });
});

test('an image pushed yesterday and never pulled survives (E9)', () => {
  expect(said(condition, { fresh: { pushed: 1 }, stale: { pushed: 15 } })).toEqual({
    fresh: 'keeps',
    stale: 'lets-go',
  });
});

test('when pull times look switched off everything is kept', () => {
  expect(said(condition, { old: { pushed: 900 } }, { ...moment, pullSignal: 'lost' })).toEqual({
    old: 'signal-lost',
  });
});

test('clustered pull times change no answer', () => {
  expect(said(condition, { old: { pushed: 900 } }, { ...moment, pullSignal: 'clustered' })).toEqual(
    {
      old: 'lets-go',
    },
  );
});

test('an unknown push time keeps, as the activity is then unknown', () => {
  expect(said(condition, { odd: { pushed: 'unknown', pulled: 300 } })).toEqual({ odd: 'unknown' });
});

test('the margin speaks of activity', () => {
  const [finding] = condition.judge([member('a', { pushed: 30, pulled: 2 })], moment);
  expect(finding).toEqual({
    says: 'keeps',
    margin: { kind: 'time', by: 'active', since: now - 2 * day, goesAt: now + 12 * day + 1 },
  });
});

test('it says how far back pulls matter', () => {
  expect(bind(pulledWithin, '14d').pullsWithin).toBe(14 * day);
});
