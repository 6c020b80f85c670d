import { expect, test } from '@jest/globals';
import { addRepositories, emptyPlan, finishPlan } from '../../functions/plan/make-plan.ts';
import { builder, digestOf, headOf, now } from '../support/builder.ts';
import { judge, policyFrom } from '../support/judge.ts';

const policy = policyFrom(`version: 1
rules:
  - { name: ci, select: { projects: ['**'], tags: ['ci-*'] }, keep: { pushedWithin: 30d }, untag: true }
  - { name: old, select: { projects: ['**'], tags: ['v*'] }, keep: { pushedWithin: 300d } }
protect: { keepAtLeast: 0 }
canaries: { mustStay: ['team/web:latest', 'team/web:v1', 'team/web:ci-3', 'team/api:x', 'team/web:gone'] }
`);
const web = judge(
  builder('team/web')
    .push('latest', { size: 10 })
    .push('ci-1', { size: 20 })
    .push('both', { tags: ['ci-3', 'x1'], size: 40 })
    .push('v1', { daysAgo: 400, size: 80 })
    .untagged('leaf', { size: 1_000 })
    .index('index', ['leaf'], { size: 160 })
    .repository(),
  policy,
);
const api = judge(
  {
    kind: 'unplannable',
    head: headOf('team/api'),
    seen: builder().push('x', { size: 7 }).artifacts(),
    because: 'torn',
  },
  policy,
);
const frame = { madeAt: now, policyHash: policy.hash, ruleNames: policy.ruleNames, actions: [] };

test('the sums of a plan are those of its repositories; untagged children count with their index', () => {
  const plan = finishPlan(addRepositories(emptyPlan, [web, api]), frame);
  expect(plan.population).toEqual({
    projects: 1,
    repositories: 2,
    unplannable: 1,
    artifacts: 6,
    bytes: 317,
    deletions: 2,
    deletionBytes: 100,
    tagRemovals: 1,
    deferred: 0,
    unread: 2,
  });
  expect(plan.repositories.map(({ repository, unplannable }) => [repository, unplannable])).toEqual(
    [
      ['api', 'torn'],
      ['web', undefined],
    ],
  );
});

test('every rule of the policy is there, also one that selected nothing', () => {
  const plan = finishPlan(addRepositories(emptyPlan, [web]), {
    ...frame,
    ruleNames: ['ci', 'idle', 'old'],
  });
  expect(plan.rules).toEqual([
    { rule: 'ci', selected: 2, kept: 1, deletions: 1, deletionBytes: 20, tagRemovals: 1 },
    { rule: 'idle', selected: 0, kept: 0, deletions: 0, deletionBytes: 0, tagRemovals: 0 },
    { rule: 'old', selected: 1, kept: 0, deletions: 1, deletionBytes: 80, tagRemovals: 0 },
  ]);
});

test('reasons are counted with what decided them', () => {
  const plan = finishPlan(addRepositories(emptyPlan, [web, api]), frame);
  expect(plan.reasons).toEqual([
    { code: 'condemned', by: 'ci', artifacts: 2, bytes: 60 },
    { code: 'condemned', by: 'old', artifacts: 1, bytes: 80 },
    { code: 'not-selected', artifacts: 2, bytes: 170 },
    { code: 'unplannable', artifacts: 1, bytes: 7 },
  ]);
});

test('canaries are told with what becomes of their tag; one not seen is left out', () => {
  const plan = finishPlan(addRepositories(emptyPlan, [web, api]), frame);
  expect(plan.canaries).toEqual([
    { reference: 'team/api:x', digest: digestOf('x'), fate: 'keep' },
    { reference: 'team/web:ci-3', digest: digestOf('both'), fate: 'untag' },
    { reference: 'team/web:latest', digest: digestOf('latest'), fate: 'keep' },
    { reference: 'team/web:v1', digest: digestOf('v1'), fate: 'delete' },
  ]);
});

test('a canary beside a tag that goes keeps its own', () => {
  const other = policyFrom(`version: 1
rules:
  - { name: ci, select: { projects: ['**'], tags: ['ci-*'] }, keep: none, untag: true }
canaries: { mustStay: ['team/web:x1'] }
`);
  const plan = judge(
    builder()
      .push('a', { tags: ['ci-1', 'x1'] })
      .repository(),
    other,
  );
  expect(plan.canaries).toEqual([
    { reference: 'team/web:x1', digest: digestOf('a'), fate: 'keep' },
  ]);
});

test('the order in which repositories come in does not show, and adding in parts is the same', () => {
  const one = finishPlan(addRepositories(emptyPlan, [web, api]), frame);
  const other = finishPlan(addRepositories(addRepositories(emptyPlan, [api]), [web]), frame);
  expect(other).toEqual(one);
  expect(one.id).toMatch(/^[0-9a-f]{64}$/);
});

test('the id is another for another time, policy, sum or action', () => {
  const soFar = addRepositories(emptyPlan, [web]);
  const ids = [
    finishPlan(soFar, frame).id,
    finishPlan(soFar, { ...frame, madeAt: now + 1 }).id,
    finishPlan(soFar, { ...frame, policyHash: 'x' }).id,
    finishPlan(soFar, { ...frame, actions: [{ key: 'k', actions: 1, sha256: 's' }] }).id,
    finishPlan(addRepositories(soFar, [api]), frame).id,
  ];
  expect(new Set(ids).size).toBe(ids.length);
  expect(finishPlan(soFar, frame).id).toBe(ids[0]);
});

test('a plan under way and a finished one are plain JSON', () => {
  const soFar = addRepositories(emptyPlan, [web, api]);
  const again = JSON.parse(JSON.stringify(soFar)) as typeof soFar;
  expect(finishPlan(again, frame)).toEqual(finishPlan(soFar, frame));
});
