import { matchDoublestar } from './doublestar.ts';
import type { Selector } from './rows.ts';

/** What a selector is asked about: the repository without its project, and tag names. */
export interface Candidate {
  readonly namespace: string;
  readonly repository: string;
  readonly tags: readonly string[];
}

/** Thrown where Harbor's matching ends in an error; what that means depends on who asked. */
export class SelectorError extends Error {}

function matches(pattern: string, text: string): boolean {
  if (pattern === '') return true;
  const matched = matchDoublestar(pattern, text);
  if (matched === 'bad pattern') throw new SelectorError(`syntax error in pattern`);
  return matched;
}

function untaggedByExtras(extras: string | undefined, fallback: boolean): boolean {
  if (extras === undefined || extras === '') return fallback;
  try {
    const parsed: unknown = JSON.parse(extras);
    if (typeof parsed !== 'object' || parsed === null) return fallback;
    return (parsed as Record<string, unknown>)['untagged'] === true;
  } catch {
    return fallback;
  }
}

/** Does the selector choose the candidate (docs/harbor.md#selectors)? @throws SelectorError */
export function selects(selector: Selector, candidate: Candidate): boolean {
  const { pattern } = selector;
  switch (selector.decoration) {
    case 'matches':
      if (candidate.tags.length === 0) return untaggedByExtras(selector.extras, true);
      return candidate.tags.some((tag) => matches(pattern, tag));
    case 'excludes':
      if (candidate.tags.length === 0) return !untaggedByExtras(selector.extras, false);
      return candidate.tags.some((tag) => !matches(pattern, tag));
    case 'repoMatches':
      return matches(pattern, candidate.repository);
    case 'repoExcludes':
      return !matches(pattern, candidate.repository);
    case 'nsMatches':
      return matches(pattern, candidate.namespace);
    case 'nsExcludes':
      return !matches(pattern, candidate.namespace);
    default:
      throw new SelectorError(`unknown decoration ${selector.decoration}`);
  }
}
