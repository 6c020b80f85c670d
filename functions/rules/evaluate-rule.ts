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
  const findings = new Map(members.map((member) => [member, [] as Said[]]));
  const ask = (condition: BoundCondition, about: readonly PoolMember[]): void => {
    for (const [index, finding] of condition.judge(about, moment).entries()) {
      const member = about[index];
      if (member !== undefined) findings.get(member)?.push({ condition: condition.key, finding });
    }
  };
  for (const condition of rule.keep) if (condition.kind === 'age') ask(condition, members);
  const remaining = members.filter((member) => !(findings.get(member) ?? []).some(keeps));
  for (const condition of rule.keep) {
    if (condition.kind === 'count')
      ask(condition, condition.counts === 'all' ? members : remaining);
  }
  const answers = new Map<Digest, RuleAnswer>();
  for (const [member, said] of findings) {
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
