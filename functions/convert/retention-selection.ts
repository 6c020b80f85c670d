import { canMatch } from '../domain/pattern-language.ts';
import { compilePattern } from '../domain/pattern.ts';
import type { SelectionDraft } from './policy-draft.ts';
import type { RetentionRule, RetentionSelector } from './retention-rules.ts';

/** What a rule of Harbor's speaks about, without its project. */
export interface ReadSelection {
  readonly repositories: readonly string[];
  readonly excludedRepositories: readonly string[];
  /** Undefined: the rule takes no tagged artifact. */
  readonly tags:
    { readonly patterns: readonly string[]; readonly excluded: readonly string[] } | undefined;
  readonly isUntaggedToo: boolean;
}

export type SelectionResult =
  | { readonly selection: ReadSelection }
  /** Harbor lets the rule drop out, or it matches nothing there: it keeps nothing. */
  | { readonly dropsOut: string }
  | { readonly problem: string };

/**
 * Reads the selectors of a rule as Harbor does (docs/harbor.md#harbors-own-retention): an empty pattern matches
 * everything; untagged artifacts come along with `matches` unless `extras` says otherwise. Pure.
 */
export function readSelection({ tag_selectors, scope_selectors }: RetentionRule): SelectionResult {
  const [tag, ...moreTags] = tag_selectors ?? [];
  const scopes = scope_selectors?.['repository'] ?? [];
  if (tag === undefined)
    return {
      dropsOut: 'it has no tag selector, so Harbor lets it drop out: it keeps nothing there',
    };
  if (moreTags.length > 0)
    return { problem: 'it has several tag selectors, which must all hold for one artifact' };
  for (const { pattern } of [tag, ...scopes]) {
    const compiled = compileGlob(pattern);
    if (compiled !== undefined)
      return { problem: `its pattern ${JSON.stringify(pattern)} is not well formed: ${compiled}` };
  }
  const repositories = repositoriesOf(scopes);
  if ('problem' in repositories || 'dropsOut' in repositories) return repositories;
  return withTags(tag, repositories);
}

/** Why a pattern is none of Harbor's; undefined if it is. It is never an expression, even with slashes around it. */
function compileGlob(pattern: string): string | undefined {
  if (pattern === '') return undefined;
  if (pattern.startsWith('/')) return 'it begins with a slash, which no name does';
  const compiled = compilePattern(pattern);
  return compiled.ok ? undefined : compiled.because;
}

type Repositories = Pick<ReadSelection, 'repositories' | 'excludedRepositories'>;

function repositoriesOf(
  selectors: readonly RetentionSelector[],
): Repositories | Exclude<SelectionResult, { readonly selection: ReadSelection }> {
  const matching: string[] = [];
  const excluded: string[] = [];
  for (const { decoration, pattern } of selectors) {
    const text = orAll(pattern);
    if (decoration === 'repoMatches') matching.push(text);
    else if (decoration !== 'repoExcludes')
      return { problem: `its repository selector ${JSON.stringify(decoration)} is not known here` };
    else if (text === '**') return { dropsOut: 'it excludes every repository' };
    else if (canMatch(text, 'repository') !== false) excluded.push(text);
  }
  const [only = '**', ...others] = matching.filter((one) => one !== '**');
  if (others.length > 0)
    return { problem: 'it has several repository patterns, which must all match' };
  if (canMatch(only, 'repository') === false)
    return {
      dropsOut: `no repository can be called ${JSON.stringify(only)}, so it applies to none`,
    };
  return { repositories: [only], excludedRepositories: excluded };
}

function withTags(
  { decoration, pattern, extras }: RetentionSelector,
  where: Repositories,
): SelectionResult {
  const text = orAll(pattern);
  const isLegal = canMatch(text, 'tag') !== false;
  if (decoration === 'matches') {
    const isUntaggedToo = untaggedIn(extras) ?? true;
    const tags = isLegal ? { patterns: [text], excluded: [] } : undefined;
    if (tags === undefined && !isUntaggedToo)
      return { dropsOut: `no tag can be called ${JSON.stringify(text)}, so it keeps nothing` };
    return { selection: { ...where, tags, isUntaggedToo } };
  }
  if (decoration === 'excludes') {
    const isUntaggedToo = !(untaggedIn(extras) ?? false);
    const tags = text === '**' ? undefined : { patterns: ['**'], excluded: isLegal ? [text] : [] };
    if (tags === undefined && !isUntaggedToo)
      return { dropsOut: 'it excludes every tag, so it keeps nothing' };
    return { selection: { ...where, tags, isUntaggedToo } };
  }
  return { problem: `its tag selector ${JSON.stringify(decoration)} is not known here` };
}

const orAll = (pattern: string): string => (pattern === '' ? '**' : pattern);

/** The flag of `{"untagged":true}`; undefined where it is not said, or where Harbor can't read it as JSON. */
function untaggedIn(extras: string | null | undefined): boolean | undefined {
  const said = /^\s*\{\s*(?:"untagged"\s*:\s*(?<flag>true|false)\s*)?\}\s*$/.exec(extras ?? '');
  return said === null ? undefined : said.groups?.['flag'] === 'true';
}

/** The selections here of one rule of Harbor's: one on tags, and one on untagged artifacts. */
export function selectionsOf(
  { repositories, excludedRepositories, tags, isUntaggedToo }: ReadSelection,
  project: string,
): readonly SelectionDraft[] {
  const exclude = { repositories: excludedRepositories };
  const common = { projects: [project], repositories };
  return [
    ...(tags === undefined
      ? []
      : [{ ...common, tags: tags.patterns, exclude: { ...exclude, tags: tags.excluded } }]),
    ...(isUntaggedToo ? [{ ...common, exclude }] : []),
  ];
}
