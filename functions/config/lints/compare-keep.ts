import { parseDuration } from '../../domain/duration.ts';

type Keep = Readonly<Record<string, unknown>> | 'none';

/**
 * Whether one `keep` surely keeps everything that another keeps. Counts are compared only where both rules count the same
 * artifacts (`isSamePool`): ten of many may be others than ten of few.
 */
export function keepsAtLeast(one: Keep, other: Keep, isSamePool: boolean): boolean {
  if (other === 'none') return true;
  const { groupBy, ...conditions } = other;
  return Object.entries(conditions).every(([key, value]) =>
    covers(one, { key, value, groupBy, isSamePool }),
  );
}

interface Condition {
  readonly key: string;
  readonly value: unknown;
  readonly groupBy: unknown;
  readonly isSamePool: boolean;
}

/** Which conditions keep what another keeps, if their time is as long: a pull or a push both count as activity. */
const agesThatCover: Readonly<Record<string, readonly string[]>> = {
  pushedWithin: ['pushedWithin', 'pulledWithin'],
  pulledWithin: ['pulledWithin'],
  untaggedWithin: ['untaggedWithin'],
};

function covers(one: Keep, { key, value, groupBy, isSamePool }: Condition): boolean {
  if (one === 'none') return false;
  const ages = agesThatCover[key];
  if (ages !== undefined) return ages.some((age) => isAsLong(one[age], value));
  if (!isSamePool || !isSame(one['groupBy'], groupBy)) return false;
  if (isSame(one[key], value)) return true;
  return typeof value === 'number' && typeof one[key] === 'number' && one[key] >= value;
}

/** Whether a duration, as written, is there and at least as long as another. */
export function isAsLong(one: unknown, other: unknown): boolean {
  const [first, second] = [one, other].map((text) =>
    typeof text === 'string' ? parseDuration(text) : undefined,
  );
  return first !== undefined && second !== undefined && first >= second;
}

const isSame = (one: unknown, other: unknown): boolean =>
  one !== undefined || other !== undefined ? JSON.stringify(one) === JSON.stringify(other) : true;
