import { expect, test } from '@jest/globals';
import type { UseWitness } from '../../functions/backtest/find-regrets.ts';
import { listedImages } from '../../functions/domain/image-list.ts';
import type { RepositoryFacts } from '../../functions/domain/repository.ts';
import { type Builder, builder, digestOf, type Pushed } from '../support/builder.ts';
import { policyFrom, ruleOn, unprotected } from '../support/judge.ts';
import { listed } from '../support/listed.ts';
import {
  backtestNights,
  type MadeNight,
  onDay,
  regretsIn,
  takenBy,
} from '../support/past-nights.ts';

const policy = ruleOn(
  'pushedWithin: 30d',
  'protect: { tags: [], labels: [keep], minimumAge: 1h, keepAtLeast: 0 }\nlimits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }',
);

/** What is different in a repository from a day on. */
type Change = Readonly<Record<string, Pushed | 'gone'>>;

const names = [
  'pulled',
  'late',
  'flushed',
  'on-the-dot',
  'again',
  'held',
  'marked',
  'quiet',
  'vanished',
  'listed',
  'running',
  'signed',
];

/** The same repository on a day, after all changes until then. */
function repository(
  changes: readonly { readonly day: number; readonly is: Change }[],
  today: number,
): RepositoryFacts {
  const is: Record<string, Pushed | 'gone'> = {};
  for (const change of changes) if (change.day <= today) Object.assign(is, change.is);
  let all: Builder = builder('team/app');
  for (const name of names) {
    const pushed = is[name] ?? {};
    // A row keeps its number, whatever went before it.
    all = all.push(
      name,
      pushed === 'gone'
        ? {}
        : { ...(name === 'signed' ? { accessories: ['signature'] } : {}), ...pushed },
    );
  }
  all = all
    .index('index', ['child'], is['index'] === 'gone' ? {} : is['index'])
    .hidden('child', is['child'] === 'gone' ? {} : is['child'])
    .hidden('signature', is['signature'] === 'gone' ? {} : is['signature']);
  for (const name of names) if (is[name] === 'gone') all = all.without(name);
  return all.repository();
}

const changes = [
  // A pull of before the first night, which shows on a later one.
  { day: 2, is: { flushed: { pulledDaysAgo: 1 } } },
  { day: 2, is: { vanished: 'gone' } },
  { day: 1, is: { 'on-the-dot': { pulledDaysAgo: 0 } } },
  { day: 4, is: { pulled: { pulledDaysAgo: -3.5 } } },
  { day: 5, is: { again: { tags: ['again', { name: 'newer', daysAgo: -4.25 }] } } },
  {
    day: 6,
    is: { again: { pulledDaysAgo: -5.5, tags: ['again', { name: 'newer', daysAgo: -4.25 }] } },
  },
  { day: 7, is: { held: { labels: ['keep'] }, marked: { labels: ['seen'] } } },
  { day: 8, is: { child: { tags: [], pulledDaysAgo: -7.5 } } },
  { day: 9, is: { signature: { tags: [], pulledDaysAgo: -8.5 } } },
  { day: 16, is: { late: { pulledDaysAgo: -15.5 } } },
  { day: 17, is: { pulled: { pulledDaysAgo: -16.5 } } },
] as const;

const use = { by: 'deployment prod/api', role: 'running', seenAt: onDay(2.5) } as const;
const witnesses = (today: number): readonly UseWitness[] => {
  const then: UseWitness = {
    images: listedImages(
      today < 3
        ? []
        : [
            {
              written: 'app:running',
              digests: [],
              references: ['team/app:running'],
              patterns: [],
              use,
            },
          ],
    ),
    at: onDay(today),
    isDated: false,
  };
  const now: UseWitness = {
    images: listed({ digests: [digestOf('listed')] }),
    at: onDay(20),
    isDated: true,
  };
  return today < 18 ? [then] : [then, now];
};

const nights: readonly MadeNight[] = Array.from({ length: 19 }, (_, today) => ({
  day: today,
  facts: [repository(changes, today)],
  witnesses: witnesses(today),
}));

