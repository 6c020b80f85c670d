import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type {
  BoundCondition,
  Finding,
  Moment,
  PoolMember,
} from '../../../functions/domain/policy.ts';
import { keepConditions } from '../../../functions/rules/keep/index.ts';
import { now } from '../../support/builder.ts';
import { deepFreeze } from '../../support/freeze.ts';
import { member } from './pool.ts';

type Key = (typeof keepConditions)[number]['key'];

/** A parameter for every condition: a new one without an entry does not compile. */
const samples: Readonly<Record<Key, readonly unknown[]>> = {
  pushedWithin: ['1h', '30d'],
  pulledWithin: ['1h', '30d'],
  mostRecentlyPushed: [1, 3, { count: 2, of: 'remaining' }],
  mostRecentlyPulled: [1, 3, { count: 2, of: 'remaining' }],
  mostRecentlyActive: [1, 3, { count: 2, of: 'remaining' }],
  highestVersions: [{ count: 1 }, { count: 2, per: 'minor' }, { count: 1, prereleases: true }],
  untaggedWithin: ['1h', '7d'],
};

// Few different days, so that ties are common.
const days = fc.integer({ min: 0, max: 40 });
const members = fc.uniqueArray(
  fc
    .record({
      name: fc.integer({ min: 0, max: 99 }),
      pushed: fc.oneof(
        { weight: 5, arbitrary: days },
        { weight: 1, arbitrary: fc.constant('unknown' as const) },
      ),
      pulled: fc.option(days, { nil: undefined }),
      untagged: fc.option(days, { nil: undefined }),
      tags: fc.array(fc.constantFrom('1.0.0', '1.0.1', '2.0.0-rc.1', 'latest', '1.1'), {
        minLength: 1,
        maxLength: 3,
      }),
    })
    .map(({ name, pulled, untagged, pushed, tags }) =>
      member(`m${name}`, {
        pushed,
        tags,
        ...(pulled === undefined ? {} : { pulled }),
        ...(untagged === undefined ? {} : { untagged }),
      }),
    ),
  { selector: ({ digest }) => digest, maxLength: 12 },
);
const moments = fc.record({
  now: fc.constant(now),
  pullSignal: fc.constantFrom('live' as const, 'lost' as const, 'clustered' as const),
});

function byDigest(
  condition: BoundCondition,
  pool: readonly PoolMember[],
  at: Moment,
): Readonly<Record<string, Finding>> {
  const findings = condition.judge(pool, at);
  expect(findings).toHaveLength(pool.length);
  return Object.fromEntries(pool.map(({ digest }, index) => [digest, findings[index] as Finding]));
}

const keeps = (finding: Finding | undefined): boolean =>
  finding !== undefined && finding.says !== 'lets-go' && finding.says !== 'not-governed';

describe.each(keepConditions.map(({ key, schema }) => ({ key, schema })))(
  '$key',
  ({ key, schema }) => {
    const bound = samples[key].map((sample) => schema.parse(sample));
    const anyBound = fc.constantFrom(...bound);

    test('carries its key, and is an age or a count', () => {
      for (const condition of bound) {
        expect(condition.key).toBe(key);
        expect(['age', 'count']).toContain(condition.kind);
      }
    });

    test('says nothing about an empty pool', () => {
      for (const condition of bound) {
        expect(condition.judge([], { now, pullSignal: 'live' })).toEqual([]);
      }
    });

    test('answers the same in any order, and changes no pool', () => {
      const shuffled = members.chain((pool) =>
        fc.tuple(fc.constant(pool), fc.shuffledSubarray(pool, { minLength: pool.length })),
      );
      fc.assert(
        fc.property(anyBound, shuffled, moments, (condition, [pool, other], at) => {
          const frozen = byDigest(condition, deepFreeze(pool), at);
          expect(byDigest(condition, deepFreeze(other), at)).toEqual(frozen);
        }),
      );
    });

    test('keeps no fewer when another member is gone', () => {
      fc.assert(
        fc.property(anyBound, members, moments, (condition, pool, at) => {
          const before = byDigest(condition, pool, at);
          for (const gone of pool) {
            const rest = pool.filter((one) => one !== gone);
            const after = byDigest(condition, rest, at);
            for (const { digest } of rest) {
              if (keeps(before[digest])) expect(keeps(after[digest])).toBe(true);
            }
          }
        }),
      );
    });

    test('lets no more go when a push time is not known', () => {
      fc.assert(
        fc.property(anyBound, members, moments, (condition, pool, at) => {
          const before = byDigest(condition, pool, at);
          for (const hidden of pool) {
            const changed = pool.map((one) =>
              one === hidden
                ? {
                    ...one,
                    pushed: 'unknown' as const,
                    active: 'unknown' as const,
                    pulled: 'unknown' as const,
                  }
                : one,
            );
            const after = byDigest(condition, changed, at);
            for (const { digest } of pool) {
              if (keeps(before[digest])) expect(keeps(after[digest])).toBe(true);
            }
          }
        }),
      );
    });
  },
);
