import type { Digest } from '../domain/artifact.ts';
import type { BoundCondition, Finding, Moment, PoolMember, Rule } from '../domain/policy.ts';

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
  const findings = members.map((): Said[] => []);
  const everyone = members.map((_, position) => position);
  const ask = (condition: BoundCondition, about: readonly number[]): void => {
    const asked =
      about === everyone ? members : members.filter((_, position) => remaining.has(position));
    for (const [index, finding] of condition.judge(asked, moment).entries()) {
      findings[about[index] ?? -1]?.push({ condition: condition.key, finding });
    }
  };
  let remaining: ReadonlySet<number> = new Set();
  for (const condition of rule.keep) if (condition.kind === 'age') ask(condition, everyone);
  const counts = rule.keep.filter(({ kind }) => kind === 'count');
  if (counts.some((condition) => condition.counts === 'remaining')) {
    remaining = new Set(everyone.filter((position) => !(findings[position] ?? []).some(keeps)));
  }
  const rest = [...remaining];
  for (const condition of counts) ask(condition, condition.counts === 'all' ? everyone : rest);
  const answers = new Map<Digest, RuleAnswer>();
  for (const [position, member] of members.entries()) {
    const said = findings[position] ?? [];
    answers.set(member.digest, { keeps: said.some(keeps), findings: said });
  }
  return answers;
}

interface Said {
  readonly condition: string;
  readonly finding: Finding;
}

function keeps({ finding }: Said): boolean {
  return finding.says !== 'lets-go' && finding.says !== 'not-governed';
}
