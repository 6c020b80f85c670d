import type { CrossContext } from '../cross-checks.ts';
import {
  type Answer,
  isDisjoint,
  isYes,
  type LintFinding,
  type LintedRule,
  lintedRules,
} from './lint.ts';

/** An `insteadOf` that names a rule which selects nothing that this one selects. */
export function disjointReplacement(context: CrossContext): readonly LintFinding[] {
  const rules = lintedRules(context);
  return rules.flatMap((rule) =>
    rule.insteadOf.flatMap((name, position) => {
      const other = rules.find((one) => one.name === name);
      const where = other === undefined ? undefined : whereApart(rule, other);
      if (where === undefined) return [];
      return [
        {
          path: ['rules', rule.index, 'insteadOf', position],
          message: `has no effect: no ${where} is selected by both this rule and ${name}`,
        },
      ];
    }),
  );
}

/** The kind of names that two rules surely never both select; undefined if they may. */
function whereApart(one: LintedRule, other: LintedRule): string | undefined {
  if ((one.tags === undefined) !== (other.tags === undefined)) return 'artifact';
  const answers: readonly (readonly [string, Answer])[] = [
    ['project', isDisjoint(one.projects, other.projects, 'project')],
    ['repository', isDisjoint(one.repositories, other.repositories, 'repository')],
    [
      'tag',
      one.tags !== undefined && other.tags !== undefined && isDisjoint(one.tags, other.tags, 'tag'),
    ],
  ];
  return answers.find(([, answer]) => isYes(answer))?.[0];
}
