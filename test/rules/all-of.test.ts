import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { BoundCondition, Finding, Rule } from '../../functions/domain/policy.ts';
import { allOf, together } from '../../functions/rules/all-of.ts';
import { evaluateRule } from '../../functions/rules/evaluate-rule.ts';
import { highestVersions } from '../../functions/rules/keep/highest-versions.ts';
import { mostRecentlyPushed } from '../../functions/rules/keep/most-recently-pushed.ts';
import { pulledWithin } from '../../functions/rules/keep/pulled-within.ts';
import { pushedWithin } from '../../functions/rules/keep/pushed-within.ts';
import { bind, member, moment } from './keep/pool.ts';
import { ruleOn } from '../support/judge.ts';

const finding = (says: Finding['says']): Finding => {
  const margin = { kind: 'rank', by: 'pushed', rank: 1, of: 1 } as const;
  if (says === 'keeps' || says === 'lets-go') return { says, margin };
  return says === 'unknown' ? { says, fact: 'push time', because: 'not shown' } : { says };
};

test.each<[readonly Finding['says'][], Finding['says']]>([
  [['keeps', 'keeps'], 'keeps'],
  [['keeps', 'lets-go'], 'lets-go'],
  // One that surely fails decides: the unknown one could not make the whole true.
  [['unknown', 'lets-go'], 'lets-go'],
  [['signal-lost', 'lets-go'], 'lets-go'],
  [['unknown', 'keeps'], 'unknown'],
  [['signal-lost', 'keeps'], 'signal-lost'],
  [['unknown', 'signal-lost'], 'unknown'],
  [['not-governed', 'keeps'], 'not-governed'],
])('%j together are %s', (parts, expected) => {
  for (const some of [parts, parts.toReversed()]) {
    const given = some.map((says, index) => ({ key: `c${index}`, finding: finding(says) }));
    expect(together(given).says).toBe(expected);
  }
});

test('it is an age if all of its parts are, needs what they need, and governs what they govern', () => {
  const age = bind(pushedWithin, '30d');
  const pulls = bind(pulledWithin, '30d');
  const versions = bind(highestVersions, { count: 1 });
  expect(allOf([age, pulls])).toMatchObject({ key: 'all', kind: 'age', needs: pulls.needs });
  expect(allOf([age, bind(mostRecentlyPushed, 1)]).kind).toBe('count');
  expect(allOf([age, pulls]).doesNotGovern).toBeUndefined();
  expect(allOf([age, versions]).doesNotGovern?.('latest')).toBe('it is not a version');
  expect(allOf([age, versions]).doesNotGovern?.('1.0')).toBeUndefined();
});

test('it says of each part whether it holds, and by how much', () => {
  const margin = { kind: 'rank', by: 'pushed', rank: 1, of: 1 };
  const given = (['keeps', 'lets-go', 'signal-lost'] as const).map((says) => ({
    key: says,
    finding: finding(says),
  }));
  expect(together(given)).toEqual({
    says: 'lets-go',
    margin: {
      kind: 'all',
      parts: [
        { condition: 'keeps', holds: true, margin },
        { condition: 'lets-go', holds: false, margin },
      ],
    },
  });
});

test('asked by itself it answers what a rule with nothing else would', () => {
  const both = allOf([bind(pushedWithin, '30d'), bind(mostRecentlyPushed, 2)]);
  const rule: Rule = { ...(ruleOn('none').rules[0] as Rule), keep: [both] };
  const days = [1, 20, 25, 40, 'unknown'] as const;
  const members = days.map((pushed, index) => member(`m${index}`, { pushed }));
  const findings = both.judge(members, moment);
  expect(findings.map(({ says }) => says)).toEqual([
    'keeps',
    'keeps',
    'lets-go',
    'lets-go',
    'unknown',
  ]);
  const answers = evaluateRule(rule, members, moment);
  expect(findings).toEqual(members.map(({ digest }) => answers.get(digest)?.findings[0]?.finding));
});

/** Names of the members that the rule keeps. */
function kept(keep: readonly BoundCondition[], days: Readonly<Record<string, number>>): string[] {
  const rule: Rule = { ...(ruleOn('none').rules[0] as Rule), keep };
  const names = Object.keys(days);
  const members = names.map((name) => member(name, { pushed: days[name] ?? 0 }));
  const answers = evaluateRule(rule, members, moment);
  return names.filter((_, index) => answers.get(members[index]?.digest ?? '')?.keeps);
}

test('the three newest, and those only for 100 hours', () => {
  const both = allOf([bind(pushedWithin, '100h'), bind(mostRecentlyPushed, 3)]);
  expect(kept([both], { a: 1, b: 2, c: 3, d: 3.5 })).toEqual(['a', 'b', 'c']);
  expect(kept([both], { a: 1, b: 5, c: 6 })).toEqual(['a']);
  expect(kept([both], { a: 5, b: 6 })).toEqual([]);
  // Any other condition of the rule still keeps.
  expect(kept([both, bind(mostRecentlyPushed, 1)], { a: 5, b: 6 })).toEqual(['a']);
});

test('a count of: remaining inside is among what the ages of the rule do not keep', () => {
  const remaining = bind(mostRecentlyPushed, { count: 2, of: 'remaining' });
  const old = allOf([bind(pushedWithin, '40d'), remaining]);
  const days = { a: 1, b: 2, c: 20, d: 30, e: 35, f: 50 };
  expect(kept([bind(pushedWithin, '10d'), old], days)).toEqual(['a', 'b', 'c', 'd']);
});

test('together conditions keep what each of them keeps, and nothing else', () => {
  const conditions = fc.record({
    age: fc.integer({ min: 1, max: 60 }),
    count: fc.integer({ min: 1, max: 5 }),
    days: fc.uniqueArray(fc.integer({ min: 0, max: 80 }), { minLength: 1, maxLength: 8 }),
  });
  fc.assert(
    fc.property(conditions, ({ age, count, days }) => {
      const pool = Object.fromEntries(days.map((ago) => [`m${ago}`, ago]));
      const [one, other] = [bind(pushedWithin, `${age}d`), bind(mostRecentlyPushed, count)];
      const byOne = kept([one], pool);
      const byOther = kept([other], pool);
      expect(kept([allOf([one, other])], pool)).toEqual(
        byOne.filter((name) => byOther.includes(name)),
      );
    }),
  );
});
