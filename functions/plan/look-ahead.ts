import { byText } from '../domain/artifact-order.ts';
import { day } from '../domain/duration.ts';
import type { Instant, Known } from '../domain/instant.ts';
import type { UntaggedSince } from '../domain/run-history.ts';
import type { LookAhead } from '../domain/plan.ts';
import { fullName, type RepositoryFacts } from '../domain/repository.ts';
import type { Artifact } from '../domain/artifact.ts';
import type { Verdict } from '../domain/verdict.ts';
import { layOut, type Layout } from './prepare-repository.ts';
import type { JudgeContext } from './judge-context.ts';
import { verdictsAt } from './judge-repository.ts';

/** How many days a report looks ahead. */
export const horizons = [7, 30] as const;

/** The part of a plan that a look ahead needs. The rest need not stay in memory. */
export interface Fates {
  readonly verdicts: readonly Pick<Verdict, 'fate'>[];
}

/** Repositories that a look-ahead names. */
const named = 10;

/**
 * What would be condemned in 7 and in 30 days besides what is now, if nothing is pushed, pulled or relabelled until
 * then; limits aside, and without untagged children. `layout`: that of these facts, where somebody has it already.
 * The farther horizon is judged first: where it has nothing more, the nearer one has not either, because time alone
 * never saves an artifact.
 */
export function lookAhead(
  facts: RepositoryFacts,
  { layout, ...now }: Fates & { readonly layout?: Layout },
  context: JudgeContext,
): readonly LookAhead[] {
  if (facts.kind !== 'complete') return [];
  const { untaggedSince: seen, registry } = context;
  const untaggedSince = context.policy.needs.untaggedMemory
    ? untaggedByThen(facts, seen, registry.takenAt)
    : seen;
  const same = layout ?? layOut(facts, context.policy);
  const found: LookAhead[] = [];
  for (const days of horizons.toReversed()) {
    const at = context.registry.takenAt + days * day;
    const asking = { ...judgedAt(context, at), untaggedSince, unreadFamilies: 'ignored' } as const;
    const later = verdictsAt(facts, asking, same);
    const more = difference(facts.artifacts, { now, later });
    if (more.deletions === 0) break;
    const { deletions, bytes } = more;
    const repositories = [{ repository: fullName(facts.head), deletions, bytes }];
    found.unshift({ days, ...more, repositories });
  }
  return found;
}

/** What the memory of untagged artifacts will hold later: what is seen without a tag today is known since today. */
export function untaggedByThen(
  facts: RepositoryFacts,
  seen: Known<UntaggedSince>,
  now: Instant,
): UntaggedSince {
  const since = new Map(seen === 'unknown' ? [] : seen);
  if (facts.kind !== 'complete') return since;
  for (const { digest, tags } of facts.artifacts) {
    if (tags !== 'unknown' && tags.length === 0 && !since.has(digest)) since.set(digest, now);
  }
  return since;
}

/**
 * The facts as they are, at a later moment. The limits of one run say nothing about later ones, and its roll-out is
 * taken to be over.
 */
export function judgedAt(context: JudgeContext, at: Instant): JudgeContext {
  const { cutoff: _, rollOut: __, policy, registry, ...rest } = context;
  const limits = { ...policy.limits, onBreach: 'refuse' as const };
  return { ...rest, policy: { ...policy, limits }, registry: { ...registry, takenAt: at } };
}

function difference(
  artifacts: readonly Artifact[],
  { now, later }: { readonly now: Fates; readonly later: readonly Verdict[] },
): Pick<LookAhead, 'deletions' | 'bytes' | 'rules'> {
  const rules = new Map<string, Sums>();
  let deletions = 0;
  let bytes = 0;
  for (const [position, verdict] of later.entries()) {
    if (verdict.fate !== 'delete' || now.verdicts[position]?.fate === 'delete') continue;
    if (verdict.reason.code === 'goes-with-parent') continue;
    const size = artifacts[position]?.size ?? 0;
    deletions += 1;
    bytes += size;
    const { rule } = verdict.reason;
    add(rules, rule, { deletions: 1, bytes: size });
  }
  return { deletions, bytes, rules: [...rules].map(([rule, sums]) => ({ rule, ...sums })) };
}

interface Sums {
  readonly deletions: number;
  readonly bytes: number;
}

function add(rules: Map<string, Sums>, rule: string, more: Sums): void {
  const known = rules.get(rule) ?? { deletions: 0, bytes: 0 };
  rules.set(rule, {
    deletions: known.deletions + more.deletions,
    bytes: known.bytes + more.bytes,
  });
}

/** Adds up the look-aheads of repositories; each repository may come once. */
export function mergeLookAheads(all: readonly LookAhead[]): readonly LookAhead[] {
  return horizons.map((days) => {
    const same = all.filter((one) => one.days === days);
    const rules = new Map<string, Sums>();
    let deletions = 0;
    let bytes = 0;
    for (const one of same) {
      deletions += one.deletions;
      bytes += one.bytes;
      for (const { rule, ...sums } of one.rules) add(rules, rule, sums);
    }
    return {
      days,
      deletions,
      bytes,
      rules: [...rules]
        .map(([rule, sums]) => ({ rule, ...sums }))
        .toSorted((one, other) => byText(one.rule, other.rule)),
      repositories: same
        .flatMap((one) => one.repositories)
        .toSorted((a, b) => b.deletions - a.deletions || byText(a.repository, b.repository))
        .slice(0, named),
    };
  });
}
