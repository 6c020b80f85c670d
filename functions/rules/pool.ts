import type { Instant, Known } from '../domain/instant.ts';
import type { PoolMember, Rule, TimedArtifact } from '../domain/policy.ts';
import type { Subject } from '../domain/subject.ts';
import type { SubjectSelection } from './select.ts';

/** An artifact that may be in pools: not held, no accessory, no child of an index that stays. */
export interface Candidate extends TimedArtifact {
  readonly subjects: readonly SubjectSelection[];
  readonly untaggedSince: Known<Instant>;
}

/**
 * pool(r): the candidates with at least one subject that the rule selects (docs/policy.md#the-definition). As a rule
 * is about tags or about untagged artifacts, the two are never in one pool.
 */
export function poolOf(rule: Rule, candidates: readonly Candidate[]): readonly PoolMember[] {
  const members: PoolMember[] = [];
  for (const candidate of candidates) {
    const selected = candidate.subjects.filter(({ rules }) => rules.includes(rule));
    if (selected.length === 0) continue;
    const { artifact, times, untaggedSince } = candidate;
    members.push({
      digest: artifact.digest,
      pushed: times.pushed,
      pulled: times.pulled,
      active: times.active,
      untaggedSince,
      selected: selected.map(({ subject }) => ({ subject, group: groupOf(rule, subject) })),
    });
  }
  return members;
}

// A selected tag that does not match forms the group of its own name; without groupBy there is one group.
function groupOf({ groupBy }: Rule, subject: Subject): string {
  if (groupBy === undefined || subject === null) return '';
  return groupBy.groupOf(subject) ?? subject;
}
