import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { RunEntry } from '../../functions/domain/run-history.ts';
import { isFirst, mayGo, rollOutAt } from '../../functions/plan/roll-out.ts';
import { day } from '../../functions/domain/duration.ts';
import { headOf, now } from '../support/builder.ts';
import { policyFrom } from '../support/judge.ts';
import { run } from '../guard/support.ts';

const startedAt = Date.UTC(2026, 10, 20);
const over = 7 * day;
const policy = policyFrom(`version: 1
rules: [{ name: ci, select: { projects: [team], repositories: ['**'], tags: ['**'], exclude: { repositories: [hidden] } }, keep: none }, { name: x, select: { projects: [x], tags: ['**'] }, keep: none }]
rollout: { startedAt: 2026-11-20, over: 7d }`);

// By the SHA-256 of their names, team/api and team/f lie in the tenth, and the others don't.
const names = ['team/web', 'team/f', 'team/a', 'team/api', 'team/b'];

interface Given {
  readonly at?: number;
  readonly names?: readonly string[];
  readonly isWhole?: boolean;
  readonly runs?: readonly Partial<RunEntry>[];
  readonly acknowledged?: readonly string[];
}

function rolled({
  at = now,
  names: some = names,
  isWhole = true,
  runs = [],
  acknowledged = [],
}: Given = {}) {
  const history = { runs: runs.map((one) => run({ policyHash: policy.hash, ...one })) };
  const found = rollOutAt(policy, {
    now: at,
    heads: some.map(headOf),
    isWhole,
    history,
    acknowledged,
  });
  if (found === undefined) throw new Error('the policy has a roll-out');
  return found;
}

test('a policy without one holds everywhere', () => {
  const { rollout: _, ...plain } = policy;
  const around = { now, heads: [], isWhole: true, history: { runs: [] }, acknowledged: [] };
  expect(rollOutAt(plain, around)).toBeUndefined();
  expect(mayGo(undefined, 'team/web')).toBe(true);
});

describe('the phase', () => {
  test.each([
    ['one millisecond before it begins', startedAt - 1, 'before'],
    ['the instant at which it begins', startedAt, 'first'],
    ['one millisecond before it is over', startedAt + over - 1, 'first'],
    ['exactly as old as it is to last', startedAt + over, 'all'],
    ['years later', startedAt + 4000 * day, 'all'],
  ])('%s', (_, at, phase) => {
    expect(rolled({ at })).toMatchObject({ startedAt, endsAt: startedAt + over, phase });
    expect(rolled({ at }).heldBy).toBeUndefined();
  });

  test('is late where it is over and no run has seen the policy', () => {
    const at = startedAt + over;
    expect(rolled({ at }).isLate).toBe(true);
    expect(rolled({ at, runs: [{ policyHash: 'x' }] }).isLate).toBe(true);
    expect(
      rolled({ at, runs: [{ policyHash: 'x' }, {}, { policyHash: 'x' }] }).isLate,
    ).toBeUndefined();
    expect(rolled({ at: at - 1 }).isLate).toBeUndefined();
    expect(rolled({ at: startedAt - 1 }).isLate).toBeUndefined();
  });

  test('decides what may go', () => {
    const going = (at: number) => names.filter((name) => mayGo(rolled({ at }), name));
    expect(going(startedAt - 1)).toEqual([]);
    expect(going(startedAt)).toEqual(['team/f', 'team/api']);
    expect(going(startedAt + over)).toEqual(names);
  });
});

