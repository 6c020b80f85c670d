import { byText } from '../domain/artifact-order.ts';
import type { Artifact } from '../domain/artifact.ts';
import { defined } from '../domain/defined.ts';
import { assertNever } from '../domain/assert-never.ts';
import { graphOf, isUntaggedChild } from '../domain/graph.ts';
import { knownOf } from '../domain/instant.ts';
import type { ReasonTotals, RepositoryTotals, RuleTotals, Waiting } from '../domain/plan.ts';
import type { Rule } from '../domain/policy.ts';
import type { Reason } from '../domain/reason.ts';
import type { RepositoryHead } from '../domain/repository.ts';
import type { Case } from './prepare-repository.ts';
import type { Judgement } from './judge-subjects.ts';
import { withWaiting } from './waiting.ts';

interface Judged {
  readonly cases: readonly Case[];
  /** The rules whose patterns select the repository. */
  readonly rules: readonly Rule[];
  readonly judgements: readonly (Judgement | undefined)[];
}

/** Sums over one repository; untagged children are not counted apart from their index. */
export function repositoryTotals(
  head: RepositoryHead,
  { cases, rules, judgements }: Judged,
): RepositoryTotals {
  const sums = {
    artifacts: 0,
    bytes: 0,
    deletions: 0,
    deletionBytes: 0,
    tagRemovals: 0,
    deferred: 0,
    tags: 0,
  };
  let waiting: Waiting | undefined;
  for (const { role, artifact, position } of cases) {
    if (role === 'untagged-child') continue;
    sums.artifacts += 1;
    sums.bytes += artifact.size;
    sums.tags += tagsOf(artifact);
    const judgement = judgements[position];
    if (judgement?.fate === 'delete') {
      sums.deletions += 1;
      sums.deletionBytes += artifact.size;
    }
    if (judgement?.fate === 'untag') sums.tagRemovals += judgement.tags.length;
    if (judgement?.reason.code === 'next-time') sums.deferred += 1;
    waiting = withWaiting(waiting, judgement, artifact);
  }
  return {
    ...headTotals(head),
    ...sums,
    ...defined({ waiting }),
    ...(rules.some(goesByPushes) && wasPushedAtOnce(cases) ? { pushedAtOnce: true } : {}),
  };
}

const byPushes: ReadonlySet<string> = new Set(['mostRecentlyPushed', 'mostRecentlyActive']);

/**
 * Whether a rule counts in the order of pushes, by itself or within `all`. After a migration that order means
 * nothing.
 */
function goesByPushes({ keep }: Rule): boolean {
  return keep
    .flatMap((condition) => [condition, ...(condition.parts ?? [])])
    .some(({ key }) => byPushes.has(key));
}

const minute = 60_000;

// docs/messages.md#warnings: after a migration every artifact is as young as the migration.
function wasPushedAtOnce(cases: readonly Case[]): boolean {
  let count = 0;
  let first = Infinity;
  let last = -Infinity;
  for (const { role, times } of cases) {
    if (role !== 'judged' || times.pushed === 'unknown') continue;
    count += 1;
    first = Math.min(first, times.pushed);
    last = Math.max(last, times.pushed);
  }
  return count >= 10 && last - first <= minute;
}

function headTotals({ project, name, id, pullCount, createdAt, updatedAt }: RepositoryHead) {
  return { project, repository: name, repositoryId: id, pullCount, createdAt, updatedAt };
}

function tagsOf({ tags }: Artifact): number {
  return knownOf(tags).length;
}

/**
 * Sums of a repository that was not judged: what was seen of it. The same population as in one that was: Harbor counts
 * no untagged child, and neither do we.
 */
export function unjudgedTotals(
  head: RepositoryHead,
  all: readonly Artifact[],
  because: string,
): RepositoryTotals {
  const graph = graphOf(all);
  const seen = all.filter((artifact) => !isUntaggedChild(graph, artifact));
  let bytes = 0;
  let tags = 0;
  for (const artifact of seen) {
    bytes += artifact.size;
    tags += tagsOf(artifact);
  }
  const unread = head.artifactCount - seen.length;
  return {
    ...headTotals(head),
    unplannable: because,
    ...(unread > 0 ? { unread } : {}),
    tags,
    artifacts: seen.length,
    bytes,
    deletions: 0,
    deletionBytes: 0,
    tagRemovals: 0,
    deferred: 0,
  };
}

