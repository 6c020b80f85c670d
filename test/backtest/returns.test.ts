import { expect, test } from '@jest/globals';
import type { RepositoryFacts } from '../../functions/domain/repository.ts';
import { builder, digestOf, type Pushed } from '../support/builder.ts';
import { ruleOn, ruleOnUntagged, unprotected } from '../support/judge.ts';
import { backtestNights, onDay, regretsIn, takenBy } from '../support/past-nights.ts';

const open = `${unprotected()}limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }`;
const policy = ruleOn('pushedWithin: 30d', open);

const one = (pushed: Pushed): RepositoryFacts => builder().push('image', pushed).repository();

test('what was taken is missing from later nights, so that it is taken once', () => {
  const found = backtestNights(policy, [
    { day: 0, facts: [one({})] },
    { day: 1, facts: [one({})] },
  ]);
  expect(takenBy(found)).toEqual([['image'], []]);
  expect(found.nights.map(({ listed }) => listed.artifacts)).toEqual([1, 0]);
});

test('what is tagged again is there again, with the new tag only and as young as that', () => {
  const again = one({ tags: ['image', { name: 'new', daysAgo: -2 }] });
  const found = backtestNights(policy, [
    { day: 0, facts: [one({})] },
    { day: 3, facts: [again] },
    { day: 33, facts: [again] },
  ]);
  expect(takenBy(found)).toEqual([['image'], [], ['new']]);
  expect(found.nights.map(({ listed }) => listed.artifacts)).toEqual([1, 1, 1]);
  expect(found.watched[1]?.removal.tags).toEqual(['new']);
});

test('a tag that moved away later does not take back that it came', () => {
  const again = one({ tags: [{ name: 'new', daysAgo: -2 }] });
  const found = backtestNights(policy, [
    { day: 0, facts: [one({})] },
    { day: 3, facts: [again] },
    { day: 4, facts: [one({})] },
  ]);
  expect(found.nights.map(({ listed }) => listed.artifacts)).toEqual([1, 1, 1]);
});

test('another row of the same digest is another push, and shows that the image was wanted', () => {
  const pushedAgain = builder().push('other').push('image', { daysAgo: -4 }).without('other');
  const found = backtestNights(policy, [
    { day: 0, facts: [one({})] },
    { day: 5, facts: [pushedAgain.repository()] },
  ]);
  expect(found.nights[1]?.listed.artifacts).toBe(1);
  expect(regretsIn(found)).toEqual({ image: { tagged: { at: onDay(4), what: 'image' } } });
});

test('a new index brings back the children that it lists, without the tags that they had', () => {
  const before = builder().push('child').push('lonely');
  const after = before.index('index', ['child'], { daysAgo: -1 });
  const found = backtestNights(policy, [
    { day: 0, facts: [before.repository()] },
    { day: 2, facts: [after.repository()] },
    { day: 40, facts: [after.repository()] },
  ]);
  expect(takenBy(found)).toEqual([['child', 'lonely'], [], ['index']]);
  // Pushing the index is no use of the image that happens to be in it.
  expect(regretsIn(found)).toEqual({});
});

test('an index that comes again has its children and signatures with it', () => {
  const gone = builder().index('index', ['child'], { accessories: ['signature'] });
  const again = builder().index('index', ['child'], {
    accessories: ['signature'],
    tags: ['index', { name: 'again', daysAgo: -2 }],
  });
  const found = backtestNights(policy, [
    { day: 0, facts: [gone.repository()] },
    { day: 3, facts: [again.repository()] },
    { day: 40, facts: [again.repository()] },
  ]);
  // Without them the index would be held for what was not read.
  expect(takenBy(found)).toEqual([['index'], [], ['again']]);
});

test('a child that an index lists which stays is not missing', () => {
  const both = builder().index('old', ['child']).index('young', ['child'], { daysAgo: 1 });
  const pulled = both.hidden('child', { pulledDaysAgo: -1 });
  const found = backtestNights(policy, [
    { day: 0, facts: [both.hidden('child').repository()] },
    { day: 2, facts: [pulled.repository()] },
    { day: 40, facts: [pulled.repository()] },
  ]);
  expect(takenBy(found)).toEqual([['old'], [], ['young']]);
  expect(regretsIn(found)).toEqual({});
});

test('since when something is untagged is known from the first night on, and no earlier', () => {
  const untagged = ruleOnUntagged('untaggedWithin: 7d', open);
  const facts = [builder().untagged('image', { daysAgo: 300 }).repository()];
  const found = backtestNights(
    untagged,
    [0, 4, 7, 8].map((day) => ({ day, facts })),
  );
  const image = digestOf('image').slice(7, 15);
  expect(takenBy(found)).toEqual([[], [], [], [image]]);
});

test('after nine nights without facts nobody knows whether something was tagged meanwhile', () => {
  const untagged = ruleOnUntagged('untaggedWithin: 7d', open);
  const facts = [builder().untagged('image', { daysAgo: 300 }).repository()];
  const found = backtestNights(
    untagged,
    [0, 9, 16].map((day) => ({ day, facts })),
  );
  expect(takenBy(found)).toEqual([[], [], []]);
});

test('a repository that was not read whole holds, and shows what it shows', () => {
  const seen = one({ pulledDaysAgo: -1 });
  const cut: RepositoryFacts = {
    kind: 'unplannable',
    head: { ...seen.head, artifactCount: 5 },
    seen: seen.kind === 'complete' ? seen.artifacts : [],
    because: 'a page is missing',
  };
  const found = backtestNights(policy, [
    { day: 0, facts: [one({})] },
    { day: 2, facts: [cut] },
  ]);
  expect(found.nights[1]).toMatchObject({ unplannable: 1, listed: { artifacts: 0 } });
  expect(regretsIn(found)).toEqual({ image: { pulled: { at: onDay(1) } } });
});

test('a child that two indexes share which go together is wanted once', () => {
  const both = builder().index('one', ['child']).index('two', ['child']);
  const found = backtestNights(policy, [
    { day: 0, facts: [both.hidden('child').repository()] },
    { day: 2, facts: [both.hidden('child', { pulledDaysAgo: -1 }).repository()] },
  ]);
  expect(takenBy(found)[0]).toEqual(['one', 'two']);
  expect(Object.values(regretsIn(found))).toEqual([{ pulled: { at: onDay(1) } }]);
});
