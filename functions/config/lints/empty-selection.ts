import type { NameKind } from '../../domain/legal-names.ts';
import {
  bySample,
  isEmpty,
  isYes,
  type LintFinding,
  type LintedRule,
  lintedRules,
  type Names,
} from './lint.ts';
import type { CrossContext } from '../cross-checks.ts';

/** A rule whose own excludes leave nothing of what it selects: it can never delete anything. */
export function emptySelection(context: CrossContext): readonly LintFinding[] {
  return lintedRules(context).flatMap(findingsIn);
}

function findingsIn({ index, projects, repositories, tags }: LintedRule): readonly LintFinding[] {
  const parts: readonly (readonly [string, Names | undefined, NameKind])[] = [
    ['projects', projects, 'project'],
    ['repositories', repositories, 'repository'],
    ['tags', tags, 'tag'],
  ];
  return parts.flatMap(([key, names, kind]) => {
    if (names === undefined || names.none.length === 0) return [];
    const answer = isEmpty(names, kind);
    if (!isYes(answer)) return [];
    return [
      {
        path: ['rules', index, 'select', 'exclude', key],
        message: `leaves nothing: it takes out every name that select.${key} takes, so that this rule never deletes anything${bySample(answer)}`,
        atKey: true,
      },
    ];
  });
}