describe('the first repositories', () => {
  test('are those of the tenth, by name and counted', () => {
    expect(rolled()).toMatchObject({ inScope: 5, first: 2, names: ['team/api', 'team/f'] });
    expect(rolled().standIn).toBeUndefined();
  });

  test('are only counted among what some rule selects', () => {
    const found = rolled({ names: [...names, 'other/api', 'team/hidden'] });
    expect(found).toMatchObject({ inScope: 5, first: 2 });
  });

  test('are one that stands in where the tenth is empty: the one with the lowest hash', () => {
    // team/e has 0.163, team/a 0.398, team/web 0.648.
    const found = rolled({ names: ['team/web', 'team/e', 'team/a'] });
    expect(found).toMatchObject({ standIn: 'team/e', first: 1, names: ['team/e'] });
    expect(mayGo(found, 'team/e')).toBe(true);
    expect(mayGo(found, 'team/a')).toBe(false);
    expect(isFirst(found, 'team/api')).toBe(true);
    const none = rolled({ names: [] });
    expect(none).toMatchObject({ inScope: 0, first: 0, names: [] });
    expect(none.standIn).toBeUndefined();
  });

  test('are none where the tenth is empty and not all repositories are known', () => {
    const found = rolled({ names: ['team/web', 'team/e'], isWhole: false });
    expect(found).toMatchObject({ first: 0, names: [] });
    expect(found.standIn).toBeUndefined();
    expect(rolled({ isWhole: false })).toMatchObject({ first: 2 });
  });

  test('are named up to twenty', () => {
    const many = Array.from({ length: 2_000 }, (_, n) => `team/r${n}`);
    const found = rolled({ names: many });
    expect(found.names).toHaveLength(20);
    expect(found.names).toEqual(found.names.toSorted());
    // A tenth of them, give or take what a hash scatters.
    expect(found.first).toBeGreaterThan(150);
    expect(found.first).toBeLessThan(250);
  });

  test('are the same whatever else there is, and in whatever order', () => {
    const drawn = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/), { minLength: 1 });
    fc.assert(
      fc.property(drawn, drawn, (some, others) => {
        const own = some.map((name) => `team/${name}`);
        const all = [...new Set([...own, ...others.map((name) => `team/${name}`)])];
        const here = rolled({ names: own });
        const there = rolled({ names: all.toReversed() });
        expect(here.first).toBeGreaterThan(0);
        for (const name of own)
          if (here.standIn !== name && there.standIn !== name)
            expect(mayGo(here, name)).toBe(mayGo(there, name));
      }),
    );
  });
});

describe('a halted roll-out does not end by waiting', () => {
  const late = startedAt + over;
  const halted: Partial<RunEntry> = { runId: 'r1', end: 'refused', halts: ['aa', 'bb'] };

  test.each<readonly [string, Given]>([
    ['nothing of it is acknowledged', { runs: [halted] }],
    ['only a part of it is', { runs: [halted], acknowledged: ['aa'] }],
    [
      'it can’t be acknowledged',
      { runs: [{ ...halted, halts: ['unknown'] }], acknowledged: ['aa'] },
    ],
    ['a run under another policy was let through since', { runs: [halted, { policyHash: 'x' }] }],
    ['a later run was refused for something else', { runs: [halted, { end: 'refused' }] }],
  ])('while %s', (_, given) => {
    expect(rolled({ at: late, ...given })).toMatchObject({ phase: 'first', heldBy: 'r1' });
  });

  test.each<readonly [string, Given]>([
    ['all of it is acknowledged now', { runs: [halted], acknowledged: ['bb', 'aa'] }],
    [
      'all of it was, by whichever runs',
      { runs: [{ acknowledged: ['aa'] }, { ...halted, acknowledged: ['bb'] }] },
    ],
    ['a later run was let through', { runs: [halted, {}] }],
    ['it was under another policy', { runs: [{ ...halted, policyHash: 'x' }] }],
  ])('but once %s', (_, given) => {
    const found = rolled({ at: late, ...given });
    expect(found.phase).toBe('all');
    expect(found.heldBy).toBeUndefined();
  });

  test('and holds nothing before its time is over', () => {
    const found = rolled({ at: late - 1, runs: [halted] });
    expect(found.phase).toBe('first');
    expect(found.heldBy).toBeUndefined();
  });

  test('in whatever order runs follow: only what is let through, or acknowledged, ends it', () => {
    const nights = fc.array(
      fc.record({
        halts: fc.option(fc.uniqueArray(fc.constantFrom('aa', 'bb', 'unknown'), { minLength: 1 }), {
          nil: undefined,
        }),
        acknowledged: fc.subarray(['aa', 'bb']),
        isRefused: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(nights, fc.subarray(['aa', 'bb']), (all, acknowledged) => {
        const runs = all.map(({ halts, acknowledged: said, isRefused }) => ({
          acknowledged: said,
          end: halts || isRefused ? ('refused' as const) : ('finished' as const),
          ...(halts && { halts }),
        }));
        const said = new Set([...acknowledged, ...all.flatMap((one) => one.acknowledged)]);
        const last = all.findLast(({ halts, isRefused }) => halts || !isRefused);
        const open = (last?.halts ?? []).some((one) => !said.has(one));
        expect(rolled({ at: late, runs, acknowledged }).phase).toBe(open ? 'first' : 'all');
      }),
    );
  });
});
