import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Artifact, Tag } from '../../functions/domain/artifact.ts';
import type { CompleteRepository, RepositoryFacts } from '../../functions/domain/repository.ts';
import type { Watched } from '../../functions/backtest/removal.ts';
import { type DrawnPolicy, policies, policyOf, repositories } from '../properties/registries.ts';
import { artifactOf, withHidden } from '../support/builder.ts';
import { backtestNights, onDay } from '../support/past-nights.ts';
import { naiveBacktest } from './naive-backtest.ts';

// Enough to find a slip in a few runs of the suite; a search of its own: PROPERTY_RUNS=6000 npx jest test/backtest
const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 250) };

/** What somebody does to one of the artifacts between two nights, some hours after the first. */
const event = fc.record({
  what: fc.constantFrom(
    'pull',
    'pull',
    'pull-tag',
    'tag',
    'label',
    'vanish',
    'push-again',
    'index',
    'move-tag',
    'cut',
    'pull-hidden',
  ),
  which: fc.nat(9),
  other: fc.nat(9),
  hours: fc.constantFrom(0, 1, 30),
});
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

const later = fc.array(
  fc.record({ days: fc.constantFrom(1, 2, 5, 12), events: fc.array(event, { maxLength: 7 }) }),
  { minLength: 1, maxLength: 5 },
);

const limits = fc.constantFrom(
  { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 },
  { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 },
  { maxDeletions: 2, maxDeletionsPercent: 100, onBreach: 'oldestFirst' },
  { maxDeletions: 1, maxDeletionsPercent: 100, onBreach: 'oldestFirst' },
  { maxDeletions: 2, maxDeletionsPercent: 100 },
);

// What is purged is another matter (rails.test.ts).
const trash = { project: 'retention-trash', keepFor: '3650d' };

/** Most drawn policies keep nearly all of so small a repository. */
const strict: DrawnPolicy = {
  rules: [
    {
      name: 'all',
      select: { projects: ['**'], tags: ['**'] },
      keep: { pushedWithin: '10d' },
      untag: true,
      insteadOf: [],
    },
  ],
  protect: { tags: [], labels: [], minimumAge: '1h', keepAtLeast: 0 },
};
const drawnPolicies = fc.oneof(
  { weight: 1, arbitrary: policies },
  { weight: 1, arbitrary: fc.constant(strict) },
);

interface State {
  readonly artifacts: readonly Artifact[];
  readonly hidden: readonly Artifact[];
  readonly nextId: number;
  readonly isCut: boolean;
}

/** The repository after an event at a moment. */
function after(state: State, { what, which, other }: Event, at: number): State {
  const { artifacts, hidden, nextId } = state;
  const index = artifacts.length === 0 ? -1 : which % artifacts.length;
  const target = artifacts[index];
  if (what === 'cut') return { ...state, isCut: true };
  if (what === 'pull-hidden')
    return {
      ...state,
      hidden: hidden.map((one, place) =>
        place === which % hidden.length ? { ...one, pulledAt: at } : one,
      ),
    };
  if (target === undefined) return state;
  const tags = target.tags === 'unknown' ? [] : target.tags;
  const change = (more: Partial<Artifact>): State => ({
    ...state,
    artifacts: artifacts.map((one, place) => (place === index ? { ...one, ...more } : one)),
  });
  const fresh = (name: string): Tag => ({ name, pushedAt: at, pulledAt: 'unknown' });
  switch (what) {
    case 'pull':
      return change({ pulledAt: at });
    case 'pull-tag':
      return change({
        tags: tags.map((tag, place) =>
          place === other % tags.length ? { ...tag, pulledAt: at } : tag,
        ),
      });
    case 'tag':
      return { ...change({ tags: [...tags, fresh(`ci-${nextId}`)] }), nextId: nextId + 1 };
    case 'label':
      return change({
        labels: [
          ...(target.labels === 'unknown' ? [] : target.labels),
          other % 2 === 0 ? 'keep' : 'seen',
        ],
      });
    case 'vanish':
      return { ...state, artifacts: artifacts.filter((one) => one !== target) };
    case 'push-again':
      return {
        ...change({ id: nextId, pushedAt: at, pulledAt: 'unknown', tags: [fresh(`ci-${nextId}`)] }),
        nextId: nextId + 1,
      };
    case 'index': {
      const made = artifactOf(`made-${nextId}`, nextId, { children: ['made'] });
      const child = artifacts[other % artifacts.length]?.digest ?? '';
      const own = {
        pushedAt: at,
        pulledAt: 'unknown' as const,
        children: [target.digest, child],
        tags: [fresh(`x-${nextId}`)],
      };
      return { ...state, artifacts: [...artifacts, { ...made, ...own }], nextId: nextId + 1 };
    }
    case 'move-tag': {
      const [first] = tags;
      const to = artifacts[other % artifacts.length];
      if (first === undefined || to === undefined || to === target || to.tags === 'unknown')
        return state;
      return {
        ...state,
        artifacts: artifacts.map((one) =>
          one === target
            ? { ...one, tags: tags.slice(1) }
            : one === to
              ? {
                  ...one,
                  tags: [...(to.tags === 'unknown' ? [] : to.tags), { ...first, pushedAt: at }],
                }
              : one,
        ),
      };
    }
    default:
      return state;
  }
}

function asFacts(
  head: CompleteRepository['head'],
  { artifacts, hidden, isCut }: State,
): RepositoryFacts {
  const listed: CompleteRepository = {
    kind: 'complete',
    head: { ...head, artifactCount: artifacts.length },
    artifacts,
    hidden,
  };
  if (!isCut) return listed;
  return {
    kind: 'unplannable',
    head: listed.head,
    seen: artifacts.slice(1),
    because: 'a page is missing',
  };
}

/** The nights of a history: a repository, and what happened to it. */
const histories = fc.tuple(repositories, later).map(([first, steps]) => {
  const whole = withHidden(first);
  let state: State = {
    artifacts: whole.artifacts,
    hidden: whole.hidden ?? [],
    nextId: 100,
    isCut: false,
  };
  let day = 0;
  const nights = [{ day, facts: [asFacts(first.head, state)] as const }];
  for (const { days, events } of steps) {
    state = { ...state, isCut: false };
    for (const one of events) state = after(state, one, onDay(day) + one.hours * 3_600_000);
    day += days;
    nights.push({ day, facts: [asFacts(first.head, state)] as const });
  }
  return nights;
});

const asText = ({ removal, sightings, closedAt }: Watched) => ({
  name: `${removal.digest} ${removal.tag ?? removal.tags.join(' ')}`,
  night: removal.night,
  closedAt,
  regrets: Object.fromEntries(Object.entries(sightings).map(([kind, { at }]) => [kind, at])),
});

test('a backtest takes and regrets what a naive one does, over any history and policy', () => {
  let regrets = 0;
  fc.assert(
    fc.property(histories, drawnPolicies, limits, (nights, drawn, drawnLimits) => {
      const policy = policyOf({ ...drawn, limits: drawnLimits, trash } as typeof drawn);
      const found = backtestNights(policy, nights);
      const { removals, refused } = naiveBacktest(policy, nights);
      expect(found.watched.map(asText)).toEqual(
        removals.map(({ name, night, closedAt, regrets: own }) => ({
          name,
          night,
          closedAt,
          regrets: own,
        })),
      );
      expect(found.nights.map(({ refusals }) => refusals.length > 0)).toEqual(refused);
      regrets += found.watched.filter(({ sightings }) => Object.keys(sightings).length > 0).length;
    }),
    runs,
  );
  // It would agree about nothing, too.
  expect(regrets).toBeGreaterThan(0);
});
