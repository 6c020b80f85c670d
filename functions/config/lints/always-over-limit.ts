import { counted, inBytes } from '../../domain/format-numbers.ts';
import { asNumber } from '../../domain/limits.ts';
import { type LimitKey, limitRails } from '../../domain/limits-needed.ts';
import type { PastPlan, PastPlans } from '../../domain/past-plans.ts';
import type { CrossContext } from '../cross-checks.ts';
import type { LintFinding } from './lint.ts';

/**
 * A limit that refuses every plan of the last nights: a run under this policy would never delete anything. Looks only where
 * somebody judged the policy over past nights.
 */
export function alwaysOverLimit({ pastPlans }: CrossContext): readonly LintFinding[] {
  if (pastPlans === undefined || pastPlans.nights.length === 0) return [];
  return keys.flatMap((key) => findingOn(key, pastPlans));
}

const keys = Object.keys(limitRails) as readonly LimitKey[];

function findingOn(key: LimitKey, { limits, nights }: PastPlans): readonly LintFinding[] {
  if (!nights.every(({ rails }) => rails.includes(limitRails[key]))) return [];
  const [least] = nights.toSorted((one, other) => one.needed[key] - other.needed[key]);
  if (least === undefined) return [];
  const over = least.needed[key] - asNumber(limits[key]);
  return [
    {
      path: ['limits', key],
      message: `refuses ${everyOne(nights)}: the least over it, ${least.runId}, has ${words(key, over)} too many`,
      allowed: `${written(key, least.needed[key])} would have let that one through, if it is right; onBreach: oldestFirst works arrears off`,
      atKey: true,
    },
  ];
}

function everyOne(nights: readonly PastPlan[]): string {
  return nights.length === 1
    ? 'the plan of the last night'
    : `the plan of each of the last ${counted(nights.length, 'night')}`;
}

function words(key: LimitKey, count: number): string {
  switch (key) {
    case 'maxBytes':
      return inBytes(count);
    case 'maxDeletions':
      return counted(count, 'deletion');
    case 'maxDeletionsPercent':
    case 'maxDeletionsPercentPerRepository':
      return `${count} percent`;
  }
}

/** As a policy writes it, rounded up. */
function written(key: LimitKey, value: number): string {
  if (key !== 'maxBytes') return String(value);
  return value < 1e9 ? `${Math.ceil(value / 1e6)}MB` : `${Math.ceil(value / 1e9)}GB`;
}
