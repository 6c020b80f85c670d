import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RunEntry } from '../../functions/domain/run-history.ts';
import { guardPlan } from '../../functions/guard/guard-plan.ts';
import { remember } from '../../functions/report/summarise-run.ts';
import { contextWith, planWith, rule, run } from './support.ts';

/** The refusal of a rule that would delete so many artifacts after these runs. */
function refusalOf(deletions: number, runs: readonly RunEntry[], acknowledged: string[] = []) {
  const ruling = guardPlan(
    planWith({ rules: [rule('ci', deletions)] }),
    contextWith({ runs, acknowledged }),
  );
  return ruling.kind === 'cleared'
    ? undefined
    : ruling.refusals.find((one) => one.rail === 'rule-drift');
}

const planned = (deletions: number, more: Partial<RunEntry> = {}): RunEntry =>
  run({ plannedByRule: { ci: deletions }, end: 'finished', ...more });
const refused = (deletions: number): RunEntry => planned(deletions, { end: 'refused' });
const quiet = Array.from({ length: 5 }, () => planned(0));

describe('drift is measured by runs that were let through', () => {
  test('so that no number of refused runs makes the rail give in', () => {
    fc.assert(
      fc.property(fc.integer({ min: 51, max: 9_000 }), fc.nat(80), (deletions, nights) => {
        const history = [...quiet, ...Array.from({ length: nights }, () => refused(deletions))];
        expect(refusalOf(deletions, history)).toBeDefined();
      }),
    );
  });

  test('also after as many refused runs as the history remembers', () => {
    let history: { readonly runs: readonly RunEntry[] } = { runs: [] };
    for (const [index, entry] of quiet.entries())
      history = remember(history, { ...entry, runId: `quiet ${index}` });
    for (let night = 1; night <= 200; night += 1)
      history = remember(history, { ...refused(360), runId: `night ${night}` });
    expect(refusalOf(360, history.runs)).toBeDefined();
    expect(history.runs.length).toBeLessThanOrEqual(65);
  });

  test('dry runs that were let through among them', () => {
    const dry = Array.from({ length: 5 }, () => planned(200, { mode: 'dry-run' }));
    expect(refusalOf(600, dry)).toBeUndefined();
    expect(refusalOf(601, dry)).toBeDefined();
  });

  test('also by none at all: a first run that was refused is no measure of the next', () => {
    expect(refusalOf(360, [refused(360)])).toBeUndefined();
    expect(refusalOf(360, [refused(360), ...quiet.slice(1)])).toBeDefined();
    expect(refusalOf(360, [refused(1_000), planned(0)])).toBeDefined();
  });

  test('a run under another policy in between changes nothing', () => {
    const tried = planned(0, { policyHash: 'another' });
    expect(refusalOf(360, [...quiet, tried])).toBeDefined();
    expect(refusalOf(360, [tried])).toBeUndefined();
  });
});

describe('a drift that a person acknowledges by its fingerprint', () => {
  const fingerprint = refusalOf(360, quiet)?.fingerprint ?? '';

  test('is let through, for this number under this policy', () => {
    expect(fingerprint).toMatch(/^[0-9a-f]{12}$/);
    expect(refusalOf(360, quiet)?.remedy).toContain(fingerprint);
    expect(refusalOf(360, quiet, [fingerprint])).toBeUndefined();
    expect(refusalOf(361, quiet, [fingerprint])).toBeDefined();
    expect(refusalOf(360, quiet, ['0123456789ab'])).toBeDefined();
  });

  test('is what later runs are measured by, from the refused run on', () => {
    const acknowledging = planned(360, { acknowledged: [fingerprint] });
    const history = [...quiet, refused(360), acknowledging];
    expect(refusalOf(1_080, history)).toBeUndefined();
    expect(refusalOf(1_081, history)).toBeDefined();
  });

  test('is the only refused run that counts', () => {
    const history = [refused(360), planned(200), refused(9_000)];
    expect(refusalOf(840, history, [fingerprint])).toBeUndefined();
    expect(refusalOf(841, history, [fingerprint])).toBeDefined();
  });

  test('counts before a run has gone through with it, while the number moves on', () => {
    expect(refusalOf(400, [...quiet, refused(360)], [fingerprint])).toBeUndefined();
    expect(refusalOf(1_081, [...quiet, refused(360)], [fingerprint])).toBeDefined();
  });
});
