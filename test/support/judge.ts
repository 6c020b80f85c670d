import { formatProblems } from '../../functions/config/format-problems.ts';
import { loadPolicy } from '../../functions/config/load-policy.ts';
import { defined } from '../../functions/domain/defined.ts';
import type { RepositoryPlan } from '../../functions/domain/plan.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import type { ProjectFacts, RegistryFacts } from '../../functions/domain/registry.ts';
import type { RepositoryFacts } from '../../functions/domain/repository.ts';
import type { RollOut } from '../../functions/domain/roll-out.ts';
import type { UntaggedSince } from '../../functions/domain/run-history.ts';
import type { Verdict } from '../../functions/domain/verdict.ts';
import { judgeContext, type JudgeContext } from '../../functions/plan/judge-context.ts';
import { judgeRepository } from '../../functions/plan/judge-repository.ts';
import { now } from './builder.ts';
import { inUseOf, listed } from './listed.ts';

/** What a test changes about the world around a repository. */
export interface Around {
  readonly registry?: Partial<RegistryFacts>;
  readonly project?: Partial<ProjectFacts>;
  readonly untaggedSince?: UntaggedSince;
  readonly now?: number;
  readonly rollOut?: RollOut;
}

/** A policy from its text; a problem in it fails the test in words. */
export function policyFrom(text: string): Policy {
  const loaded = loadPolicy(text, { name: 'policy.yaml', inUseSources: ['list'] });
  if (loaded.ok) return loaded.policy;
  throw new Error(formatProblems(loaded.problems, text, { name: 'policy.yaml' }));
}

/**
 * A policy of one rule named `rule` on all tags with these keep conditions, one per line; nothing is protected
 * but what `more` protects.
 */
export function ruleOn(keep: string, more = ''): Policy {
  const conditions = keep === 'none' ? ' none' : `\n${indented(keep)}`;
  return policyFrom(
    `version: 1\nrules:\n  - name: rule\n    select: { projects: ['**'], tags: ['**'] }\n    keep:${conditions}\n${unprotected(more)}`,
  );
}

/** The same for artifacts without tags. */
export function ruleOnUntagged(keep: string, more = ''): Policy {
  const conditions = keep === 'none' ? ' none' : `\n${indented(keep)}`;
  return policyFrom(
    `version: 1\nrules:\n  - name: rule\n    select: { projects: ['**'], untagged: true }\n    keep:${conditions}\n${unprotected(more)}`,
  );
}

/** `protect` that holds nothing older than an hour, unless the text has one of its own. */
export function unprotected(more = ''): string {
  const has = more.includes('protect:');
  const open = 'protect: { tags: [], labels: [], minimumAge: 1h, keepAtLeast: 0 }';
  return has ? more : `${open}\n${more}`;
}

function indented(lines: string): string {
  return lines
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');
}

export const project: ProjectFacts = {
  name: 'team',
  id: 1,
  isPublic: false,
  isProxyCache: false,
  repositoryCount: 1,
  immutableRules: [],
  harborRetention: 'none',
};

/** A registry in which everything is known and nothing is special. */
export function registryOf(around: Around = {}): RegistryFacts {
  return {
    takenAt: around.now ?? now,
    harbor: {
      url: 'https://harbor.example',
      version: 'v2.15.2',
      currentTime: now,
      measuredAt: now,
      readOnly: false,
    },
    projects: [{ ...project, ...around.project }],
    replications: [],
    inUse: inUseOf(),
    listedDigests: listed({}),
    subjectsElsewhere: new Set(),
    pullSignal: 'live',
    ...around.registry,
  };
}

export function contextOf(policy: Policy, around: Around = {}): JudgeContext {
  const context = {
    ...judgeContext(policy, registryOf(around)),
    ...defined({ rollOut: around.rollOut }),
  };
  return around.untaggedSince === undefined
    ? context
    : { ...context, untaggedSince: around.untaggedSince };
}

export function judge(facts: RepositoryFacts, policy: Policy, around: Around = {}): RepositoryPlan {
  return judgeRepository(facts, contextOf(policy, around));
}

/** Fates by first tag, or by the first digits of the digest where there is none. */
export function fates(
  facts: RepositoryFacts,
  policy: Policy,
  around: Around = {},
): Readonly<Record<string, Verdict['fate']>> {
  return Object.fromEntries(
    Object.entries(verdicts(facts, policy, around)).map(([name, { fate }]) => [name, fate]),
  );
}

/** Verdicts under the same names. */
export function verdicts(
  facts: RepositoryFacts,
  policy: Policy,
  around: Around = {},
): Readonly<Record<string, Verdict>> {
  const plan = judge(facts, policy, around);
  const artifacts = facts.kind === 'complete' ? facts.artifacts : facts.seen;
  return Object.fromEntries(
    artifacts.map(({ tags, digest }, position) => {
      const [first] = tags === 'unknown' ? [] : tags;
      const verdict = plan.verdicts[position];
      if (verdict === undefined) throw new Error(`no verdict at ${position}`);
      return [first?.name ?? digest.slice(7, 15), verdict];
    }),
  );
}

/** The verdict on the artifact that a builder knows by this name. */
export function verdictOn(plan: RepositoryPlan, digest: string): Verdict {
  const found = plan.verdicts.find(({ artifact }) => artifact.digest === digest);
  if (found === undefined) throw new Error(`no verdict on ${digest}`);
  return found;
}
