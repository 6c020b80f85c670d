import { expect, test } from '@jest/globals';
import type { Watched } from '../../functions/backtest/removal.ts';
import {
  endedSince,
  entryOf,
  withRealDeletions,
} from '../../functions/backtest/simulated-history.ts';
import { digestOf } from '../support/builder.ts';
import { addRepositories, emptyPlan, finishPlan } from '../../functions/plan/make-plan.ts';
import { builder } from '../support/builder.ts';
import { judge, registryOf, ruleOn } from '../support/judge.ts';
import { onDay } from '../support/past-nights.ts';

const policy = ruleOn('none');
const facts = builder().push('a').push('b').repository();
const soFar = addRepositories(emptyPlan, [judge(facts, policy)]);
const frame = { madeAt: onDay(1), policyHash: 'hash', ruleNames: policy.ruleNames, actions: [] };
const plan = finishPlan(soFar, frame);
const nightWith = (reallyDeleted: number) => ({
  takenAt: onDay(1),
  registry: registryOf(),
  witnesses: [],
  reallyDeleted,
});

const watchedOf = (more: Partial<Watched>, tag?: string): Watched => ({
  removal: {
    repository: 'team/web',
    digest: digestOf('a'),
    artifactId: 1,
    night: 0,
    at: onDay(0),
    rule: 'rule',
    tags: [],
    labels: [],
    size: 1,
    undo: 'trash',
    ...(tag === undefined ? {} : { tag }),
  },
  sightings: {},
  ...more,
});

test('what a night took is taken off what the next one is compared with, unless it was refused', () => {
  const [gone, refused] = [false, true].map((is) => entryOf(plan, nightWith(0), is));
  expect(gone).toMatchObject({
    artifacts: 2,
    deletedArtifacts: 2,
    plannedByRule: { rule: 2 },
    end: 'finished',
    policyHash: 'hash',
    at: onDay(1),
  });
  expect(refused).toMatchObject({
    deletedArtifacts: 0,
    plannedByRule: { rule: 2 },
    end: 'refused',
  });
});

test('what a real run deleted is taken off too, but for what had gone here before', () => {
  const entry = entryOf(plan, nightWith(0), true);
  const deleted = (reallyDeleted: number, ended: number) =>
    withRealDeletions([entry, entry], nightWith(reallyDeleted), ended).map(
      ({ deletedArtifacts }) => deletedArtifacts,
    );
  expect([deleted(5, 2), deleted(1, 2), deleted(0, 0)]).toEqual([
    [0, 3],
    [0, 0],
    [0, 0],
  ]);
  expect(withRealDeletions([], nightWith(5), 0)).toEqual([]);
});

test('ended are rows of whole artifacts that the night before showed last, and that did not come again', () => {
  const last = entryOf(plan, nightWith(0), false);
  const all = [
    watchedOf({ lastSeen: onDay(1) }),
    watchedOf({ lastSeen: onDay(2) }),
    watchedOf({}),
    watchedOf({ lastSeen: onDay(1), closedAt: onDay(1) }),
    watchedOf({ lastSeen: onDay(1) }, 'tag'),
  ];
  expect(endedSince(all, last)).toBe(1);
  expect(endedSince([watchedOf({})], { ...last, at: onDay(0) })).toBe(1);
  expect(endedSince(all, undefined)).toBe(0);
});
