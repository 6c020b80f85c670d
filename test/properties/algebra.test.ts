import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Artifact } from '../../functions/domain/artifact.ts';
import { accessorySubject } from '../../functions/domain/subject.ts';
import {
  afterwards,
  byDigest,
  deleted,
  judge,
  policies,
  policyOf,
  repositories,
  type DrawnPolicy,
} from './registries.ts';
import { inUseOf } from '../support/listed.ts';

// Enough to find a slip in a few runs of the suite; a search of its own: PROPERTY_RUNS=6000 npx jest test/properties
const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 100) };

test('the order of artifacts, tags and rules does not matter', () => {
  const shuffled = fc
    .tuple(repositories, policies)
    .chain(([facts, policy]) =>
      fc.tuple(
        fc.constant(facts),
        fc.constant(policy),
        fc.shuffledSubarray([...facts.artifacts], { minLength: facts.artifacts.length }),
        fc.shuffledSubarray([...policy.rules], { minLength: policy.rules.length }),
      ),
    );
  fc.assert(
    fc.property(shuffled, ([facts, policy, artifacts, rules]) => {
      const plan = judge(facts, policyOf(policy));
      const turned = artifacts.map((artifact) => ({
        ...artifact,
        tags: artifact.tags === 'unknown' ? artifact.tags : artifact.tags.toReversed(),
        children: artifact.children.toReversed(),
      }));
      const other = judge({ ...facts, artifacts: turned }, policyOf({ ...policy, rules }));
      expect(byDigest(other)).toEqual(byDigest(plan));
      expect(other.actions.map(({ id }) => id)).toEqual(plan.actions.map(({ id }) => id));
      expect([other.totals, other.rules, other.reasons]).toEqual([
        plan.totals,
        plan.rules,
        plan.reasons,
      ]);
    }),
    runs,
  );
});

/** Ways to make a policy keep more. */
const moreKeeps: fc.Arbitrary<(policy: DrawnPolicy) => DrawnPolicy> = fc.oneof(
  fc.constantFrom(['ci-*'], ['v1*'], ['x']).map((tags) => (policy: DrawnPolicy) => ({
    ...policy,
    protect: { ...policy.protect, tags: ['latest', ...tags] },
  })),
  fc.constant((policy: DrawnPolicy) => ({
    ...policy,
    protect: { ...policy.protect, labels: ['keep'], keepAtLeast: 3, minimumAge: '35d' },
  })),
  fc.record({ index: fc.nat(3), age: fc.constantFrom('60d', '90d') }).map(
    ({ index, age }) =>
      (policy: DrawnPolicy) =>
        withCondition(policy, index, { pushedWithin: age }),
  ),
  fc.record({ index: fc.nat(3), count: fc.constantFrom(3, 4) }).map(
    ({ index, count }) =>
      (policy: DrawnPolicy) =>
        withCondition(policy, index, { mostRecentlyActive: count }),
  ),
);

function withCondition(
  policy: DrawnPolicy,
  index: number,
  more: Readonly<Record<string, unknown>>,
): DrawnPolicy {
  const rules = policy.rules.map((rule, position) => {
    if (position !== index % policy.rules.length) return rule;
    // A condition that is there stays as it is: another parameter would be a change, not an addition.
    return { ...rule, keep: { ...more, ...(rule.keep === 'none' ? {} : rule.keep) } };
  });
  return { ...policy, rules };
}

test('adding a keep never adds a deletion', () => {
  fc.assert(
    fc.property(repositories, policies, moreKeeps, (facts, policy, more) => {
      const before = deleted(judge(facts, policyOf(policy)));
      const after = deleted(judge(facts, policyOf(more(policy))));
      for (const digest of after) expect(before).toContain(digest);
    }),
    runs,
  );
});

