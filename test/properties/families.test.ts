import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Action, DeleteArtifact, RemoveTag } from '../../functions/domain/action.ts';
import type { Artifact } from '../../functions/domain/artifact.ts';
import { familyIn, graphOf } from '../../functions/domain/graph.ts';
import type { CompleteRepository } from '../../functions/domain/repository.ts';
import { accessorySubject } from '../../functions/domain/subject.ts';
import { judgeAgain, whyNotAnyMore } from '../../functions/plan/still-condemned.ts';
import { artifactOf, withHidden } from '../support/builder.ts';
import { contextOf } from '../support/judge.ts';
import { byDigest, deleted, judge, policies, policyOf, repositories } from './registries.ts';

const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 100) };

/** What hangs on an artifact, and what hangs on that. */
interface DrawnAccessory {
  /** `own`: the tag that cosign's form gives it. */
  readonly tag: string | undefined;
  readonly labels: readonly string[];
  readonly daysAgo: number;
  readonly nested: readonly string[] | undefined;
}

const labels = fc.oneof(
  { weight: 2, arbitrary: fc.constant<readonly string[]>([]) },
  { weight: 1, arbitrary: fc.constant<readonly string[]>(['keep']) },
);
const accessory: fc.Arbitrary<DrawnAccessory> = fc.record({
  tag: fc.constantFrom(undefined, undefined, 'own', 'ci-9', 'v1.0.2', 'latest', 'zz'),
  labels,
  daysAgo: fc.constantFrom(5, 30, 60, 200),
  nested: fc.option(labels, { nil: undefined }),
});

/** Repositories in which artifacts, children too, have accessories with tags, labels and accessories of their own. */
const families: fc.Arbitrary<CompleteRepository> = fc
  .tuple(
    repositories,
    fc.array(fc.option(accessory, { nil: undefined, freq: 2 }), { minLength: 8, maxLength: 8 }),
  )
  .map(([facts, drawn]) => {
    const hidden: Artifact[] = [];
    const artifacts = facts.artifacts.map((artifact, index) => {
      const own = drawn[index];
      return own === undefined ? artifact : withAccessory(artifact, own, { index, hidden });
    });
    return withHidden({ ...facts, artifacts }, hidden);
  });

function withAccessory(
  artifact: Artifact,
  { tag, labels: own, daysAgo, nested }: DrawnAccessory,
  { index, hidden }: { readonly index: number; readonly hidden: Artifact[] },
): Artifact {
  const cosigns = `sha256-${artifact.digest.slice(7)}.sig`;
  const names = tag === undefined ? [] : [tag === 'own' ? cosigns : `${tag}`];
  const inner = nested === undefined ? [] : [`inner ${index}`];
  const outer = artifactOf(`outer ${index}`, 500 + index, {
    tags: hidden.some(({ tags }) => hasTag(tags, names[0])) ? [] : names,
    labels: own,
    daysAgo,
    accessories: inner,
  });
  hidden.push(outer);
  for (const name of inner)
    hidden.push(artifactOf(name, 600 + index, { tags: [], labels: nested ?? [], daysAgo }));
  const { digest, size } = outer;
  return { ...artifact, accessories: [{ digest, size, type: 'subject.accessory' }] };
}

function hasTag(tags: Artifact['tags'], name: string | undefined): boolean {
  return tags !== 'unknown' && tags.some((tag) => tag.name === name);
}

function membersOf(facts: CompleteRepository, digest: string) {
  const head = facts.artifacts.find((one) => one.digest === digest);
  if (head === undefined) return [];
  return familyIn(graphOf(facts.artifacts, facts.hidden), head, 'deleted');
}

test('nothing goes that would take along what a label or a protected tag holds', () => {
  fc.assert(
    fc.property(families, policies, (facts, drawn) => {
      const { protect } = drawn;
      for (const digest of deleted(judge(facts, policyOf(drawn)))) {
        for (const { artifact } of membersOf(facts, digest)) {
          if (artifact === undefined || artifact.tags === 'unknown') throw new Error('not known');
          const isLabelled = artifact.labels.includes('keep');
          expect(isLabelled && JSON.stringify(protect['labels']).includes('keep')).toBe(false);
          const isLatest = hasTag(artifact.tags, 'latest');
          expect(isLatest && JSON.stringify(protect['tags']).includes('latest')).toBe(false);
        }
      }
    }),
    runs,
  );
});

