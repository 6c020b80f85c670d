import { expect, test } from '@jest/globals';
import type { Watched } from '../../functions/backtest/removal.ts';
import { watchOf } from '../../functions/report/backtest-document.ts';
import { digestOf } from '../support/builder.ts';
import { onDay } from '../support/past-nights.ts';

const nights = [0, 2, 5].map((day) => ({ takenAt: onDay(day) }));

/** A removal of a day, and what later nights showed of it. */
function took(day: number, shown: Partial<Pick<Watched, 'lastSeen' | 'closedAt'>> = {}): Watched {
  const removal: Watched['removal'] = {
    repository: 'team/web',
    digest: digestOf('image'),
    artifactId: 1,
    night: 0,
    at: onDay(day),
    rule: 'builds',
    tags: [],
    labels: [],
    size: 1,
    undo: 'trash',
  };
  return { removal, sightings: {}, ...shown };
}

test('each removal is in one group, and what no later night showed counts no days', () => {
  const watched = [
    took(0, { lastSeen: onDay(5) }),
    took(0, { lastSeen: onDay(2) }),
    took(0),
    took(0, { closedAt: onDay(3) }),
    took(5),
  ];
  expect(watchOf(watched, nights)).toEqual({
    removals: 5,
    toTheEnd: 1,
    ended: 2,
    unseen: 1,
    closed: 1,
    lastNight: 1,
    endedSince: new Date(onDay(0)).toISOString(),
    days: { least: 2, most: 5 },
  });
  expect(watchOf([took(0)], nights).days).toBeNull();
});
