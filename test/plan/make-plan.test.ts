import { expect, test } from '@jest/globals';
import {
  addRepositories,
  emptyPlan,
  fingerprintOf,
  finishPlan,
  type PlanFrame,
} from '../../functions/plan/make-plan.ts';
import { builder, digestOf, headOf, now } from '../support/builder.ts';
import { judge, policyFrom } from '../support/judge.ts';

const policy = policyFrom(`version: 1
rules:
  - { name: ci, select: { projects: ['**'], tags: ['ci-*'] }, keep: { pushedWithin: 30d }, untag: true }
  - { name: old, select: { projects: ['**'], tags: ['v*'] }, keep: { pushedWithin: 300d } }
protect: { keepAtLeast: 0 }
canaries: { mustStay: ['team/web:latest', 'team/web:v1', 'team/web:ci-3', 'team/api:x', 'team/web:gone'] }
`);
// Made by each test that asks, so that what judging does is seen in it.
const web = () =>
  judge(
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
const api = () =>
  judge(
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
  const plan = finishPlan(addRepositories(emptyPlan, [web(), api()]), frame);
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
  const plan = finishPlan(addRepositories(emptyPlan, [web()]), {
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
  const plan = finishPlan(addRepositories(emptyPlan, [web(), api()]), frame);
  expect(plan.reasons).toEqual([
    { code: 'condemned', by: 'ci', artifacts: 2, bytes: 60 },
    { code: 'condemned', by: 'old', artifacts: 1, bytes: 80 },
    { code: 'not-selected', artifacts: 2, bytes: 170 },
    { code: 'unplannable', artifacts: 1, bytes: 7 },
  ]);
});

test('canaries are told with what becomes of their tag; one not seen is left out', () => {
  const plan = finishPlan(addRepositories(emptyPlan, [web(), api()]), frame);
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
  const one = finishPlan(addRepositories(emptyPlan, [web(), api()]), frame);
  const other = finishPlan(addRepositories(addRepositories(emptyPlan, [api()]), [web()]), frame);
  expect(other).toEqual(one);
  expect(one.id).toMatch(/^[0-9a-f]{64}$/);
});

test('the id is another for another time, policy, sum or action', () => {
  const soFar = addRepositories(emptyPlan, [web()]);
  const ids = [
    finishPlan(soFar, frame).id,
    finishPlan(soFar, { ...frame, madeAt: now + 1 }).id,
    finishPlan(soFar, { ...frame, policyHash: 'x' }).id,
    finishPlan(soFar, { ...frame, actions: [{ key: 'k', actions: 1, sha256: 's' }] }).id,
    finishPlan(addRepositories(soFar, [api()]), frame).id,
  ];
  expect(new Set(ids).size).toBe(ids.length);
  expect(finishPlan(soFar, frame).id).toBe(ids[0]);
});

test('a plan under way and a finished one are plain JSON', () => {
  const soFar = addRepositories(emptyPlan, [web(), api()]);
  const again = JSON.parse(JSON.stringify(soFar)) as typeof soFar;
  expect(finishPlan(again, frame)).toEqual(finishPlan(soFar, frame));
});

const sums = (unit: number) => ({
  artifacts: unit,
  bytes: 2 * unit,
  deletions: 3 * unit,
  deletionBytes: 4 * unit,
  tagRemovals: 5 * unit,
  deferred: 6 * unit,
});
const ruled = (rule: string, unit: number) => ({
  rule,
  selected: unit,
  kept: 2 * unit,
  deletions: 3 * unit,
  deletionBytes: 4 * unit,
  tagRemovals: 5 * unit,
});
const summed = (project: string, repository: string, unit: number) => {
  const { artifacts: _, ...all } = web().totals;
  const rules = [ruled('z', unit), ruled(repository, unit)];
  const totals = { ...all, ...sums(unit), project, repository };
  return { totals, rules, reasons: [], canaries: [] };
};

test('every figure of a plan, and of each of its rules, is the sum over all repositories', () => {
  const torn = summed('a', 'y', 100);
  const unread = (count: number) => ({ unplannable: 'torn', unread: count });
  const all = [
    summed('b', 'x', 1),
    summed('a', 'x', 10),
    { ...torn, totals: { ...torn.totals, ...unread(4) } },
    { ...torn, totals: { ...torn.totals, repository: 'w', ...unread(30) } },
    { ...torn, totals: { ...torn.totals, repository: 'v', unplannable: 'torn' } },
  ];
  const half = addRepositories(emptyPlan, all.slice(0, 1));
  const soFar = addRepositories(half, all.slice(1));
  const plan = finishPlan(soFar, { ...frame, ruleNames: ['zz', 'y'] });
  expect(plan.population).toEqual({
    projects: 2,
    repositories: 5,
    unplannable: 3,
    ...sums(311),
    unread: 34,
  });
  expect(plan.repositories.map(({ project, repository }) => `${project}/${repository}`)).toEqual([
    'a/v',
    'a/w',
    'a/x',
    'a/y',
    'b/x',
  ]);
  expect(plan.rules).toEqual([ruled('x', 11), ruled('y', 300), ruled('z', 311), ruled('zz', 0)]);
  const read = finishPlan(addRepositories(emptyPlan, all.slice(0, 2)), frame);
  expect(read.population).toEqual({ projects: 2, repositories: 2, unplannable: 0, ...sums(11) });
});

const part = (sha256: string) => ({ key: `key of ${sha256}`, actions: 1, sha256 });
const purge = (...actions: readonly string[]) => ({
  project: 'bin',
  deletions: 1,
  deletionBytes: 2,
  deferred: 0,
  waiting: 0,
  waitingBytes: 0,
  actions: actions.map(part),
});
const empty = (...actions: readonly string[]) => ({
  repositories: [],
  deferred: 0,
  actions: actions.map(part),
});

test('what is purged, and which empty repositories go, are in the plan and in its id', () => {
  const soFar = addRepositories(emptyPlan, [web()]);
  const plans = [{}, { purge: purge() }, { empty: empty() }, { purge: purge(), empty: empty() }];
  const ids = plans.map((more) => {
    const { id, purge: purged, empty: emptied } = finishPlan(soFar, { ...frame, ...more });
    expect({ ...(purged && { purge: purged }), ...(emptied && { empty: emptied }) }).toEqual(more);
    return id;
  });
  expect(new Set(ids).size).toBe(plans.length);
});

test('what a person confirms is the policy with every action, and not when it was planned', () => {
  const soFar = addRepositories(emptyPlan, [web()]);
  const of = (more: Partial<PlanFrame>) =>
    fingerprintOf(finishPlan(soFar, { ...frame, actions: [part('a'), part('b')], ...more }));
  const all = [
    of({}),
    of({ policyHash: 'another' }),
    of({ actions: [part('a')] }),
    of({ actions: [part('b'), part('a')] }),
    of({ purge: purge('c') }),
    of({ purge: purge('d') }),
    of({ empty: empty('e') }),
    of({ empty: empty('f') }),
    of({ purge: purge('c'), empty: empty('e') }),
  ];
  expect(new Set(all).size).toBe(all.length);
  expect(of({ madeAt: now + 60_000 })).toBe(all[0]);
  expect(of({ purge: purge(), empty: empty() })).toBe(all[0]);
  expect(all[0]).toMatch(/^[0-9a-f]{64}$/);
});
