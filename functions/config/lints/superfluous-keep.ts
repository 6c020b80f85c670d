import type { CrossContext } from '../cross-checks.ts';
import { isAsLong, keepsAtLeast } from './compare-keep.ts';
import { type LintFinding, type LintedRule, lintedRules } from './lint.ts';

/** A condition that another of the same rule makes superfluous: whatever it keeps, the other keeps as well. */
export function superfluousKeep(context: CrossContext): readonly LintFinding[] {
  return lintedRules(context).flatMap(findingsIn);
}

function findingsIn({ index, keep }: LintedRule): readonly LintFinding[] {
  if (keep === 'none') return [];
  const { all, ...others } = keep;
  const findings: LintFinding[] = [];
  if (isAsLong(others['pulledWithin'], others['pushedWithin']))
    findings.push({
      path: ['rules', index, 'keep', 'pushedWithin'],
      message:
        'keeps nothing more: pulledWithin is at least as long, and counts a push like a pull',
      atKey: true,
    });
  if (isPartOf(all, others))
    findings.push({
      path: ['rules', index, 'keep', 'all'],
      message:
        'keeps nothing more: one of its conditions also stands beside it, where it keeps by itself',
      atKey: true,
    });
  return findings;
}

/**
 * Whether one of the conditions that must hold together keeps by itself as well. `highestVersions` among them makes it a
 * rule on such versions only: unless the same stands beside it, the rule would speak of more tags without `all`.
 */
function isPartOf(all: unknown, others: Readonly<Record<string, unknown>>): boolean {
  if (typeof all !== 'object' || all === null) return false;
  const { groupBy } = others;
  const standsBeside = ([key, value]: readonly [string, unknown]): boolean =>
    keepsAtLeast(others, { [key]: value, ...(groupBy === undefined ? {} : { groupBy }) }, true);
  const parts = Object.entries(all);
  const onVersions = parts.filter(([key]) => key === 'highestVersions');
  return onVersions.every(standsBeside) && parts.some(standsBeside);
}
