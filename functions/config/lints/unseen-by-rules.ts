import { compilePattern } from '../../domain/pattern.ts';
import type { CrossContext } from '../cross-checks.ts';
import {
  expressionOf,
  isDisjoint,
  isYes,
  type LintFinding,
  type LintedRule,
  lintedRules,
  type Names,
} from './lint.ts';

/**
 * What no rule could ever delete: a canary that no rule selects can't warn of anything, and a protected repository that no
 * rule selects needs no protection. Mostly a name was misspelt, or the rules changed since.
 */
export function unseenByRules(context: CrossContext): readonly LintFinding[] {
  const rules = lintedRules(context);
  if (rules.length === 0) return [];
  return [...unseenCanaries(context, rules), ...unseenRepositories(context, rules)];
}

function unseenCanaries(
  { document }: CrossContext,
  rules: readonly LintedRule[],
): readonly LintFinding[] {
  return listAt(document, 'canaries', 'mustStay').flatMap((canary, position) => {
    const [, project = '', repository = '', tag = ''] =
      /^([^/]+)\/([^:@]+):(.+)$/.exec(canary) ?? [];
    if (tag === '' || rules.some((rule) => mayTake(rule, project, repository))) return [];
    return [
      {
        path: ['canaries', 'mustStay', position],
        message: `can warn of nothing: no rule selects the repository ${project}/${repository}`,
      },
    ];
  });
}

/** Whether a rule selects anything in a repository. Other tags of the same image may be selected, so tags don't count. */
function mayTake(rule: LintedRule, project: string, repository: string): boolean {
  return isIn(rule.projects, project) && isIn(rule.repositories, repository);
}

function isIn({ any, none }: Names, name: string): boolean {
  const matches = (pattern: string): boolean => {
    const compiled = compilePattern(pattern);
    return !compiled.ok || compiled.pattern.matches(name);
  };
  return any.some(matches) && !none.some(matches);
}

function unseenRepositories(
  { document }: CrossContext,
  rules: readonly LintedRule[],
): readonly LintFinding[] {
  return listAt(document, 'protect', 'repositories').flatMap((pattern, position) => {
    const named = { any: [pattern], none: [] };
    const isSeen = rules.some(
      (rule) => !isYes(isDisjoint(named, { any: fullNames(rule), none: [] }, 'repository')),
    );
    if (isSeen) return [];
    return [
      {
        path: ['protect', 'repositories', position],
        message: 'protects nothing: no rule selects a repository with such a name',
        allowed: 'a pattern for project/repository, such as "team/base/**"',
      },
    ];
  });
}

/** Patterns for `project/repository`, from those for each part. */
function fullNames({ projects, repositories }: LintedRule): readonly string[] {
  return projects.any.flatMap((project) =>
    repositories.any.map(
      (repository) => `/(?:${expressionOf(project)})\\/(?:${expressionOf(repository)})/`,
    ),
  );
}

function listAt(
  document: Readonly<Record<string, unknown>>,
  ...[key, inner]: readonly [string, string]
): readonly string[] {
  const section = document[key];
  if (typeof section !== 'object' || section === null) return [];
  const list = (section as Readonly<Record<string, unknown>>)[inner];
  return Array.isArray(list) ? list.map(String) : [];
}
