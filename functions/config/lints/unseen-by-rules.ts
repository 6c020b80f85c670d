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
 * What nothing could ever delete: of a canary that no rule selects only its being there is checked, and a protected
 * repository that no rule selects needs no protection. Mostly a name was misspelt, or the rules changed since. Where the
 * policy ranks repositories, a list that a person approved may name any of them, so that nothing is said.
 */
export function unseenByRules(context: CrossContext): readonly LintFinding[] {
  const rules = lintedRules(context);
  const repositories = sectionAt(context.document, 'repositories');
  if (rules.length === 0 || 'ranking' in repositories) return [];
  const canaries = unseenCanaries(context, rules);
  // Empty repositories go whether or not a rule selects them, but for the protected ones; a canary is in none of them.
  return 'removeEmpty' in repositories
    ? canaries
    : [...canaries, ...unseenRepositories(context, rules)];
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
        message: `is checked only for being there: no rule selects the repository ${project}/${repository}, so that none can delete it`,
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
  document: CrossContext['document'],
  ...[key, inner]: readonly [string, string]
): readonly string[] {
  const list = sectionAt(document, key)[inner];
  return Array.isArray(list) ? list.map(String) : [];
}

function sectionAt(
  document: CrossContext['document'],
  key: string,
): Readonly<Record<string, unknown>> {
  const section = document[key];
  return typeof section === 'object' && section !== null
    ? (section as Readonly<Record<string, unknown>>)
    : {};
}
