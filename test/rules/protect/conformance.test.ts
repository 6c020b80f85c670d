import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Artifact } from '../../../functions/domain/artifact.ts';
import type { BoundProtection } from '../../../functions/domain/policy.ts';
import { alwaysOn, configured } from '../../../functions/rules/protect/index.ts';
import { accessoryTag, artifactOf, digestOf } from '../../support/builder.ts';
import { deepFreeze } from '../../support/freeze.ts';
import { around, holdOf, protecting } from './around.ts';

/** A parameter for every configured protection: a new one without an entry does not compile. */
const samples: Readonly<Record<keyof typeof configured, unknown>> = {
  tags: ['latest', 'v*'],
  labels: ['keep'],
  repositories: ['api'],
  digests: [digestOf('a3')],
  minimumAge: '24h',
  inUse: [{ source: 'list', file: 'in-use.txt' }],
};

const all: readonly BoundProtection[] = [
  ...Object.entries(samples).map(([key, written]) =>
    protecting(key as keyof typeof configured, written),
  ),
  ...alwaysOn.map(({ bind }) =>
    bind({ proxyCache: 'keep', trash: { project: 'bin', keepFor: 1 }, rules: [] }),
  ),
];

const unknown = fc.constant('unknown' as const);
const often = <T>(known: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: known }, { weight: 1, arbitrary: unknown });
const artifacts = fc.uniqueArray(
  fc
    .record({
      name: fc.integer({ min: 0, max: 9 }),
      daysAgo: often(fc.integer({ min: 0, max: 3 })),
      tags: often(
        fc.uniqueArray(fc.constantFrom('latest', 'v1', 'x', accessoryTag('a1', '.sig')), {
          maxLength: 3,
        }),
      ),
      labels: often(fc.subarray(['keep', 'other'])),
      children: fc.subarray(['a1', 'a2']),
    })
    .map(({ name, ...pushed }) => artifactOf(`a${name}`, name + 1, pushed)),
  { selector: ({ digest }) => digest, minLength: 1, maxLength: 6 },
);

/** The same artifact with one fact less. */
function blinded(artifact: Artifact): readonly Artifact[] {
  return [
    { ...artifact, tags: 'unknown' },
    { ...artifact, labels: 'unknown' },
    { ...artifact, pushedAt: 'unknown' },
    { ...artifact, accessories: 'unknown' },
  ];
}

describe.each(all.map((protection) => ({ key: protection.key, protection })))(
  '$key',
  ({ protection }) => {
    test('says nothing of an empty repository but, at most, that all of it is held', () => {
      const hold = protection.inRepository(around(artifactOf('a', 1), { artifacts: [] }));
      expect(hold === undefined || 'all' in hold || 'each' in hold).toBe(true);
    });

    test('gives a reason in words, and the same in any order', () => {
      const shuffled = artifacts.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      );
      fc.assert(
        fc.property(shuffled, ([list, other]) => {
          for (const artifact of list) {
            const hold = holdOf(protection, artifact, { artifacts: deepFreeze(list) });
            expect(holdOf(protection, artifact, { artifacts: deepFreeze(other) })).toEqual(hold);
            if (hold !== undefined) expect(hold.because).not.toBe('');
          }
        }),
      );
    });

    test('holds no less when a fact of the registry or the project is not known', () => {
      fc.assert(
        fc.property(artifacts, (list) => {
          for (const artifact of list) {
            if (holdOf(protection, artifact, { artifacts: list }) === undefined) continue;
            const blind = [
              { artifacts: list, registry: { listedDigests: 'unknown' as const } },
              { artifacts: list, project: { immutableRules: 'unknown' as const } },
            ];
            for (const changed of blind) {
              expect(holdOf(protection, artifact, changed)).toBeDefined();
            }
          }
        }),
      );
    });

    test('an artifact that is held together with all others stays held with a fact less', () => {
      fc.assert(
        fc.property(artifacts, (list) => {
          const everyHold = (artifact: Artifact) =>
            all.some((one) => holdOf(one, artifact, { artifacts: list }) !== undefined);
          for (const artifact of list) {
            if (holdOf(protection, artifact, { artifacts: list }) === undefined) continue;
            for (const blind of blinded(artifact)) expect(everyHold(blind)).toBe(true);
          }
        }),
      );
    });
  },
);
