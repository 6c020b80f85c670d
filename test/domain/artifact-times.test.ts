import { expect, test } from '@jest/globals';
import {
  certainPullTime,
  ownPullTime,
  pushTime,
  timesOf,
} from '../../functions/domain/artifact-times.ts';
import { artifactOf, day, now, type Pushed } from '../support/builder.ts';

const art = (pushed: Pushed) => artifactOf('a', 1, pushed);
const daysAgo = (time: number | 'unknown') => (time === 'unknown' ? time : (now - time) / day);

test.each<[string, Pushed, number | 'unknown']>([
  ['its own, if its tags are older', { daysAgo: 5, tags: [{ name: 'a', daysAgo: 9 }] }, 5],
  [
    'that of a tag that moved here later (E12)',
    { daysAgo: 9, tags: [{ name: 'a', daysAgo: 2 }] },
    2,
  ],
  ['its own without tags', { daysAgo: 4, tags: [] }, 4],
  ['unknown if its own is', { daysAgo: 'unknown', tags: [{ name: 'a', daysAgo: 2 }] }, 'unknown'],
  ["unknown if a tag's is", { daysAgo: 4, tags: [{ name: 'a', daysAgo: 'unknown' }] }, 'unknown'],
  ['unknown if its tags are', { daysAgo: 4, tags: 'unknown' }, 'unknown'],
])('the push time of an artifact is %s', (_title, pushed, expected) => {
  expect(daysAgo(pushTime(art(pushed)))).toBe(expected);
});

type Time = number | 'unknown';

/** What may be the artifact's own pull, and what is for certain. */
test.each<[string, Pushed, Time | { readonly may: Time; readonly certain: Time }]>([
  ['its own', { pulledDaysAgo: 3 }, 3],
  ["a tag's, if later", { pulledDaysAgo: 3, tags: [{ name: 'a', pulledDaysAgo: 1 }] }, 1],
  ["not a tag's, if earlier", { pulledDaysAgo: 3, tags: [{ name: 'a', pulledDaysAgo: 5 }] }, 3],
  [
    'not that of a moved tag, which speaks of the old digest (docs/harbor.md#t15-moved-tags)',
    { tags: [{ name: 'a', daysAgo: 2, pulledDaysAgo: 10 }] },
    'unknown',
  ],
  ["a tag's pulled at the very push", { tags: [{ name: 'a', daysAgo: 2, pulledDaysAgo: 2 }] }, 2],
  [
    "a tag's whose push is unknown",
    { tags: [{ name: 'a', daysAgo: 'unknown', pulledDaysAgo: 2 }] },
    { may: 2, certain: 'unknown' },
  ],
  ['its own if its tags are unknown', { tags: 'unknown', pulledDaysAgo: 8 }, 8],
  ['unknown if never pulled, and its tags are unknown', { tags: 'unknown' }, 'unknown'],
  [
    'the latest of several tags, in whatever order',
    {
      pulledDaysAgo: 30,
      tags: [
        { name: 'a', pulledDaysAgo: 9 },
        { name: 'b', pulledDaysAgo: 4 },
        { name: 'c', pulledDaysAgo: 6 },
      ],
    },
    4,
  ],
  ['unknown if never pulled (docs/harbor.md#t13-the-year-1)', {}, 'unknown'],
])('the own pull time of an artifact is %s', (_title, pushed, time) => {
  const due = typeof time === 'object' ? time : { may: time, certain: time };
  expect(daysAgo(ownPullTime(art(pushed)))).toBe(due.may);
  expect(daysAgo(certainPullTime(art(pushed)))).toBe(due.certain);
});

test('the pull time takes those of children and parents along (E19)', () => {
  const relatives = [art({ pulledDaysAgo: 7 }), art({ pulledDaysAgo: 6 }), art({})];
  expect(daysAgo(timesOf(art({ daysAgo: 50 }), relatives).pulled)).toBe(6);
  expect(daysAgo(timesOf(art({ daysAgo: 50, pulledDaysAgo: 1 }), relatives).pulled)).toBe(1);
  expect(timesOf(art({ daysAgo: 50 }), [art({})]).pulled).toBe('unknown');
});

test('activity is the later of push and pull; never pulled means as pushed (E9)', () => {
  expect(daysAgo(timesOf(art({ daysAgo: 5, pulledDaysAgo: 9 }), []).active)).toBe(5);
  expect(daysAgo(timesOf(art({ daysAgo: 9, pulledDaysAgo: 5 }), []).active)).toBe(5);
  expect(daysAgo(timesOf(art({ daysAgo: 9 }), []).active)).toBe(9);
  expect(timesOf(art({ daysAgo: 'unknown', pulledDaysAgo: 5 }), []).active).toBe('unknown');
});
