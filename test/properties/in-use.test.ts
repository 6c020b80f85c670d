import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { listedImages } from '../../functions/domain/image-list.ts';
import { workloadEntries } from '../../functions/domain/workload-entries.ts';
import {
  formatWorkloadList,
  parseWorkloadList,
  type WorkloadUse,
} from '../../functions/domain/workload-list.ts';
import { builder, digestOf } from '../support/builder.ts';
import { ruleOn } from '../support/judge.ts';
import { afterwards, deleted, judge, now, policies, policyOf, repositories } from './registries.ts';

const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 100) };

/** Uses of what the drawn repositories have, by tag, by digest, or by both. */
const use: fc.Arbitrary<WorkloadUse> = fc
  .record({
    tag: fc.constantFrom('ci-1', 'ci-2', 'pr-1', 'v1.0.0', 'v1.0.1', 'v2', 'latest', 'x'),
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    by: fc.constantFrom('pod a', 'deployment b'),
    role: fc.constantFrom('running' as const, 'may-start' as const, 'roll-back' as const),
    form: fc.constantFrom('tag', 'digest', 'both'),
  })
  .map(({ tag, name, form, by, role }) => ({
    ...(form === 'digest' ? {} : { image: `harbor.example/team/web:${tag}` }),
    ...(form === 'tag' ? {} : { digest: digestOf(name) }),
    by,
    role,
  }));
const someUses = fc.array(use, { maxLength: 5 });

/** What is in use by a list that was written and read. */
function inUse(uses: readonly WorkloadUse[]) {
  const header = { source: 'kubernetes', scope: 'eu', writtenAt: now, missing: [] };
  const list = parseWorkloadList(formatWorkloadList(header, uses));
  return { registry: { inUse: { ...listedImages(workloadEntries(list)), unreadable: [] } } };
}

test('adding a use never condemns anything', () => {
  fc.assert(
    fc.property(repositories, policies, fc.tuple(someUses, use), (facts, drawn, [uses, one]) => {
      const policy = policyOf(drawn);
      const before = deleted(judge(facts, policy, inUse(uses)));
      const after = deleted(judge(facts, policy, inUse([...uses, one])));
      for (const digest of after) expect(before).toContain(digest);
    }),
    runs,
  );
});

test('a use saves what would go without it', () => {
  const facts = builder('team/web')
    .push('a', { tags: ['ci-1'] })
    .push('b', { tags: ['ci-2'] });
  const policy = ruleOn('none');
  const gone = (uses: readonly WorkloadUse[]): readonly string[] => [
    ...deleted(judge(facts.repository(), policy, inUse(uses))),
  ];
  const by = { by: 'pod a', role: 'running' } as const;
  expect(gone([]).toSorted()).toEqual([digestOf('a'), digestOf('b')].toSorted());
  expect(gone([{ image: 'harbor.example/team/web:ci-1', ...by }])).toEqual([digestOf('b')]);
  expect(gone([{ digest: digestOf('b'), ...by }])).toEqual([digestOf('a')]);
});

test('what is used stays, under the tag by which it is used', () => {
  fc.assert(
    fc.property(repositories, policies, someUses, (facts, drawn, uses) => {
      const left = afterwards(facts, judge(facts, policyOf(drawn), inUse(uses))).artifacts;
      for (const { digest, image } of uses) {
        const isUsed = (one: (typeof left)[number]): boolean =>
          one.digest === digest ||
          (one.tags !== 'unknown' && one.tags.some(({ name }) => image?.endsWith(`:${name}`)));
        const named = (all: typeof left): readonly string[] =>
          all.filter(isUsed).map((one) => one.digest);
        expect(named(left)).toEqual(named(facts.artifacts));
      }
    }),
    runs,
  );
});

test('neither the role nor the order of uses decides what goes', () => {
  fc.assert(
    fc.property(repositories, policies, someUses, (facts, drawn, uses) => {
      const policy = policyOf(drawn);
      const other = uses.toReversed().map((one) => ({ ...one, role: 'roll-back' as const }));
      expect(deleted(judge(facts, policy, inUse(other)))).toEqual(
        deleted(judge(facts, policy, inUse(uses))),
      );
    }),
    runs,
  );
});
