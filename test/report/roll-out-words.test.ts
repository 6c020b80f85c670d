import { describe, expect, test } from '@jest/globals';
import type { RollOutWait } from '../../functions/domain/reason.ts';
import { explain } from '../../functions/report/explain.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import { rowOf } from '../../functions/report/row.ts';
import { rollOutIn } from '../../functions/report/roll-out-section.ts';
import { missed, planWith, rollOut as planned } from '../guard/support.ts';
import { rollOutSection } from '../../functions/report/html/roll-out-section.ts';
import {
  phaseInWords,
  rollOutLines,
  waitingInWords,
  waitsLine,
} from '../../functions/report/roll-out-words.ts';
import { builder, headOf, now } from '../support/builder.ts';

type RollOut = NonNullable<Report['rollOut']>;

const nothing = { artifacts: 0, bytes: 0, tags: 0, repositories: 0, emptyRepositories: 0 };
const rollOut: RollOut = {
  startedAt: '2026-12-01T03:00:00.000Z',
  endsAt: '2026-12-08T03:00:00.000Z',
  phase: 'first',
  inScope: 40,
  first: 7,
  names: ['team/a', 'team/b', 'team/c', 'team/d', 'team/e', 'team/f'],
  waiting: {
    artifacts: 1_200,
    bytes: 34_000_000_000,
    tags: 3,
    repositories: 31,
    emptyRepositories: 0,
  },
  regrets: { count: 0, acknowledged: 0, examples: [], unknown: [] },
};
const text = (part: Partial<RollOut> = {}): string =>
  rollOutLines({ rollOut: { ...rollOut, ...part } }).join('\n');

describe('how far it is', () => {
  test.each<readonly [string, Partial<RollOut>, string]>([
    [
      'before',
      { phase: 'before' },
      'It begins on 2026-12-01 03:00 UTC in 7 of 40 repositories in scope; until then everything waits.',
    ],
    [
      'in the first tenth',
      {},
      'Since 2026-12-01 03:00 UTC the policy deletes in 7 of 40 repositories in scope, and from 2026-12-08 03:00 UTC on in all of them.',
    ],
    [
      'held there',
      { heldBy: 'r1' },
      'Since 2026-12-01 03:00 UTC the policy deletes in 7 of 40 repositories in scope. It would have come to all of them on 2026-12-08 03:00 UTC; the refusal of run r1 holds it.',
    ],
    [
      'everywhere',
      { phase: 'all' },
      'Since 2026-12-08 03:00 UTC the policy deletes in all repositories; it had begun on 2026-12-01 03:00 UTC in 7 of 40 repositories in scope.',
    ],
  ])('%s', (_, part, says) => {
    expect(phaseInWords({ ...rollOut, ...part })).toBe(says);
  });
});

test('what waits is counted, and where nothing waits nothing is said', () => {
  const words = (part: Partial<RollOut['waiting']>) =>
    waitingInWords({ ...rollOut, waiting: { ...nothing, ...part } });
  expect(waitingInWords(rollOut)).toBe(
    '1,200 artifacts (34 GB at most) and 3 single tags in 31 repositories',
  );
  expect(words({ tags: 1, repositories: 1 })).toBe('1 single tag in 1 repository');
  expect(words({ emptyRepositories: 1 })).toBe('1 empty repository');
  expect(words({ artifacts: 1, bytes: 5, repositories: 1, emptyRepositories: 2 })).toBe(
    '1 artifact (5 bytes at most) in 1 repository, and 2 empty repositories',
  );
  expect(words({})).toBeUndefined();
  expect(waitsLine({ ...rollOut, waiting: nothing })).toEqual([]);
  expect(waitsLine(undefined)).toEqual([]);
});

test('the line at the top says until when', () => {
  const line = (part: Partial<RollOut>): string =>
    waitsLine({ ...rollOut, waiting: { ...nothing, emptyRepositories: 1 }, ...part }).join('');
  expect(line({})).toBe('Waiting for the roll-out until 2026-12-08 03:00 UTC: 1 empty repository.');
  expect(line({ phase: 'before' })).toBe(
    'Waiting for the roll-out, which begins on 2026-12-01 03:00 UTC: 1 empty repository.',
  );
  expect(line({ heldBy: 'r1' })).toBe(
    'Waiting for the roll-out, which run r1 holds: 1 empty repository.',
  );
});

