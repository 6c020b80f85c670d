import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { RollOut } from '../../functions/domain/roll-out.ts';
import { wholeFate } from '../../functions/plan/hold-back.ts';
import { now } from '../support/builder.ts';
import { judge, policies, policyOf, repositories } from './registries.ts';

const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 100) };

// Repositories are drawn as team/web, which is not in the tenth, and is the first where it stands in.
const rollOuts: fc.Arbitrary<RollOut> = fc
  .tuple(fc.constantFrom('before', 'first', 'all'), fc.boolean(), fc.boolean())
  .map(([phase, isFirst, isHeld]) => ({
    startedAt: now - 1,
    endsAt: now + 1,
    phase,
    ...(isFirst ? { standIn: 'team/web' } : {}),
    ...(isHeld ? { heldBy: 'r1' } : {}),
  }));

test('a roll-out condemns nothing, changes no reason of what stays, and holds back nothing but whole repositories', () => {
  fc.assert(
    fc.property(repositories, policies, rollOuts, (facts, drawn, rollOut) => {
      const policy = policyOf(drawn);
      const whole = judge(facts, policy);
      const plan = judge(facts, policy, { rollOut });
      const goes = rollOut.phase === 'all' || (rollOut.phase === 'first' && 'standIn' in rollOut);
      if (goes) expect(plan).toEqual(whole);
      else
        expect([plan.actions, plan.totals.deletions, plan.totals.tagRemovals]).toEqual([[], 0, 0]);
      for (const [position, verdict] of plan.verdicts.entries()) {
        const before = whole.verdicts[position];
        expect(wholeFate(verdict)).toBe(before?.fate);
        if (verdict.reason.code !== 'rollout-waits') expect(verdict).toEqual(before);
      }
    }),
    runs,
  );
});

test('what goes and what waits add up to what would go, for each rule and in all', () => {
  fc.assert(
    fc.property(repositories, policies, rollOuts, (facts, drawn, rollOut) => {
      const policy = policyOf(drawn);
      const { totals, rules } = judge(facts, policy);
      const plan = judge(facts, policy, { rollOut });
      const { waiting = { artifacts: 0, bytes: 0, tags: 0 } } = plan.totals;
      expect(plan.totals.deletions + waiting.artifacts).toBe(totals.deletions);
      expect(plan.totals.deletionBytes + waiting.bytes).toBe(totals.deletionBytes);
      expect(plan.totals.tagRemovals + waiting.tags).toBe(totals.tagRemovals);
      const planned = (all: typeof rules) =>
        all.map((one) => [one.rule, one.deletions + (one.waiting?.artifacts ?? 0)]);
      expect(planned(plan.rules)).toEqual(planned(rules));
    }),
    runs,
  );
});
