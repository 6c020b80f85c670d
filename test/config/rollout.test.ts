import { describe, expect, test } from '@jest/globals';
import { policyFrom } from '../support/judge.ts';
import { fine, problemOf, problemsOf, warningsOf } from './policy-sample.ts';

const withRollout = (written: string, more = ''): string => `${fine}${more}rollout: ${written}\n`;
const starting = (startedAt: string): string =>
  withRollout(`{ startedAt: ${startedAt}, over: 7d }`);

describe('startedAt', () => {
  test.each([
    ['2026-12-01T03:00:00Z', Date.UTC(2026, 11, 1, 3)],
    ["'2026-12-01T03:00:00.5Z'", Date.UTC(2026, 11, 1, 3, 0, 0, 500)],
    ['2026-12-01T03:00:00+02:00', Date.UTC(2026, 11, 1, 1)],
    ['2026-12-01', Date.UTC(2026, 11, 1)],
    ['2028-02-29', Date.UTC(2028, 1, 29)],
  ])('%s is that moment', (written, startedAt) => {
    expect(policyFrom(starting(written)).rollout).toEqual({ startedAt, over: 7 * 86_400_000 });
    expect(warningsOf(starting(written))).toEqual([]);
  });

  test.each([
    '2026-12-01T03:00:00',
    '2026-12-01 03:00:00Z',
    '2026-02-29',
    'tomorrow',
    '1764558000',
    'null',
    '2026-12-01T25:00:00Z',
  ])('%s is none, and the problem says what is', (written) => {
    const problem = problemOf(starting(written));
    expect(problem).toMatchObject({ path: 'rollout.startedAt', line: 9, column: 23 });
    expect(problem.allowed).toContain('2026-12-01T03:00:00Z');
  });
});

test('a policy without a roll-out has none', () => {
  expect(policyFrom(fine)).not.toHaveProperty('rollout');
});

test('both keys are needed, and no others are known', () => {
  const paths = (written: string) => problemsOf(withRollout(written)).map(({ path }) => path);
  expect(paths('{ over: 7d }')).toEqual(['rollout.startedAt']);
  expect(paths('{ startedAt: 2026-12-01 }')).toEqual(['rollout.over']);
  expect(paths('{ startedAt: 2026-12-01, over: 7d, share: 5 }')).toEqual(['rollout.share']);
  expect(paths('{ startedAt: 2026-12-01, over: 7 }')).toEqual(['rollout.over']);
});

test('it needs a trash, and says so at its key, whatever else is wrong with it', () => {
  const problem = problemOf(withRollout('{ startedAt: 2026-12-01, over: 7d }', 'trash: off\n'));
  expect(problem).toMatchObject({ path: 'rollout', line: 10, column: 1 });
  expect(problem.message).toContain('trash: off');
  expect(problemsOf(withRollout('{ over: 7 }', 'trash: off\n'))).toHaveLength(3);
  expect(() => policyFrom(`${fine}trash: off\n`)).not.toThrow();
});

test('it may last as long as copies lie in the trash', () => {
  expect(warningsOf(withRollout('{ startedAt: 2026-12-01, over: 14d }'))).toEqual([]);
});