test('exactly what is wanted after it went is a regret, each with its moment', () => {
  const found = backtestNights(policy, nights);
  expect(takenBy(found)[0]).toEqual([...names, 'index'].toSorted());
  expect(takenBy(found).slice(1).flat()).toEqual([]);
  expect(regretsIn(found)).toEqual({
    pulled: { pulled: { at: onDay(3.5) } },
    late: { pulled: { at: onDay(15.5) } },
    again: { tagged: { at: onDay(4.25), what: 'newer' } },
    held: { labelled: { at: onDay(7), isLatest: true, what: 'keep', protects: true } },
    marked: { labelled: { at: onDay(7), isLatest: true, what: 'seen', protects: false } },
    index: { pulled: { at: onDay(7.5) } },
    running: {
      'in-use': { at: onDay(2.5), what: 'deployment prod/api runs it (tag running)' },
    },
    listed: {
      'in-use': {
        at: onDay(20),
        isLatest: true,
        what: expect.stringMatching(/^a list names it \(digest sha256:/),
      },
    },
  });
});

test('what leaves the facts is not observable from then on, and nothing else is', () => {
  const { watched } = backtestNights(policy, nights);
  const last = (name: string) => watched.find(({ removal }) => removal.tags[0] === name)?.lastSeen;
  expect([last('vanished'), last('quiet')]).toEqual([onDay(1), onDay(18)]);
  const closed = watched.filter(({ closedAt }) => closedAt !== undefined);
  expect(closed.map(({ removal, closedAt }) => [removal.tags[0], closedAt])).toEqual([
    ['again', onDay(4.25)],
  ]);
});

test('a single tag that was removed is wanted if it is pulled or used, and is there again if it is pushed', () => {
  const untagging = policyFrom(`version: 1
rules:
  - name: ci
    select: { projects: ['**'], tags: ['ci-*'] }
    keep: { pushedWithin: 30d }
    untag: true
protect: { tags: [], labels: [], minimumAge: 1h, keepAtLeast: 0 }
`);
  const tags = ['v1', 'ci-pulled', 'ci-used', 'ci-pushed', 'ci-quiet'];
  const pulled = { name: 'ci-pulled', pulledDaysAgo: -1.5 };
  const pushed = { name: 'ci-pushed', daysAgo: -1.25, pulledDaysAgo: -1.75 };
  const before = builder().push('image', { tags }).repository();
  const after = builder()
    .push('image', { tags: ['v1', pulled, 'ci-used', pushed, 'ci-quiet'] })
    .repository();
  const images = listed({ references: ['team/web:ci-used'] });
  const found = backtestNights(untagging, [
    { day: 0, facts: [before] },
    {
      day: 2,
      facts: [after],
      witnesses: [{ images, at: onDay(2), isDated: false }],
    },
    { day: 40, facts: [after] },
  ]);
  expect(takenBy(found)).toEqual([
    ['ci-pulled', 'ci-pushed', 'ci-quiet', 'ci-used'],
    [],
    ['ci-pushed'],
  ]);
  expect(regretsIn(found)).toEqual({
    'ci-pulled': { pulled: { at: onDay(1.5) } },
    'ci-used': {
      'in-use': { at: onDay(2), isLatest: true, what: 'a list names it (tag ci-used)' },
    },
  });
  expect(found.watched.map(({ removal }) => removal.undo)).toEqual(Array(5).fill('tag'));
});

test('the list of a later night names by its digest what had left the facts by then', () => {
  const before = builder()
    .push('image', { tags: ['ci-1'], daysAgo: 40 })
    .repository();
  const images = listed({ digests: [digestOf('image')] });
  const found = backtestNights(
    ruleOn(
      'pushedWithin: 30d',
      `${unprotected()}limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }\n`,
    ),
    [0, 1, 2].map((day) => ({
      day,
      facts: day === 0 ? [before] : [builder().repository()],
      witnesses: day === 1 ? [{ images, at: onDay(1), isDated: false }] : [],
    })),
  );
  const [only, ...more] = Object.values(regretsIn(found));
  expect(more).toEqual([]);
  expect(only).toMatchObject({ 'in-use': { at: onDay(1), isLatest: true } });
});
