import { describe, expect, test } from '@jest/globals';
import type { Refusal } from '../../functions/domain/refusal.ts';
import { fingerprintOfRegrets } from '../../functions/domain/regret.ts';
import type { RunEntry } from '../../functions/domain/run-history.ts';
import { guardPlan } from '../../functions/guard/guard-plan.ts';
import { contextWith, missed, type PlanParts, planWith, rollOut, rule, run } from './support.ts';

interface Given {
  readonly runs?: readonly RunEntry[];
  readonly acknowledged?: readonly string[];
}

function refusals(given: PlanParts, context: Given = {}): readonly Refusal[] {
  const ruling = guardPlan(planWith(given), contextWith(context));
  return ruling.kind === 'cleared' ? [] : ruling.refusals;
}
const missing = (...keys: readonly string[]): PlanParts => ({
  rollOut: rollOut({ regrets: missed(...keys) }),
});
const { regrets: _, ...blind } = rollOut();

describe('it lets pass', () => {
  test.each<readonly [string, PlanParts]>([
    ['a policy without a roll-out', {}],
    ['a roll-out of which nothing was missed', { rollOut: rollOut() }],
    [
      'one that has not begun, whatever the trash holds',
      { rollOut: rollOut({ phase: 'before', regrets: missed('a') }) },
    ],
    [
      'one that has not begun, and whose trash is not there yet',
      { rollOut: { ...blind, phase: 'before' } },
    ],
  ])('%s', (_title, plan) => {
    expect(refusals(plan)).toEqual([]);
  });
});

describe('it refuses', () => {
  test.each(['first', 'all'] as const)('what was missed, in the phase %s', (phase) => {
    const plan = { rollOut: rollOut({ phase, regrets: missed('a') }) };
    expect(refusals(plan)).toMatchObject([{ rail: 'rollout-halted', on: 'trash' }]);
    const { regrets: __, ...unseen } = rollOut({ phase });
    expect(refusals({ rollOut: unseen })).toHaveLength(1);
  });

  test('what is missed, and what can’t be seen, each for itself', () => {
    const regrets = { ...missed('a'), unknown: ['x: y'] };
    const found = refusals({ rollOut: rollOut({ regrets }) });
    expect(found.map(({ fingerprint }) => typeof fingerprint)).toEqual(['undefined', 'string']);
  });

  test('and names three, with the number of the rest, also of those that stand as one', () => {
    const words = (plan: PlanParts) => refusals(plan)[0]?.found;
    expect(words(missing('a', 'b', 'c'))).toMatch(/^3 signs .*trash\/team\/c was restored$/);
    expect(words(missing('a', 'b', 'c', 'd'))).toMatch(/^4 signs .*; and 1 more$/);
    const regrets = { ...missed('a', 'b', 'c', 'd'), count: 10 };
    expect(words({ rollOut: rollOut({ regrets }) })).toMatch(/^10 signs .*; and 7 more$/);
  });
});

describe('once it is acknowledged', () => {
  const both = fingerprintOfRegrets(['a', 'b']);
  const shown = run({ regrets: { open: ['a', 'b'], acknowledged: [] }, end: 'refused' });

  test('exactly what was shown passes, now and later, and fewer of them', () => {
    expect(refusals(missing('a', 'b'))[0]?.fingerprint).toBe(both);
    expect(refusals(missing('a', 'b'), { acknowledged: [both] })).toEqual([]);
    const runs = [shown, run({ acknowledged: [both] })];
    expect(refusals(missing('b', 'a'), { runs })).toEqual([]);
    expect(refusals(missing('b'), { runs })).toEqual([]);
  });

  test('a further one is refused, and shown without the others', () => {
    const [one] = refusals(missing('a', 'b', 'c'), { runs: [shown], acknowledged: [both] });
    expect(one?.fingerprint).toBe(fingerprintOfRegrets(['c']));
    expect(one?.found).not.toContain('team/a');
    expect(one?.found).toContain('team/c');
  });

  test('no other fingerprint does it', () => {
    const acknowledged = [fingerprintOfRegrets(['a'])];
    expect(refusals(missing('a', 'b'), { acknowledged, runs: [shown] })).toHaveLength(1);
  });
});

describe('drift is measured by what goes and what waits together', () => {
  const waiting = (artifacts: number) => ({ artifacts, bytes: 0, tags: 0 });
  const runs = [run({ plannedByRule: { ci: 100 } })];

  test('so that it shows in the first tenth', () => {
    const rules = [{ ...rule('ci', 31), waiting: waiting(270) }];
    const [one] = refusals({ rules }, { runs });
    expect(one).toMatchObject({ rail: 'rule-drift', on: 'ci' });
    expect(one?.found).toContain('301 artifacts');
  });

  test('and the end of the roll-out is none', () => {
    expect(refusals({ rules: [{ ...rule('ci', 10), waiting: waiting(90) }] }, { runs })).toEqual(
      [],
    );
    expect(refusals({ rules: [rule('ci', 100)] }, { runs })).toEqual([]);
  });
});
