import type { CrossContext } from '../cross-checks.ts';
import { keepsAtLeast } from './compare-keep.ts';
import {
  type Answer,
  bySample,
  every,
  isWithin,
  isYes,
  type LintFinding,
  type LintedRule,
  lintedRules,
} from './lint.ts';

/**
 * A rule that a wider one makes useless: whatever it selects the wider one selects as well and keeps at least as long, so
 * that the rule never deletes anything that would stay otherwise. It was mostly meant to give a shorter term.
 */
export function withoutEffect(context: CrossContext): readonly LintFinding[] {
  const rules = lintedRules(context);
  return rules.flatMap((rule) => {
    const found = rules
      .filter((other) => other !== rule)
      .map((wider) => ({ wider, answer: isUselessBeside(rule, wider, rules) }))
      .find(({ answer }) => isYes(answer));
    if (found === undefined) return [];
    const { wider, answer } = found;
    return [
      {
        path: ['rules', rule.index],
        message: `rule ${rule.name} has no effect: rule ${wider.name} selects all that it selects, and keeps it at least as long${bySample(answer)}`,
        allowed: `insteadOf: [${wider.name}] if this rule is to give a shorter term; or leave it out`,
      },
    ];
  });
}

function isUselessBeside(rule: LintedRule, wider: LintedRule, all: readonly LintedRule[]): Answer {
  // What stands instead of the wider rule takes subjects from it, so that it may not select them.
  if (all.some(({ insteadOf }) => insteadOf.includes(wider.name))) return false;
  // A rule that stands instead of others does something by being there.
  if (rule.insteadOf.length > 0) return false;
  // What does not show a fact that it asks for stays, and stays only while the rule is there.
  if (rule.asksForFacts) return false;
  // Orphaned signatures go only if a rule names them.
  if (rule.namesAccessories) return false;
  if (rule.untag !== wider.untag) return false;
  const selects = selectsAllOf(wider, rule);
  if (!isYes(selects)) return false;
  // What stands instead of this rule takes subjects from it: it may count fewer artifacts than the wider one.
  const isReplaced = all.some(({ insteadOf }) => insteadOf.includes(rule.name));
  const isSame = !isReplaced && !rule.isNarrowed && isYes(selectsAllOf(rule, wider));
  // Of two equal rules only the later one is named.
  if (isSame && keepsAtLeast(rule.keep, wider.keep, true) && rule.index < wider.index) return false;
  return keepsAtLeast(wider.keep, rule.keep, isSame) ? selects : false;
}

/** Whether one rule surely selects everything that the other selects. */
function selectsAllOf(wider: LintedRule, rule: LintedRule): Answer {
  if (wider.isNarrowed) return false;
  if ((wider.tags === undefined) !== (rule.tags === undefined)) return false;
  return every([
    isWithin(rule.projects, wider.projects, 'project'),
    isWithin(rule.repositories, wider.repositories, 'repository'),
    rule.tags === undefined || wider.tags === undefined || isWithin(rule.tags, wider.tags, 'tag'),
  ]);
}
