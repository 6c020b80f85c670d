import { expect, test } from '@jest/globals';
import {
  type Claim,
  claimLabel,
  claimMark,
  claimOf,
  claimProblem,
  claimText,
} from '../../functions/domain/claim.ts';

const own = claimText('s3://ours/', 'a1');
const other = claimText('s3://ours/', 'b2');

test('two stores at one address have claims of their own, which name that for people', () => {
  expect(own).not.toBe(other);
  expect(own).toContain('s3://ours/');
});

test.each<[string, readonly string[] | 'unknown', string | undefined, Claim]>([
  ['nobody’s without a label', [], own, { kind: 'free' }],
  ['nobody’s without a label, whoever asks', [], undefined, { kind: 'free' }],
  ['ours', [own], own, { kind: 'ours' }],
  ['another’s', [other], own, { kind: 'others', by: [other] }],
  ['another’s beside ours', [own, other], own, { kind: 'others', by: [other] }],
  ['another’s for a store without an id', [own], undefined, { kind: 'others', by: [own] }],
  ['several others’', [other, 'x'], own, { kind: 'others', by: [other, 'x'] }],
  ['not known', 'unknown', own, { kind: 'unknown' }],
])('a trash project is %s', (_, ...[descriptions, by, expected]) => {
  expect(claimOf(descriptions, by)).toEqual(expected);
});

test('a trash that is free or ours may be used; any other may not, with what was found and what to do', () => {
  for (const kind of ['free', 'ours'] as const) expect(claimProblem({ kind })).toBeUndefined();
  expect(claimProblem({ kind: 'unknown' })).toEqual({
    found: expect.stringMatching(/labels can’t be read/),
    remedy: expect.stringMatching(/label:list/),
  });
  const problem = claimProblem({ kind: 'others', by: [other, 'x'] });
  expect(problem?.found).toContain(`${other} and x`);
  expect(problem?.remedy).toMatch(/trash\.project/);
});

const label = (changes: object = {}) => ({
  id: 7,
  name: claimLabel,
  description: own,
  madeAt: '2026-11-21T03:30:00Z',
  ...changes,
});

test('our claim in one Harbor is told from that in another by its row and its moment', () => {
  const marks = [
    claimMark([label()], own),
    claimMark([label({ id: 8 })], own),
    claimMark([label({ madeAt: '2026-11-22T03:30:00Z' })], own),
  ];
  expect(new Set(marks).size).toBe(3);
  const others = [label({ description: other, id: 1 }), label({ name: 'team', id: 2 })];
  expect(claimMark([...others, label()], own)).toBe(marks[0]);
});

test.each([
  ['there is no label', []],
  ['it is another’s', [label({ description: other })]],
  ['only another label says the same', [label({ name: 'team' })]],
  ['Harbor does not say when it was made', [label({ madeAt: '' })]],
])('there is no mark where %s', (_, labels) => {
  expect(claimMark(labels, own)).toBeUndefined();
});
