import type { Digest } from '../domain/artifact.ts';
import type { BoundCondition, Finding, Moment, PoolMember, Rule } from '../domain/policy.ts';
import { together } from './all-of.ts';

/** What one rule says of one artifact of its pool. */
export interface RuleAnswer {
  readonly keeps: boolean;
  readonly findings: readonly { readonly condition: string; readonly finding: Finding }[];
}

/** Asks all conditions of a rule about its pool: ages first, then counts, some of them about what remains. */
export function evaluateRule(
  rule: Rule,
  members: readonly PoolMember[],
  moment: Moment,
): ReadonlyMap<Digest, RuleAnswer> {
  // By position, not by member: a repository may have a hundred thousand.
  const said = members.map((): Said[] => []);
  const note = ({ key }: BoundCondition, findings: Findings): void => {
    for (const [position, finding] of findings.entries()) {
      if (finding !== undefined) said[position]?.push({ condition: key, finding });
    }
  };
  const asked = { members, moment, remaining: noPositions };
  for (const condition of rule.keep) {
    if (condition.kind === 'age') note(condition, findingsOf(condition, asked));
  }
  const counts = rule.keep.filter(({ kind }) => kind === 'count');
  const remaining = counts.some(countsRemaining) ? positionsWithout(said, keeps) : noPositions;
  for (const condition of counts) note(condition, findingsOf(condition, { ...asked, remaining }));
  const answers = new Map<Digest, RuleAnswer>();
  for (const [position, member] of members.entries()) {
    const findings = said[position] ?? [];
    answers.set(member.digest, { keeps: findings.some(keeps), findings });
  }
  return answers;
}

interface Asked {
  readonly members: readonly PoolMember[];
  readonly moment: Moment;
  /** Positions of members that no age of the rule keeps. */
  readonly remaining: readonly number[];
}

/** By position; undefined: not asked. */
type Findings = readonly (Finding | undefined)[];

const noPositions: readonly number[] = [];

function findingsOf(condition: BoundCondition, asked: Asked): Findings {
  const { members, moment, remaining } = asked;
  if (condition.parts !== undefined) return togetherOf(condition.parts, asked);
  if (condition.counts === 'all') return condition.judge(members, moment);
  const about = remaining.flatMap((position) => members[position] ?? []);
  const findings: (Finding | undefined)[] = members.map(() => undefined);
  for (const [index, finding] of condition.judge(about, moment).entries()) {
    const position = remaining[index];
    if (position !== undefined) findings[position] = finding;
  }
  return findings;
}

/** A part is not asked about a member that an age keeps already. The whole then says nothing about it. */
function togetherOf(parts: readonly BoundCondition[], asked: Asked): Findings {
  const all = parts.map((part) => ({ key: part.key, findings: findingsOf(part, asked) }));
  return asked.members.map((_, position) => {
    const here = all.flatMap(({ key, findings }) => {
      const finding = findings[position];
      return finding === undefined ? [] : [{ key, finding }];
    });
    return here.length === parts.length ? together(here) : undefined;
  });
}

function countsRemaining({ counts, parts = [] }: BoundCondition): boolean {
  return counts === 'remaining' || parts.some(countsRemaining);
}

function positionsWithout(
  said: readonly (readonly Said[])[],
  fits: (one: Said) => boolean,
): readonly number[] {
  return said.flatMap((own, position) => (own.some(fits) ? [] : [position]));
}

interface Said {
  readonly condition: string;
  readonly finding: Finding;
}

function keeps({ finding }: Said): boolean {
  return finding.says !== 'lets-go' && finding.says !== 'not-governed';
}
