import { compileDoublestar } from '../../domain/doublestar.ts';
import type { RepositoryHold } from '../../domain/policy.ts';
import type { ImmutableRule } from '../../domain/registry.ts';
import { alwaysOnProtection } from '../protection.ts';

/**
 * Holds artifacts with a tag under one of Harbor's immutability rules (docs/harbor.md#immutability-rules). We
 * evaluate them ourselves: Harbor fails open, and a rule with a bad pattern switches off those made after it;
 * so a rule that cannot be read or understood holds the whole project.
 */
export const immutableTags = alwaysOnProtection('immutableTags', ({ project, repository }) => {
  const rules = project?.immutableRules ?? 'unknown';
  if (rules === 'unknown') {
    const because = 'the immutability rules of the project could not be read (immutable-tag:list)';
    return { all: { because, unknown: 'immutability rules' } };
  }
  const compiled: CompiledRule[] = [];
  for (const rule of rules) {
    if (rule.disabled) continue;
    const one = compile(rule);
    if (one === undefined) {
      const because = `immutability rule ${rule.id} of the project has a pattern that is badly formed, or takes too long to evaluate`;
      return { all: { because, unknown: 'immutability rules' } };
    }
    if (one.inRepository(repository)) compiled.push(one);
  }
  return compiled.length === 0 ? undefined : whereImmutable(compiled);
});

function whereImmutable(rules: readonly CompiledRule[]): RepositoryHold {
  return {
    each: ({ artifact }) => {
      if (artifact.tags === 'unknown') {
        return { because: 'its tags could not be read', unknown: 'tags' };
      }
      for (const { name } of artifact.tags) {
        const by = rules.find(({ hasTag }) => hasTag(name));
        if (by !== undefined) {
          return { because: `its tag ${name} is immutable by rule ${by.id} of the project` };
        }
      }
      return undefined;
    },
  };
}

interface CompiledRule {
  readonly id: ImmutableRule['id'];
  readonly hasTag: (tag: string) => boolean;
  readonly inRepository: (repository: string) => boolean;
}

function compile(rule: ImmutableRule): CompiledRule | undefined {
  const tag = matcher(rule.tagPattern);
  const repository = matcher(rule.repositoryPattern);
  if (tag === undefined || repository === undefined) return undefined;
  return {
    id: rule.id,
    hasTag: (name) => tag(name) === (rule.tagDecoration === 'matches'),
    inRepository: (name) => repository(name) === (rule.repositoryDecoration === 'repoMatches'),
  };
}

// Whoever may write these rules must not keep us busy: with this number of stars and braces a name takes microseconds.
const mostWildcards = 20;

function matcher(pattern: string): ((name: string) => boolean) | undefined {
  // Harbor treats the empty pattern as matching all (docs/harbor.md#selectors).
  if (pattern === '') return () => true;
  if ((pattern.match(/[*{]/g) ?? []).length > mostWildcards) return undefined;
  const compiled = compileDoublestar(pattern);
  return compiled.ok ? compiled.matches : undefined;
}
