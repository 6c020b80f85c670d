import { expect, test } from '@jest/globals';
import { graphOf } from '../../functions/domain/graph.ts';
import type { BoundCondition, Finding, Rule } from '../../functions/domain/policy.ts';
import type { Margin } from '../../functions/domain/reason.ts';
import type { Case, Docket } from '../../functions/plan/prepare-repository.ts';
import { unreadPlaces } from '../../functions/plan/places.ts';
import { builder } from '../support/builder.ts';
import { ruleOn } from '../support/judge.ts';

const rank = (place: number, of: number): Margin => ({
  kind: 'rank',
  by: 'pushed',
  rank: place,
  of,
});
const time: Margin = { kind: 'time', by: 'pushed', since: 0, goesAt: 1 };
const both = (holds: boolean): Margin => ({
  kind: 'all',
  parts: [{ condition: 'pushedWithin', holds, margin: { ...time, kind: 'time', by: 'pushed' } }],
});

const conditionOf = (key: string, kind: BoundCondition['kind']): BoundCondition => ({
  key,
  kind,
  counts: 'all',
  needs: [],
  judge: () => [],
});
const age = conditionOf('pushedWithin', 'age');
const count = conditionOf('mostRecentlyPushed', 'count');
const all = conditionOf('all', 'count');

/** Whether an index, of whose child nothing was read, counts as unread and in a place. */
function isUnreadPlace(
  keep: readonly BoundCondition[],
  findings: readonly (readonly [condition: string, finding: Finding])[],
  isRead = false,
): boolean {
  const seen = builder().untagged('child').index('index', ['child']);
  const artifacts = seen.artifacts().filter(({ children }) => isRead || children.length > 0);
  const index = artifacts.find(({ children }) => children.length > 0);
  if (index === undefined) throw new Error('the builder made no index');
  const rule: Rule = { ...(ruleOn('none').rules[0] as Rule), keep };
  const said = findings.map(([condition, finding]) => ({ condition, finding }));
  const answers = new Map([[rule, new Map([[index.digest, { keeps: false, findings: said }]])]]);
  // A rule that says nothing of it changes nothing, whether or not it counts.
  const others = [
    { ...rule, name: 'other', keep: [count] },
    { ...rule, name: 'none', keep: [] },
  ];
  const docket = { graph: graphOf(artifacts), rules: [...others, rule] } as unknown as Docket;
  return unreadPlaces([{ artifact: index } as Case], answers, docket).length === 1;
}

test.each<[string, readonly BoundCondition[], readonly (readonly [string, Finding])[], boolean]>([
  ['kept by its place', [count], [[count.key, { says: 'keeps', margin: rank(1, 3) }]], true],
  ['in the last place', [count], [[count.key, { says: 'lets-go', margin: rank(3, 3) }]], true],
  ['behind the last place', [count], [[count.key, { says: 'lets-go', margin: rank(4, 3) }]], false],
  ['of unknown time, which takes no place', [count], [[count.key, { says: 'signal-lost' }]], false],
  ['kept by its age only', [age], [[age.key, { says: 'keeps', margin: time }]], false],
  [
    'kept by its age, behind the last place',
    [age, count],
    [
      [age.key, { says: 'keeps', margin: time }],
      [count.key, { says: 'lets-go', margin: rank(4, 3) }],
    ],
    false,
  ],
  [
    'missing a part of all, and perhaps in a place of it',
    [all],
    [[all.key, { says: 'lets-go', margin: both(false) }]],
    true,
  ],
  [
    'not kept by its age, and in the last place',
    [age, count],
    [[count.key, { says: 'lets-go', margin: rank(3, 3) }]],
    true,
  ],
  ['asked nothing', [count], [], false],
])('an artifact %s: whether it waits for its family', (...[, keep, findings, expected]) => {
  expect(isUnreadPlace(keep, findings)).toBe(expected);
  // Where all of its family was read there is nothing to wait for.
  expect(isUnreadPlace(keep, findings, true)).toBe(false);
});

test('an index does not wait for what hangs on a tagged child, which outlives it', () => {
  const seen = builder()
    .push('child', { accessories: ['sig'] })
    .index('index', ['child']);
  const artifacts = seen.artifacts();
  const [child, index] = artifacts;
  if (child === undefined || index === undefined) throw new Error('the builder made no index');
  const rule: Rule = { ...(ruleOn('none').rules[0] as Rule), keep: [count] };
  const finding: Finding = { says: 'keeps', margin: rank(1, 3) };
  const answer = { keeps: true, findings: [{ condition: count.key, finding }] };
  const answers = new Map([
    [rule, new Map([child, index].map(({ digest }) => [digest, answer] as const))],
  ]);
  const docket = { graph: graphOf(artifacts), rules: [rule] } as unknown as Docket;
  const cases = [{ artifact: child }, { artifact: index }] as unknown as readonly Case[];
  expect(unreadPlaces(cases, answers, docket)).toEqual([{ artifact: child }]);
});