test('the terminal names some of the first repositories, and some signs that something was missed', () => {
  expect(text()).toContain('First: team/a, team/b, team/c, team/d, team/e and 2 more.');
  expect(text({ names: ['team/a'], first: 1 })).toContain('First: team/a.');
  expect(text({ names: [], first: 0 })).not.toContain('First');
  expect(text()).not.toContain('Missed');
  const examples = ['a', 'b', 'c', 'd', 'e', 'f'].map((copy) => ({
    copy,
    because: 'was restored',
  }));
  const missed = text({ regrets: { count: 7, acknowledged: 0, examples, unknown: [] } });
  expect(missed).toContain('Missed since it began: 7 signs');
  expect(missed).toContain('  e was restored\n  and 2 more');
  expect(missed).not.toContain('f was restored');
  expect(text({ regrets: { count: 7, acknowledged: 3, examples, unknown: [] } })).toContain(
    'Missed since it began: 7 signs, 3 of them acknowledged',
  );
  expect(text({ regrets: { count: 7, acknowledged: 7, examples, unknown: [] } })).toContain(
    'Missed since it began: 7 signs, acknowledged\n',
  );
  expect(rollOutLines({})).toEqual([]);
});

test('the page has a section with the same', () => {
  const page = (part: Partial<RollOut>): string =>
    rollOutSection({ rollOut: { ...rollOut, ...part } } as Report)?.text ?? '';
  expect(page({})).toContain('7 repositories first');
  expect(page({})).toContain('And 1 more.');
  expect(page({})).toContain('1,200 artifacts');
  expect(page({ waiting: nothing, names: [] })).toContain('Nothing waits.');
  const examples = [{ copy: '<x>', because: 'was restored' }];
  const missed = page({ regrets: { count: 2, acknowledged: 0, examples, unknown: [] } });
  expect(missed).toContain('<bdi>&lt;x&gt;</bdi> was restored');
  expect(missed).toContain('And 1 more.');
  expect(rollOutSection({} as Report)).toBeUndefined();
});

describe('of one artifact', () => {
  const wait = (part: Partial<RollOutWait>): RollOutWait => ({
    code: 'rollout-waits',
    rule: 'ci',
    ...part,
  });
  const until = Date.UTC(2026, 11, 8, 3);
  const sentence = (part: Partial<RollOutWait>): string =>
    explain({ fate: 'keep', artifact: { id: 1, digest: 'x' }, reason: wait(part) }, now);
  const [artifact] = builder().push('a').artifacts();
  const goesAt = (part: Partial<RollOutWait>) =>
    artifact &&
    rowOf(
      headOf('team/web'),
      {
        artifact,
        verdict: { fate: 'keep', artifact: { id: 1, digest: artifact.digest }, reason: wait(part) },
      },
      now,
    ).goesAt;

  test('the sentence says where its repository stands', () => {
    expect(sentence({ until, isFirst: true })).toBe(
      'Kept: condemned by ci, but waits for the roll-out, which begins on 2026-12-08 03:00 UTC; this repository is in the first tenth.',
    );
    expect(sentence({ until, tags: ['a', 'b'] })).toBe(
      'Kept: condemned by ci, which would take only tags a, b, but waits for the roll-out until 2026-12-08 03:00 UTC; this repository is not in the first tenth.',
    );
    expect(sentence({ heldBy: 'r1' })).toContain('which run r1 holds until its refusals');
  });

  test('the row says from when on it goes, unless only tags of it do, or nobody knows', () => {
    expect(goesAt({ until })).toBe('2026-12-08T03:00:00.000Z');
    expect(goesAt({ until, tags: ['a'] })).toBeUndefined();
    expect(goesAt({ heldBy: 'r1' })).toBeUndefined();
  });
});

describe('how many signs are acknowledged', () => {
  const count = (all: number, ...keys: readonly string[]) => {
    const plan = planWith({
      rollOut: planned({ regrets: { ...missed('a', 'b', 'c'), count: all } }),
    });
    return rollOutIn(plan, keys)?.regrets?.acknowledged;
  };
  test.each<readonly [number, readonly string[], number]>([
    [3, [], 0],
    [3, ['a', 'x'], 1],
    [3, ['a', 'b', 'c'], 3],
    // The last of them stands for the rest.
    [90, ['a', 'b'], 2],
    [90, ['a', 'b', 'c'], 90],
  ])('of %i, with %j acknowledged: %i', (all, keys, acknowledged) => {
    expect(count(all, ...keys)).toBe(acknowledged);
  });

  test('is not said where nobody could look', () => {
    const { regrets: _, ...blind } = planned();
    expect(rollOutIn(planWith({ rollOut: blind }))).not.toHaveProperty('regrets');
    expect(rollOutIn(planWith())).toBeUndefined();
  });
});