test('adding a keep never removes another tag', () => {
  fc.assert(
    fc.property(repositories, policies, moreKeeps, (facts, policy, more) => {
      const lost = (some: DrawnPolicy) =>
        new Set(
          judge(facts, policyOf(some)).verdicts.flatMap((verdict) => {
            if (verdict.fate === 'keep') return [];
            const { digest } = verdict.artifact;
            const artifact = facts.artifacts.find((one) => one.digest === digest);
            const all = artifact?.tags === 'unknown' ? [] : (artifact?.tags ?? []);
            const names = verdict.fate === 'untag' ? verdict.tags : all.map(({ name }) => name);
            return names.map((name) => `${digest}:${name}`);
          }),
        );
      const before = lost(policy);
      for (const tag of lost(more(policy))) expect(before).toContain(tag);
    }),
    runs,
  );
});

/** Whether another artifact lists it, or is about it: then taking it away is no mere omission. */
function isReferredTo(artifact: Artifact, all: readonly Artifact[]): boolean {
  return all.some(
    ({ children, tags }) =>
      children.includes(artifact.digest) ||
      (tags !== 'unknown' && tags.some(({ name }) => accessorySubject(name) === artifact.digest)),
  );
}

test('without an image that nothing refers to and that refers to none, no other is condemned', () => {
  fc.assert(
    fc.property(repositories, policies, (facts, drawnPolicy) => {
      const policy = policyOf(drawnPolicy);
      const before = deleted(judge(facts, policy));
      for (const gone of facts.artifacts) {
        if (gone.children.length > 0 || isReferredTo(gone, facts.artifacts)) continue;
        const artifacts = facts.artifacts.filter((one) => one !== gone);
        for (const digest of deleted(judge({ ...facts, artifacts }, policy))) {
          expect(before).toContain(digest);
        }
      }
    }),
    runs,
  );
});

test('planning on the result of a plan finds nothing', () => {
  fc.assert(
    fc.property(repositories, policies, (facts, drawnPolicy) => {
      const policy = policyOf(drawnPolicy);
      const plan = judge(facts, policy);
      const again = judge(afterwards(facts, plan), policy);
      expect(again.actions.map(({ id }) => id)).toEqual([]);
      expect(deleted(again).size).toBe(0);
    }),
    runs,
  );
});

test('no index that stays loses a child', () => {
  fc.assert(
    fc.property(repositories, policies, (facts, policy) => {
      const gone = deleted(judge(facts, policyOf(policy)));
      for (const { digest, children } of facts.artifacts) {
        if (gone.has(digest)) continue;
        for (const child of children) expect(gone).not.toContain(child);
      }
    }),
    runs,
  );
});

test('nothing that stays loses its attestation, and nothing that goes leaves an unheld one', () => {
  fc.assert(
    fc.property(repositories, policies, (facts, policy) => {
      const plan = judge(facts, policyOf(policy));
      const verdicts = byDigest(plan);
      for (const { digest, tags } of facts.artifacts) {
        const [tag] = tags === 'unknown' ? [] : tags;
        const subject = tag === undefined ? undefined : accessorySubject(tag.name);
        if (subject === undefined || !verdicts.has(subject)) continue;
        const own = verdicts.get(digest);
        if (verdicts.get(subject)?.fate !== 'delete') expect(own?.fate).toBe('keep');
        else if (own?.fate === 'keep') {
          expect(['held', 'fact-unknown', 'parent-kept']).toContain(own.reason.code);
        }
      }
    }),
    runs,
  );
});

test('an index goes before its children, and what is about an artifact after it', () => {
  fc.assert(
    fc.property(repositories, policies, (facts, policy) => {
      const { actions } = judge(facts, policyOf(policy));
      const order = new Map<string, number>();
      for (const [index, action] of actions.entries()) {
        if (action.kind === 'delete-artifact') order.set(action.digest, index);
      }
      for (const action of actions) {
        if (action.kind !== 'delete-artifact') continue;
        const own = order.get(action.digest) ?? -1;
        for (const child of action.children) {
          expect(order.get(child) ?? Infinity).toBeGreaterThan(own);
        }
        if (action.follows !== undefined) {
          expect(order.get(action.follows) ?? -1).toBeLessThan(own);
        }
      }
    }),
    runs,
  );
});

