import type { BoundCondition, Finding, Rule } from '../domain/policy.ts';
import { familyIn } from '../domain/graph.ts';
import type { Case, Docket } from './prepare-repository.ts';
import type { Answers } from './judge-subjects.ts';

/**
 * Artifacts that hold a place in a count, and with which something would go that was not read. Held artifacts use up no
 * place (docs/policy.md#counts), and one of these may be held for what was not read.
 */
export function unreadPlaces(
  inPools: readonly Case[],
  answers: Answers,
  { graph, rules }: Docket,
): readonly Case[] {
  const counting = rules.filter(({ keep }) => keep.some(counts));
  return inPools.filter(
    ({ artifact }) =>
      counting.some((rule) => holdsPlace(artifact.digest, rule, answers)) &&
      familyIn(graph, artifact, 'deleted').some((member) => member.artifact === undefined),
  );
}

function counts({ kind }: BoundCondition): boolean {
  return kind === 'count';
}

function holdsPlace(digest: string, rule: Rule, answers: Answers): boolean {
  const keys = new Set(rule.keep.filter(counts).map(({ key }) => key));
  const { findings = [] } = answers.get(rule)?.get(digest) ?? {};
  return findings.some(({ condition, finding }) => keys.has(condition) && mayHoldPlace(finding));
}

/** Where several conditions must be true together, one may fail by age, and a place is held all the same. */
function mayHoldPlace(finding: Finding): boolean {
  if (finding.says === 'keeps') return true;
  if (finding.says !== 'lets-go') return false;
  const { margin } = finding;
  return margin.kind !== 'rank' || margin.rank <= margin.of;
}
