import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inventoryShrank } from '../../functions/guard/inventory-shrank.ts';
import { addRepositories, emptyPlan, finishPlan } from '../../functions/plan/make-plan.ts';
import { summariseRun } from '../../functions/report/summarise-run.ts';
import { contextWith } from '../guard/support.ts';
import type { Reason } from '../../functions/domain/reason.ts';
import type { Judgement } from '../../functions/plan/judge-subjects.ts';
import type { Case } from '../../functions/plan/prepare-repository.ts';
import { reasonTotals } from '../../functions/plan/totals.ts';
import { builder, headOf, now } from '../support/builder.ts';
import { judge, policyFrom } from '../support/judge.ts';

const policy = policyFrom(`version: 1
rules: [{ name: ci, select: { projects: ['**'], tags: ['ci-*'] }, keep: { pushedWithin: 30d } }]
`);
const frame = { madeAt: now, policyHash: policy.hash, ruleNames: policy.ruleNames, actions: [] };

/** A repository of so many indexes, each with so many untagged children. */
function multiPlatform(indexes: number, platforms: number) {
  let repository = builder('team/web');
  for (let index = 0; index < indexes; index += 1) {
    const children = Array.from({ length: platforms }, (_, one) => `leaf-${index}-${one}`);
    for (const child of children) repository = repository.untagged(child);
    repository = repository.index(`v${index}`, children);
  }
  return repository.repository();
}

test('a repository has the same artifacts, bytes and tags whether it could be read or not', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 5 }),
      (some, platforms) => {
        const read = multiPlatform(some, platforms);
        const torn = {
          kind: 'unplannable' as const,
          head: { ...headOf('team/web'), artifactCount: some },
          seen: read.artifacts,
          because: 'Harbor counts another number',
        };
        const { artifacts, bytes, tags } = judge(read, policy).totals;
        expect(judge(torn, policy).totals).toMatchObject({ artifacts, bytes, tags });
        expect(judge(torn, policy).totals.unread).toBeUndefined();
      },
    ),
  );
});

test.each([0, 5, 5_000])(
  'a night with a wrong count (%i too many) refuses no later one for fewer artifacts',
  (tooMany) => {
    const read = multiPlatform(20, 5);
    const head = { ...headOf('team/web'), artifactCount: 20 + tooMany };
    const torn = judge(
      { kind: 'unplannable', head, seen: read.artifacts, because: 'torn' },
      policy,
    );
    const first = finishPlan(addRepositories(emptyPlan, [torn]), frame);
    const end = { end: 'finished', artifacts: 0, bytes: 0, repositories: 0 } as const;
    const entry = summariseRun({ id: 'first', mode: 'apply', at: now }, first, end);
    const second = finishPlan(addRepositories(emptyPlan, [judge(read, policy)]), frame);
    expect(inventoryShrank.refusals(second, contextWith({ runs: [entry] }))).toEqual([]);
  },
);

const outcome = { rule: 'r', missed: [] };
const kept = {
  rule: 'r',
  condition: 'c',
  margin: { kind: 'rank', by: 'pushed', rank: 1, of: 1 },
} as const;
const reasons: Readonly<Record<Reason['code'], readonly [Reason, string | undefined]>> = {
  'not-selected': [{ code: 'not-selected' }, undefined],
  'not-a-version': [{ code: 'not-a-version', rule: 'r', tag: 'x', because: 'x' }, 'r'],
  'fact-unknown': [{ code: 'fact-unknown', fact: 'labels', by: 'x', because: 'x' }, 'labels'],
  'pull-signal-lost': [{ code: 'pull-signal-lost', rule: 'r', condition: 'c' }, 'r: c'],
  'kept-by-rule': [{ code: 'kept-by-rule', ...kept, also: [] }, 'r: c'],
  held: [{ code: 'held', by: 'tags', because: 'x' }, 'tags'],
  'other-tag-kept': [
    { code: 'other-tag-kept', tag: 'x', saved: { code: 'not-selected' }, condemned: [] },
    undefined,
  ],
  'parent-kept': [{ code: 'parent-kept', parent: 'x' }, undefined],
  'child-held': [{ code: 'child-held', child: 'x', by: 'inUse' }, 'inUse'],
  'subject-kept': [{ code: 'subject-kept', subject: 'x' }, undefined],
  'keep-at-least': [{ code: 'keep-at-least', rank: 1, floor: 1 }, undefined],
  'next-time': [{ code: 'next-time', rule: 'r', limit: 'x' }, 'r'],
  'rollout-waits': [{ code: 'rollout-waits', rule: 'r', until: 1 }, 'r'],
  unplannable: [{ code: 'unplannable', because: 'x' }, undefined],
  condemned: [{ code: 'condemned', ...outcome }, 'r'],
  'follows-subject': [{ code: 'follows-subject', rule: 'r', subject: 'x' }, 'r'],
  'goes-with-parent': [{ code: 'goes-with-parent', rule: 'r', parent: 'x' }, 'r'],
};

test.each(Object.entries(reasons))('%s is counted with what decided it', (code, [reason, by]) => {
  const [artifact] = builder().push('a', { size: 7 }).artifacts();
  const one = { artifact, position: 0, role: 'judged' } as unknown as Case;
  const judgements = [{ fate: 'keep', reason } as Judgement];
  expect(reasonTotals({ cases: [one], rules: [], judgements })).toEqual([
    { code, ...(by !== undefined && { by }), artifacts: 1, bytes: 7 },
  ]);
});
