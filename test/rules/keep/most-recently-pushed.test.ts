import { expect, test } from '@jest/globals';
import { mostRecentlyPushed } from '../../../functions/rules/keep/most-recently-pushed.ts';
import { bind, member, moment, said } from './pool.ts';

test('the two newest by push are kept, pulls do not count', () => {
  const members = {
    a: { pushed: 30 },
    b: { pushed: 10 },
    c: { pushed: 20 },
    d: { pushed: 40, pulled: 0 },
  };
  expect(said(bind(mostRecentlyPushed, 2), members)).toEqual({
    a: 'lets-go',
    b: 'keeps',
    c: 'keeps',
    d: 'lets-go',
  });
});

test('equal times are ordered by digest (E8)', () => {
  const members = {
    a: { pushed: 5, digest: 'sha256:b' },
    b: { pushed: 5, digest: 'sha256:a' },
    c: { pushed: 5, digest: 'sha256:c' },
  };
  expect(said(bind(mostRecentlyPushed, 1), members)).toEqual({
    a: 'lets-go',
    b: 'keeps',
    c: 'lets-go',
  });
});

test('five tags of one artifact take one place (E6)', () => {
  const members = {
    a: { pushed: 1, tags: ['1', '2', '3', '4', '5'] },
    b: { pushed: 2 },
    c: { pushed: 3 },
  };
  expect(said(bind(mostRecentlyPushed, 2), members)).toEqual({
    a: 'keeps',
    b: 'keeps',
    c: 'lets-go',
  });
});

test('inside each group the count begins anew; kept in any group is kept', () => {
  const members = {
    m1: { pushed: 1, tags: [['main-1', 'main']] as const },
    m2: { pushed: 2, tags: [['main-2', 'main']] as const },
    d1: { pushed: 8, tags: [['dev-1', 'dev']] as const },
    both: {
      pushed: 5,
      tags: [
        ['main-3', 'main'],
        ['dev-2', 'dev'],
      ] as const,
    },
  };
  expect(said(bind(mostRecentlyPushed, 1), members)).toEqual({
    m1: 'keeps',
    m2: 'lets-go',
    d1: 'lets-go',
    both: 'keeps',
  });
});

test('the margin names rank, places and the best group', () => {
  const findings = bind(mostRecentlyPushed, { count: 3 }).judge(
    [
      member('a', { pushed: 1, tags: [['x-1', 'x']] }),
      member('b', {
        pushed: 2,
        tags: [
          ['x-2', 'x'],
          ['y-1', 'y'],
        ],
      }),
      member('c', {
        pushed: 3,
        tags: [
          ['x-3', 'x'],
          ['z', 'z'],
          ['w', 'w'],
        ],
      }),
    ],
    moment,
  );
  expect(findings.map((finding) => 'margin' in finding && finding.margin)).toEqual([
    { kind: 'rank', by: 'pushed', rank: 1, of: 3, group: 'x' },
    { kind: 'rank', by: 'pushed', rank: 1, of: 3, group: 'y' },
    { kind: 'rank', by: 'pushed', rank: 1, of: 3, group: 'w' },
  ]);
});

test('of its groups the best place speaks, of equal ones the first by name, in whatever order they come', () => {
  const bound = bind(mostRecentlyPushed, 1);
  const other = (name: string, pushed: number, group: string) =>
    member(name, { pushed, tags: [[name, group]] });
  for (const own of [
    ['a', 'b', 'c'],
    ['c', 'b', 'a'],
    ['b', 'c', 'a'],
  ]) {
    const all = member('all', { pushed: 5, tags: own.map((group) => [`in-${group}`, group]) });
    const others = [other('x', 1, 'a'), other('y', 2, 'a'), other('z', 3, 'b'), other('w', 4, 'c')];
    const [worse] = bound.judge([all, ...others], moment);
    expect(worse).toMatchObject({ says: 'lets-go', margin: { rank: 2, group: 'b' } });
    const [best] = bound.judge([all, ...others.slice(0, 2)], moment);
    expect(best).toMatchObject({ says: 'keeps', margin: { rank: 1, group: 'b' } });
  }
});

test('an unknown push time is kept and takes up no place', () => {
  const members = { odd: { pushed: 'unknown' as const }, a: { pushed: 1 }, b: { pushed: 2 } };
  expect(said(bind(mostRecentlyPushed, 1), members)).toEqual({
    odd: 'unknown',
    a: 'keeps',
    b: 'lets-go',
  });
});

test('the count is of all unless it says of: remaining', () => {
  expect(bind(mostRecentlyPushed, 3).counts).toBe('all');
  expect(bind(mostRecentlyPushed, { count: 3 }).counts).toBe('all');
  expect(bind(mostRecentlyPushed, { count: 3, of: 'remaining' }).counts).toBe('remaining');
});
