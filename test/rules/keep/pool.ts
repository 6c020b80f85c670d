import type {
  BoundCondition,
  Finding,
  Moment,
  PoolMember,
} from '../../../functions/domain/policy.ts';
import type { KeepCondition } from '../../../functions/rules/keep-condition.ts';
import { day, digestOf, now } from '../../support/builder.ts';

/** What a test says of a member of a pool: days ago, or unknown. */
export interface Described {
  readonly pushed?: number | 'unknown';
  readonly pulled?: number;
  readonly untagged?: number;
  /** Tags, or tag and group. */
  readonly tags?: readonly (string | readonly [tag: string, group: string])[];
  readonly digest?: string;
}

export function member(name: string, described: Described = {}): PoolMember {
  const pushed = described.pushed ?? 100;
  const at = (days: number | undefined) => (days === undefined ? 'unknown' : now - days * day);
  const pushedAt = pushed === 'unknown' ? pushed : now - pushed * day;
  const pulled = at(described.pulled);
  const active =
    pushedAt === 'unknown' ? pushedAt : Math.max(pushedAt, pulled === 'unknown' ? 0 : pulled);
  return {
    digest: described.digest ?? digestOf(name),
    pushed: pushedAt,
    pulled,
    active,
    untaggedSince: at(described.untagged),
    selected: (described.tags ?? [name]).map((tag) =>
      typeof tag === 'string' ? { subject: tag, group: '' } : { subject: tag[0], group: tag[1] },
    ),
  };
}

export function bind(condition: KeepCondition, written: unknown): BoundCondition {
  return condition.schema.parse(written);
}

export const moment: Moment = { now, pullSignal: 'live' };

/** The names of members by what is said of them. */
export function said(
  condition: BoundCondition,
  members: Readonly<Record<string, Described>>,
  at: Moment = moment,
): Readonly<Record<string, Finding['says']>> {
  const names = Object.keys(members);
  const findings = condition.judge(
    names.map((name) => member(name, members[name])),
    at,
  );
  return Object.fromEntries(
    names.map((name, index) => {
      const finding = findings[index];
      if (finding?.says === undefined) throw new Error(`nothing is said of ${name}`);
      return [name, finding.says];
    }),
  );
}
