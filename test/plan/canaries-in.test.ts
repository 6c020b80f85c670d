import { expect, test } from '@jest/globals';
import { canariesIn } from '../../functions/plan/canaries-in.ts';
import type { Verdict } from '../../functions/domain/verdict.ts';
import { builder, digestOf, headOf, type Pushed } from '../support/builder.ts';

const artifactsWith = (tags: Pushed['tags']) =>
  builder()
    .push('other', { tags: 'unknown' })
    .push('one', { ...(tags && { tags }) })
    .artifacts();

const sightings = (tags: Pushed['tags'], verdict: object, canaries: readonly string[]) =>
  canariesIn(headOf('team/web'), artifactsWith(tags), {
    verdicts: ['other', 'one'].map(
      (name) => ({ ...verdict, artifact: { id: 1, digest: digestOf(name) } }) as Verdict,
    ),
    canaries,
  });

const waiting = (tags?: readonly string[]) => ({
  fate: 'keep',
  reason: { code: 'rollout-waits', rule: 'ci', until: 1, ...(tags && { tags }) },
});

test.each<readonly [string, object, string]>([
  ['keep', { fate: 'keep', reason: { code: 'not-selected' } }, 'keep'],
  ['delete', { fate: 'delete' }, 'delete'],
  ['its own tag goes', { fate: 'untag', tags: ['v1'] }, 'untag'],
  ['it waits for the roll-out', waiting(), 'delete'],
  ['its own tag waits', waiting(['v1']), 'untag'],
  ['only another tag waits', waiting(['v2']), 'keep'],
  ['only another tag goes', { fate: 'untag', tags: ['v2'] }, 'keep'],
])('a canary is seen with what becomes of its tag: %s', (_, verdict, fate) => {
  expect(sightings(['v2', 'v1'], verdict, ['team/web:v1'])).toEqual([
    { reference: 'team/web:v1', digest: digestOf('one'), fate },
  ]);
});

test('a canary of another repository, or whose tag is not there or not known, is not seen', () => {
  const canaries = ['team/api:v1', 'team/web:v9', 'x/team/web:v1'];
  expect(sightings(['v1'], { fate: 'keep', reason: { code: 'not-selected' } }, canaries)).toEqual(
    [],
  );
  expect(
    sightings('unknown', { fate: 'keep', reason: { code: 'not-selected' } }, ['team/web:v1']),
  ).toEqual([]);
});
