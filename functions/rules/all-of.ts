import type { BoundCondition, ConditionNeed, Finding } from '../domain/policy.ts';
import type { MarginPart } from '../domain/reason.ts';

/** The key under `keep` below which conditions stand that must hold together. */
export const allKey = 'all';

/**
 * Conditions that keep only together (docs/policy.md#a-rule, `all`); beside them any other condition of the rule
 * still keeps.
 */
export function allOf(parts: readonly BoundCondition[]): BoundCondition {
  const needs: readonly ConditionNeed[] = [...new Set(parts.flatMap((part) => part.needs))];
  const isGoverning = parts.some(({ doesNotGovern }) => doesNotGovern !== undefined);
  return {
    key: allKey,
    kind: parts.every(({ kind }) => kind === 'age') ? 'age' : 'count',
    counts: 'all',
    needs,
    parts,
    judge: (members, moment) => {
      const findings = parts.map((part) => part.judge(members, moment));
      return members.map((_, position) =>
        together(
          parts.map(({ key }, index) => ({ key, finding: findings[index]?.[position] ?? unasked })),
        ),
      );
    },
    ...(isGoverning && {
      doesNotGovern: (tag) => parts.flatMap((part) => part.doesNotGovern?.(tag) ?? [])[0],
    }),
  };
}

const unasked: Finding = { says: 'not-governed' };

/** One finding from those of all parts: one that surely fails decides; of the rest one that is not known keeps. */
export function together(
  parts: readonly { readonly key: string; readonly finding: Finding }[],
): Finding {
  const margins = parts.flatMap(({ key, finding }): MarginPart[] =>
    'margin' in finding && finding.margin.kind !== 'all'
      ? [{ condition: key, holds: finding.says === 'keeps', margin: finding.margin }]
      : [],
  );
  const margin = { kind: 'all', parts: margins } as const;
  if (margins.some(({ holds }) => !holds)) return { says: 'lets-go', margin };
  const says = (what: Finding['says']): Finding | undefined =>
    parts.find(({ finding }) => finding.says === what)?.finding;
  return (
    says('not-governed') ?? says('unknown') ?? says('signal-lost') ?? { says: 'keeps', margin }
  );
}
