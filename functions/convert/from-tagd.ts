import * as z from 'zod';
import { canMatch } from '../domain/pattern-language.ts';
import { compilePattern } from '../domain/pattern.ts';
import type { PolicyDraft, RuleDraft } from './policy-draft.ts';

const names = z.array(z.string()).nullish();

const tagdRule = z.object({
  project: z.string().default('.*'),
  repo: z.string().default('.*'),
  tag: z.string().default('.*'),
  ignore: names,
  keep: z.int().min(0),
});

/** The configuration of Harbor.Tagd. */
export const tagdConfiguration = z.object({
  ignoreGlobally: z.object({ projects: names, repos: names, tags: names }).nullish(),
  defaultRule: tagdRule,
  rules: z.array(tagdRule).nullish(),
});

type TagdConfiguration = z.output<typeof tagdConfiguration>;
type TagdRule = z.output<typeof tagdRule>;

const differences = [
  'Harbor.Tagd ranks tags by the time at which the image was built; here images rank by their push, and several tags of one image take one place.',
  'Its rules take tags one after the other; here each rule stands instead of those after it (`insteadOf`), which comes to the same, whatever their order.',
  'It never deletes untagged artifacts, and neither does this policy.',
  'Never deleted here, whatever the rules say: what is younger than a day, what has the label keep, what is immutable, and the last image of a repository.',
];

/**
 * The rules of Harbor.Tagd as a policy (docs/moving-in.md#convert), or why they can't be one: rules take from each other, so
 * that nothing can be left out. Pure.
 */
export function policyFromTagd(
  configuration: TagdConfiguration,
  from: string,
): { readonly draft: PolicyDraft } | { readonly problems: readonly string[] } {
  const { ignoreGlobally, defaultRule } = configuration;
  const rules = configuration.rules ?? [];
  // The default rule takes what is left in every repository: Harbor.Tagd uses nothing but its tag pattern.
  const all = [...rules, { ...defaultRule, project: '.*', repo: '.*' }];
  const problems = all.flatMap((rule, index) => problemsOf(rule, nameOf(index, rules.length)));
  if (problems.length > 0) return { problems };
  const ignored = [...new Set(all.flatMap(({ ignore }) => ignore ?? []))];
  return {
    draft: {
      from,
      differences,
      notCarriedOver: ignored.length === 0 ? [] : ignoredEverywhere(rules),
      rules: all.map((rule, index) =>
        ruleOf(rule, { index, all, ignored, projects: ignoreGlobally?.projects ?? [] }),
      ),
      protect: {
        tags: ['latest', ...(ignoreGlobally?.tags ?? [])].filter(isFirst),
        repositories: ignoreGlobally?.repos ?? [],
      },
    },
  };
}

const isFirst = (text: string, at: number, all: readonly string[]): boolean =>
  all.indexOf(text) === at;

function ignoredEverywhere(rules: readonly TagdRule[]): readonly string[] {
  return rules.length === 0
    ? []
    : [
        'A tag that one rule ignores is ignored by all rules here. In Harbor.Tagd only in the repositories of that rule.',
      ];
}

const nameOf = (index: number, last: number): string =>
  index === last ? 'default' : `tagd-${index + 1}`;

function ruleOf(
  { project, repo, tag, keep }: TagdRule,
  {
    index,
    all,
    ignored,
    projects,
  }: {
    readonly index: number;
    readonly all: readonly TagdRule[];
    readonly ignored: readonly string[];
    readonly projects: readonly string[];
  },
): RuleDraft {
  const last = all.length - 1;
  return {
    name: nameOf(index, last),
    comments: repo === '.*' ? [] : [`In Harbor.Tagd: repo ${JSON.stringify(repo)}.`],
    select: {
      projects: [pattern(project)],
      repositories: [pattern(repo)],
      tags: [pattern(tag)],
      exclude: { projects, tags: ignored },
    },
    keep: keep === 0 ? 'none' : { condition: 'mostRecentlyPushed', count: keep },
    insteadOf: all.slice(index + 1).map((_, next) => nameOf(index + 1 + next, last)),
  };
}

/** A .NET expression matches anywhere in a name; a pattern here matches the whole name. */
function pattern(expression: string): string {
  if (expression === '.*' || expression === '^.*$') return '**';
  const start = expression.startsWith('^') ? '' : '.*';
  const end = /(?<!\\)(?:\\\\)*\$$/.test(expression) ? '' : '.*';
  const inner = expression.replace(/^\^/, '').replace(end === '' ? /\$$/ : /$^/, '');
  return `/${start}(?:${inner})${end}/`;
}

/** Whether an expression for `project/repository` can only speak about the end of the repository's name, or of all. */
const isOnRepository = (expression: string): boolean =>
  pattern(expression) === '**' || (/^[^^/|]*\$$/.test(expression) && !expression.endsWith('\\$'));

function problemsOf(rule: TagdRule, name: string): readonly string[] {
  const kinds = { project: 'project', repo: 'repository', tag: 'tag' } as const;
  return Object.entries(kinds).flatMap(([key, kind]): readonly string[] => {
    const expression = rule[key as keyof typeof kinds];
    if (kind === 'repository' && !isOnRepository(expression))
      return [
        `${name}: repo ${JSON.stringify(expression)} is matched against project/repository by Harbor.Tagd, and here the two stand apart. Write what it says of the project under project, and end repo with $.`,
      ];
    const compiled = compilePattern(pattern(expression));
    if (!compiled.ok)
      return [
        `${name}: ${key} ${JSON.stringify(expression)} can't be read here: ${compiled.because}.`,
      ];
    if (canMatch(pattern(expression), kind) === false)
      return [`${name}: ${key} ${JSON.stringify(expression)} matches no ${kind}.`];
    return [];
  });
}