test('nothing goes that would take along a tag that no rule selects, but for cosign’s own', () => {
  fc.assert(
    fc.property(families, policies, (facts, drawn) => {
      const policy = policyOf(drawn);
      for (const digest of deleted(judge(facts, policy))) {
        for (const { as, of, artifact } of membersOf(facts, digest)) {
          if (as !== 'accessory' || artifact === undefined || artifact.tags === 'unknown') continue;
          for (const { name } of artifact.tags) {
            if (accessorySubject(name) === of) continue;
            expect(policy.rules.some(({ select }) => select.hasTag?.(name) ?? false)).toBe(true);
          }
        }
      }
    }),
    runs,
  );
});

test('what hangs on an artifact only ever keeps, and takes no place from any other', () => {
  fc.assert(
    fc.property(families, policies, (facts, drawn) => {
      const policy = policyOf(drawn);
      const bare = {
        ...facts,
        hidden: (facts.hidden ?? []).map((one) => ({ ...one, tags: [], labels: [], pushedAt: 0 })),
      };
      const most = deleted(judge(bare, policy));
      for (const digest of deleted(judge(facts, policy))) expect(most).toContain(digest);
    }),
    runs,
  );
});

test('what was not read only ever keeps, and keeps what it hangs on', () => {
  fc.assert(
    fc.property(families, policies, (facts, drawn) => {
      const policy = policyOf(drawn);
      const before = deleted(judge(facts, policy));
      for (const gone of facts.hidden ?? []) {
        const hidden = (facts.hidden ?? []).filter((one) => one !== gone);
        const blind = { ...facts, hidden };
        for (const digest of deleted(judge(blind, policy))) {
          expect(before).toContain(digest);
          expect(membersOf(blind, digest).every(({ artifact }) => artifact !== undefined)).toBe(
            true,
          );
        }
      }
    }),
    runs,
  );
});

test('the order in which hidden artifacts were read does not matter', () => {
  fc.assert(
    fc.property(families, policies, (facts, drawn) => {
      const policy = policyOf(drawn);
      const turned = { ...facts, hidden: (facts.hidden ?? []).toReversed() };
      expect(byDigest(judge(turned, policy))).toEqual(byDigest(judge(facts, policy)));
    }),
    runs,
  );
});

/** The repository after one action. */
function after(facts: CompleteRepository, action: Action): CompleteRepository {
  if (action.kind === 'delete-artifact') {
    const along = new Set(membersOf(facts, action.digest).map(({ digest }) => digest));
    const others = facts.artifacts.filter(({ digest }) => digest !== action.digest);
    // Harbor leaves a child to the other indexes that list it.
    const listed = new Set(others.flatMap(({ children }) => children));
    const stays = ({ digest }: Artifact): boolean => !along.has(digest) || listed.has(digest);
    return { ...facts, artifacts: others.filter(stays) };
  }
  if (action.kind !== 'remove-tag') return facts;
  const artifacts = facts.artifacts.map((one) =>
    one.digest !== action.digest || one.tags === 'unknown'
      ? one
      : { ...one, tags: one.tags.filter(({ name }) => name !== action.tag) },
  );
  return { ...facts, artifacts };
}

const isOnArtifact = (action: Action): action is DeleteArtifact | RemoveTag =>
  action.kind === 'delete-artifact' || action.kind === 'remove-tag';

test('wherever a run is cut, judging again stops nothing that the rest of its plan says', () => {
  fc.assert(
    fc.property(families, policies, fc.nat(8), (facts, drawn, cut) => {
      const context = contextOf(policyOf(drawn));
      const actions = judge(facts, context.policy).actions.filter(isOnArtifact);
      let now = facts;
      for (const action of actions.slice(0, cut)) now = after(now, action);
      const again = judgeAgain(now, context);
      for (const action of actions.slice(cut)) {
        const why = whyNotAnyMore(action, again);
        expect(why?.fate === 'keep' ? why.reason : why).toBeUndefined();
      }
    }),
    runs,
  );
});

test('whatever a stranger deletes meanwhile, what is carried out would have been planned by then as well', () => {
  fc.assert(
    fc.property(families, policies, fc.nat(7), (facts, drawn, which) => {
      const context = contextOf(policyOf(drawn));
      const actions = judge(facts, context.policy).actions.filter(isOnArtifact);
      const gone = facts.artifacts[which % facts.artifacts.length]?.digest ?? '';
      const now = { ...facts, artifacts: facts.artifacts.filter(({ digest }) => digest !== gone) };
      const again = judgeAgain(now, context);
      const verdicts = byDigest(judge(now, context.policy));
      for (const action of actions) {
        if (action.kind !== 'delete-artifact' || action.follows === gone) continue;
        if (whyNotAnyMore(action, again) !== undefined) continue;
        const verdict = verdicts.get(action.digest);
        if (action.follows !== undefined && verdict?.fate !== 'delete') continue;
        expect(verdict?.fate ?? 'delete').toBe('delete');
      }
    }),
    runs,
  );
});
