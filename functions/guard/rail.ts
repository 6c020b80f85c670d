import { compileDoublestar } from '../domain/doublestar.ts';
import type { Plan } from '../domain/plan.ts';
import type { PolicyFrame } from '../domain/policy.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { RegistryFacts, Replication } from '../domain/registry.ts';
import type { RunHistory } from '../domain/run-history.ts';

/** What a rail may look at besides the plan. */
export interface GuardContext {
  readonly policy: PolicyFrame;
  readonly registry: RegistryFacts;
  /** Earlier runs, without this one. */
  readonly history: RunHistory;
  /** Fingerprints of refusals that a person acknowledged as this run was started. */
  readonly acknowledged: readonly string[];
}

/**
 * Refuses a whole plan, or lets it pass; it never changes one. It owes: the same answer for the same arguments,
 * a refusal where a fact that it needs is unknown, and numbers and a remedy in every refusal.
 */
export interface Rail {
  /** The file's name. */
  readonly name: string;
  /** Every reason against the plan; none lets it pass. One that throws has refused. */
  readonly refusals: (plan: Plan, context: GuardContext) => readonly Omit<Refusal, 'rail'>[];
}

/** Whether the plan may change something in a project: by its rules, an approved list, or `removeEmpty`. */
export function isTouched(project: string, plan: Plan, { policy }: GuardContext): boolean {
  return (
    policy.inScope(project) ||
    plan.empty?.repositories.some((one) => one.project === project) === true ||
    plan.repositories.some((one) => one.project === project && one.deletions + one.tagRemovals > 0)
  );
}

/**
 * Whether a replication rule may take a repository, `project/repository`, as Harbor applies its name filters: each of
 * them must match the whole name, an empty one matches all, and without any the rule takes everything. A filter that
 * can't be understood may match. Filters by tag, label or kind narrow nothing here: a copy bears other tags on its way.
 */
export function mayReplicate({ nameFilters }: Replication, name: string): boolean {
  return nameFilters.every((pattern) => {
    if (pattern === '') return true;
    const compiled = compileDoublestar(pattern);
    return compiled.ok ? compiled.matches(name) : true;
  });
}