test('no artifact goes of which a rule or a protection keeps a tag', () => {
  fc.assert(
    fc.property(repositories, policies, (facts, drawnPolicy) => {
      const policy = policyOf(drawnPolicy);
      const gone = deleted(judge(facts, policy));
      for (const artifact of facts.artifacts) {
        if (!gone.has(artifact.digest) || artifact.tags === 'unknown') continue;
        for (const { name } of artifact.tags) {
          // Alone in its repository with this one tag, it must go, too, or be saved by a count that it leads.
          expect(name === 'latest' && protectsLatest(drawnPolicy)).toBe(false);
          const isSelected = policy.rules.some(({ select }) => select.hasTag?.(name) ?? false);
          expect(isSelected || accessorySubject(name) !== undefined).toBe(true);
        }
        expect(artifact.labels.includes('keep') && holdsLabel(drawnPolicy)).toBe(false);
      }
    }),
    runs,
  );
});

function protectsLatest({ protect }: DrawnPolicy): boolean {
  return Array.isArray(protect['tags']) && protect['tags'].includes('latest');
}

function holdsLabel({ protect }: DrawnPolicy): boolean {
  return Array.isArray(protect['labels']) && protect['labels'].includes('keep');
}

test('facts that are not known only ever keep', () => {
  const blinds: readonly ((artifact: Artifact) => Artifact)[] = [
    (artifact) => ({ ...artifact, tags: 'unknown' }),
    (artifact) => ({ ...artifact, labels: 'unknown' }),
    (artifact) => ({ ...artifact, pushedAt: 'unknown' }),
    (artifact) => ({ ...artifact, accessories: 'unknown' }),
  ];
  fc.assert(
    fc.property(repositories, policies, (facts, drawnPolicy) => {
      const policy = policyOf(drawnPolicy);
      const before = deleted(judge(facts, policy));
      for (const [index, artifact] of facts.artifacts.entries()) {
        for (const blind of blinds) {
          const artifacts = facts.artifacts.with(index, blind(artifact));
          const after = deleted(judge({ ...facts, artifacts }, policy));
          for (const digest of after) expect(before).toContain(digest);
          expect(after).not.toContain(blind === blinds[0] ? artifact.digest : '');
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('facts of the registry that are not known keep everything', () => {
  fc.assert(
    fc.property(repositories, policies, (facts, drawnPolicy) => {
      const policy = policyOf(drawnPolicy);
      const inUse = inUseOf({ unreadable: [{ source: 'list', because: 'denied' }] });
      for (const around of [
        { registry: { inUse } },
        { registry: { listedDigests: 'unknown' as const } },
        { registry: { projects: [] } },
        { project: { immutableRules: 'unknown' as const } },
        { project: { isProxyCache: true } },
      ]) {
        expect(judge(facts, policy, around).actions).toEqual([]);
      }
    }),
    { numRuns: 60 },
  );
});

test('a lost pull signal never adds a deletion', () => {
  fc.assert(
    fc.property(repositories, policies, (facts, drawnPolicy) => {
      const policy = policyOf(drawnPolicy);
      const before = deleted(judge(facts, policy));
      const lost = judge(facts, policy, { registry: { pullSignal: 'lost' } });
      for (const digest of deleted(lost)) expect(before).toContain(digest);
    }),
    runs,
  );
});

test('every artifact has exactly one verdict, in the order of the facts, and the sums add up', () => {
  fc.assert(
    fc.property(repositories, policies, (facts, policy) => {
      const plan = judge(facts, policyOf(policy));
      expect(plan.verdicts.map(({ artifact }) => artifact)).toEqual(
        facts.artifacts.map(({ id, digest }) => ({ id, digest })),
      );
      const deletions = plan.actions.filter(({ kind }) => kind === 'delete-artifact');
      const removals = plan.actions.filter(({ kind }) => kind === 'remove-tag');
      expect(plan.totals.deletions).toBe(deletions.length);
      expect(plan.totals.tagRemovals).toBe(removals.length);
      let counted = 0;
      for (const { artifacts } of plan.reasons) counted += artifacts;
      expect(counted).toBe(plan.totals.artifacts);
      let byRule = 0;
      for (const rule of plan.rules) byRule += rule.deletions;
      expect(byRule).toBe(plan.totals.deletions);
      expect(new Set(plan.actions.map(({ id }) => id)).size).toBe(plan.actions.length);
    }),
    runs,
  );
});
