import { expect, test } from '@jest/globals';
import { timesOf } from '../../functions/domain/artifact-times.ts';
import type { BoundCondition, Policy } from '../../functions/domain/policy.ts';
import { evaluateRule } from '../../functions/rules/evaluate-rule.ts';
import { poolOf, type Candidate } from '../../functions/rules/pool.ts';
import { selectSubjects } from '../../functions/rules/select.ts';
import { artifactOf, now, type Pushed } from '../support/builder.ts';
import { ruleOn } from '../support/judge.ts';

function candidates(
  policy: Policy,
  artifacts: Readonly<Record<string, Pushed>>,
): readonly Candidate[] {
  return Object.entries(artifacts).map(([name, pushed], index) => {
    const artifact = artifactOf(name, index + 1, pushed);
    const selection = selectSubjects(artifact, policy.rules, () => false);
    return {
      artifact,
      times: timesOf(artifact, []),
      untaggedSince: 'unknown',
      subjects: selection.kind === 'known' ? selection.subjects : [],
    };
  });
}

function kept(policy: Policy, artifacts: Readonly<Record<string, Pushed>>): readonly string[] {
  const [rule] = policy.rules;
  if (rule === undefined) throw new Error('no rule');
  const all = candidates(policy, artifacts);
  const answers = evaluateRule(rule, poolOf(rule, all), { now, pullSignal: 'live' });
  expect(answers.size).toBe(all.length);
  return Object.keys(artifacts).filter(
    (_, index) => answers.get(all[index]?.artifact.digest ?? '')?.keeps,
  );
}

const young = { a: { daysAgo: 1 }, b: { daysAgo: 2 }, c: { daysAgo: 3 } };
const old = { x: { daysAgo: 301 }, y: { daysAgo: 302 }, z: { daysAgo: 303 } };

test('a count of all counts the young ones, too; of remaining it does not', () => {
  expect(kept(ruleOn('pushedWithin: 60d\nmostRecentlyPushed: 2'), { ...young, ...old })).toEqual([
    'a',
    'b',
    'c',
  ]);
  const remaining = 'pushedWithin: 60d\nmostRecentlyPushed: { count: 2, of: remaining }';
  expect(kept(ruleOn(remaining), { ...young, ...old })).toEqual(['a', 'b', 'c', 'x', 'y']);
});

test('what remains is what no age keeps, whatever stands beside it; without an age, all', () => {
  const ages = 'pushedWithin: 60d\npulledWithin: 2d';
  const remaining = 'mostRecentlyPushed: { count: 2, of: remaining }';
  const all = { ...young, ...old };
  expect(kept(ruleOn(`${ages}\n${remaining}`), all)).toEqual(['a', 'b', 'c', 'x', 'y']);
  expect(kept(ruleOn(remaining), all)).toEqual(['a', 'b']);
  const two = 'mostRecentlyActive: 1\nmostRecentlyPushed: { count: 1, of: remaining }';
  expect(kept(ruleOn(`pushedWithin: 60d\n${two}`), all)).toEqual(['a', 'b', 'c', 'x']);
});

test('conditions that hold together say nothing of what an age keeps already, where they count what remains', () => {
  const both = 'all: { pulledWithin: 90w, mostRecentlyPushed: { count: 1, of: remaining } }';
  const policy = ruleOn(`pushedWithin: 60d\n${both}`);
  const [rule] = policy.rules;
  if (rule === undefined) throw new Error('no rule');
  const pool = poolOf(rule, candidates(policy, { a: { daysAgo: 1 }, x: { daysAgo: 301 } }));
  const answers = evaluateRule(rule, pool, { now, pullSignal: 'live' });
  expect([...answers.values()].map(({ findings }) => findings.map((one) => one.condition))).toEqual(
    [['pushedWithin'], ['pushedWithin', 'all']],
  );
});

test('a condition that does not govern an artifact does not keep it', () => {
  const policy = ruleOn('none');
  const [rule] = policy.rules;
  if (rule === undefined) throw new Error('no rule');
  const [member] = poolOf(rule, candidates(policy, { a: {} }));
  if (member === undefined) throw new Error('no member');
  for (const [says, keeps] of [
    ['not-governed', false],
    ['signal-lost', true],
  ] as const) {
    const condition: BoundCondition = {
      key: 'some',
      kind: 'count',
      counts: 'all',
      needs: [],
      judge: () => [{ says }],
    };
    const moment = { now, pullSignal: 'live' } as const;
    const answers = evaluateRule({ ...rule, keep: [condition] }, [member], moment);
    expect(answers.get(member.digest)?.keeps).toBe(keeps);
  }
});

test('each condition saves for itself: only what fails all of them is let go (E33)', () => {
  const rule = ruleOn('pulledWithin: 14d\nmostRecentlyPushed: 1');
  expect(
    kept(rule, {
      old: { daysAgo: 300 },
      used: { daysAgo: 400, pulledDaysAgo: 1 },
      idle: { daysAgo: 500 },
    }),
  ).toEqual(['old', 'used']);
});

test('keep: none keeps nothing', () => {
  expect(kept(ruleOn('none'), young)).toEqual([]);
});

test('groups are made of the capture, or of the own name where nothing matches', () => {
  const policy = ruleOn("mostRecentlyPushed: 1\ngroupBy: '/^(?<group>.+)-\\d+$/'");
  const [rule] = policy.rules;
  if (rule === undefined) throw new Error('no rule');
  const members = poolOf(
    rule,
    candidates(policy, { a: { tags: ['main-1', 'main-2', 'odd'] }, b: { tags: ['dev-1'] } }),
  );
  expect(members.map(({ selected }) => selected)).toEqual([
    [
      { subject: 'main-1', group: 'main' },
      { subject: 'main-2', group: 'main' },
      { subject: 'odd', group: 'odd' },
    ],
    [{ subject: 'dev-1', group: 'dev' }],
  ]);
});

test('a pool holds only what the rule selects', () => {
  const policy = ruleOn('none');
  const [rule] = policy.rules;
  if (rule === undefined) throw new Error('no rule');
  expect(poolOf(rule, candidates(policy, { a: { tags: [] }, b: {} }))).toHaveLength(1);
});
