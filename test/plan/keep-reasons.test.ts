import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Finding, Rule } from '../../functions/domain/policy.ts';
import type { Margin, Note, SimpleMargin } from '../../functions/domain/reason.ts';
import { keptBy, subjectKeep } from '../../functions/plan/keep-reasons.ts';
import { day, now } from '../support/builder.ts';
import { ruleOn } from '../support/judge.ts';

const until = (days: number): SimpleMargin => ({
  kind: 'time',
  by: 'pushed',
  since: now,
  goesAt: now + days * day,
});
const place = (rank: number, of: number): SimpleMargin => ({
  kind: 'rank',
  by: 'pushed',
  rank,
  of,
});
const together = (...margins: readonly SimpleMargin[]): Margin => ({
  kind: 'all',
  parts: margins.map((margin) => ({ condition: 'part', holds: true, margin })),
});
const note = (rule: string, condition: string, margin: Margin): Note => ({
  rule,
  condition,
  margin,
});

/** From what lasts longest; the names would sort them the other way round. */
const inOrder = [
  note('z', 'with two places to spare', place(1, 3)),
  note('y', 'with one place to spare', place(4, 5)),
  note('x', 'of places that only stand together', together(place(4, 5), place(5, 5))),
  note('w', 'for long', until(90)),
  note('v', 'as long as the shorter of two', together(place(1, 9), until(60))),
  note('u', 'shortly', until(30)),
  note('ta', 'as long, by rule', until(10)),
  note('tb', 'a by condition', until(10)),
  note('tb', 'b by condition', until(10)),
];

test('of all that keeps, what lasts longest is named, and what keeps it then', () => {
  const shuffled = fc.shuffledSubarray(inOrder, { minLength: inOrder.length });
  fc.assert(
    fc.property(shuffled, (notes) => {
      const [first, ...also] = inOrder;
      expect(keptBy(notes)).toEqual({ code: 'kept-by-rule', ...first, also });
      // A condition that keeps several tags is named once.
      expect(keptBy([...notes, ...notes])).toEqual({ code: 'kept-by-rule', ...first, also });
    }),
  );
});

test('where nothing keeps there is no reason', () => {
  expect(keptBy([])).toBeUndefined();
});

const says = (...findings: readonly Finding[]) => ({
  keeps: true,
  findings: findings.map((finding, index) => ({ condition: `c${index}`, finding })),
});
const keeps: Finding = { says: 'keeps', margin: place(1, 3) };
const letsGo: Finding = { says: 'lets-go', margin: place(4, 3) };
const lost: Finding = { says: 'signal-lost' };
const unknown: Finding = { says: 'unknown', fact: 'push time', because: 'not shown' };

test.each<[string, Readonly<Record<string, readonly Finding[]>>, object]>([
  [
    'what keeps, not what lets go',
    { a: [letsGo, keeps] },
    { code: 'kept-by-rule', condition: 'c1' },
  ],
  [
    'what is not known, before what keeps',
    { a: [keeps], b: [unknown] },
    {
      code: 'fact-unknown',
      fact: 'push time',
      by: 'b: c0',
      because: 'not shown',
    },
  ],
  [
    'of what is not known, the first by rule',
    { b: [unknown], a: [keeps, lost] },
    {
      code: 'pull-signal-lost',
      rule: 'a',
      condition: 'c1',
    },
  ],
  [
    'then the first by condition',
    { a: [keeps, unknown, lost] },
    { code: 'fact-unknown', by: 'a: c1' },
  ],
])('a tag names %s', (_, findings, expected) => {
  const [rule] = ruleOn('none').rules;
  const answers = new Map(
    Object.entries(findings).map(([name, own]) => [
      { ...(rule as Rule), name },
      new Map([['digest', says(...own)]]),
    ]),
  );
  expect(subjectKeep('digest', [...answers.keys()], answers)).toMatchObject(expected);
});
