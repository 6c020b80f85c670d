import type { Plan } from '../domain/plan.ts';
import type { Refusal } from '../domain/refusal.ts';

declare const guarded: unique symbol;

/**
 * A plan that guard let through; only `guard-plan.ts` makes one. Stored and read back it is a plain plan again,
 * and passes guard again.
 */
export type GuardedPlan = Plan & { readonly [guarded]: true };

export type Ruling =
  | { readonly kind: 'cleared'; readonly plan: GuardedPlan }
  | {
      readonly kind: 'refused';
      readonly plan: Plan;
      readonly refusals: readonly [Refusal, ...Refusal[]];
    };