type Tally = { -readonly [K in keyof RuleTotals]: RuleTotals[K] };

/** What each rule did in one repository; rules that select nothing there are left out. */
export function ruleTotals({ cases, judgements }: Judged): readonly RuleTotals[] {
  const tallies = new Map<string, Tally>();
  const tally = (rule: string): Tally => {
    const known = tallies.get(rule);
    if (known !== undefined) return known;
    const fresh = { rule, selected: 0, kept: 0, deletions: 0, deletionBytes: 0, tagRemovals: 0 };
    tallies.set(rule, fresh);
    return fresh;
  };
  for (const one of cases) {
    if (one.role === 'untagged-child') continue;
    const judgement = judgements[one.position];
    for (const rule of selecting(one)) {
      const own = tally(rule);
      own.selected += 1;
      if (judgement?.fate !== 'delete') own.kept += 1;
    }
    if (judgement?.reason.code === 'rollout-waits') {
      const held = tally(judgement.reason.rule);
      const waiting = withWaiting(held.waiting, judgement, one.artifact);
      if (waiting !== undefined) held.waiting = waiting;
    }
    if (judgement === undefined || judgement.fate === 'keep') continue;
    const primary = tally(judgement.reason.rule);
    if (judgement.fate === 'untag') primary.tagRemovals += judgement.tags.length;
    else {
      primary.deletions += 1;
      primary.deletionBytes += one.artifact.size;
    }
  }
  return [...tallies.values()].toSorted((one, other) => byText(one.rule, other.rule));
}

function selecting({ selection }: Case): ReadonlySet<string> {
  const rules = new Set<string>();
  if (selection.kind === 'unknown') return rules;
  for (const subject of selection.subjects) for (const { name } of subject.rules) rules.add(name);
  return rules;
}

/** How many artifacts each reason decided, in one repository. */
export function reasonTotals(judged: Judged): readonly ReasonTotals[] {
  return mergeReasons(eachReason(judged));
}

function* eachReason({ cases, judgements }: Judged): Iterable<ReasonTotals> {
  for (const { role, position, artifact } of cases) {
    const reason = judgements[position]?.reason;
    if (role === 'untagged-child' || reason === undefined) continue;
    yield { code: reason.code, ...decider(reason), artifacts: 1, bytes: artifact.size };
  }
}

/** Adds up what has the same code and decider. */
export function mergeReasons(all: Iterable<ReasonTotals>): readonly ReasonTotals[] {
  const merged = new Map<string, { -readonly [K in keyof ReasonTotals]: ReasonTotals[K] }>();
  for (const one of all) {
    const key = reasonKey(one);
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { ...one });
    else {
      known.artifacts += one.artifacts;
      known.bytes += one.bytes;
    }
  }
  return [...merged.values()].toSorted((one, other) => byText(reasonKey(one), reasonKey(other)));
}

function reasonKey({ code, by = '' }: ReasonTotals): string {
  return `${code}\n${by}`;
}

/** The protection, rule or condition that a reason names, where it names one. */
function decider(reason: Reason): { readonly by?: string } {
  switch (reason.code) {
    case 'held':
    case 'child-held':
      return { by: reason.by };
    case 'fact-unknown':
      return { by: reason.fact };
    case 'kept-by-rule':
    case 'pull-signal-lost':
      return { by: `${reason.rule}: ${reason.condition}` };
    case 'not-a-version':
    case 'next-time':
    case 'rollout-waits':
    case 'condemned':
    case 'follows-subject':
    case 'goes-with-parent':
      return { by: reason.rule };
    case 'other-tag-kept':
    case 'not-selected':
    case 'parent-kept':
    case 'subject-kept':
    case 'keep-at-least':
    case 'unplannable':
      return {};
    default:
      return assertNever(reason);
  }
}
