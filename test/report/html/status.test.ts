import { describe, expect, test } from '@jest/globals';
import { figuresOf, inShare, statusOf } from '../../../functions/report/html/status.ts';
import type { Report } from '../../../functions/report/report-schema.ts';
import { shownReport } from '../../support/shown-report.ts';

const run = shownReport().run;
const refusal = {
  rail: 'max-deletions',
  on: 'the plan',
  found: '3',
  allowed: '1',
  remedy: 'Look.',
};
const warning = { code: 'odd', on: 'team', message: 'Odd.', remedy: 'Look.' };
const applied = (said: Partial<NonNullable<Report['applied']>> = {}) => ({
  deleted: 3,
  deletedBytes: 2e9,
  removedTags: 0,
  purged: 0,
  purgedBytes: 0,
  removedRepositories: 0,
  results: { done: 3 },
  exceptions: [],
  records: [],
  restorableUntil: '2026-12-05T03:30:00.000Z',
  ...said,
});

describe('the first words of the page', () => {
  test('say that all is well, and that a dry run changed nothing', () => {
    const { tone, word, sentence } = statusOf(shownReport());
    expect([tone, word]).toEqual(['good', 'All is well']);
    expect(sentence).toBe(
      'Of 10 artifacts in 1 repository, 3 would be deleted. This is a dry run: nothing was changed.',
    );
  });

  test('say until when an armed run can be undone', () => {
    const report = shownReport({ run: { ...run, mode: 'apply' }, applied: applied() });
    expect(statusOf(report).sentence).toBe(
      'Of 10 artifacts in 1 repository, 3 were deleted. All of it can be restored until 2026-12-05 03:30 UTC.',
    );
  });

  test.each([
    ['a warning', { warnings: [warning] }, 'look', '1 thing to look at'],
    [
      'a failed deletion',
      { applied: applied({ results: { done: 2, failed: 1 } }) },
      'look',
      '1 thing to look at',
    ],
    [
      'what was gone already',
      { applied: applied({ results: { done: 2, 'already-gone': 1 } }) },
      'good',
      'All is well',
    ],
    ['a refusal', { refusals: [refusal], run: { ...run, end: 'refused' } }, 'bad', 'Plan refused'],
    ['a run cut off', { run: { ...run, end: 'unfinished' } }, 'look', 'Not finished'],
    ['a failure', { run: { ...run, end: 'failed' }, totals: undefined }, 'bad', 'The run failed'],
  ] as readonly (readonly [string, Partial<Report>, string, string])[])(
    'are right about %s',
    (...[, said, tone, word]) => {
      expect(statusOf(shownReport(said))).toMatchObject({ tone, word });
    },
  );

  test('never say that nothing was deleted where an armed run failed and its records are unread', () => {
    const failed = shownReport({
      run: { ...run, mode: 'apply', end: 'failed' },
      totals: undefined,
    });
    expect(statusOf(failed).sentence).not.toContain('Nothing was deleted');
  });

  test('do not call an empty registry well', () => {
    const totals = { ...shownReport().totals!, artifacts: 0, deletions: 0 };
    expect(statusOf(shownReport({ totals }))).toMatchObject({
      tone: 'look',
      word: 'Nothing to judge',
    });
  });
});

describe('the four numbers', () => {
  test('are what goes, what that frees, what was held, and what needs somebody', () => {
    expect(figuresOf(shownReport({ warnings: [warning] }))).toEqual([
      { label: 'Would be deleted', value: '3', note: '30 % of 10 artifacts' },
      {
        label: 'Frees at most',
        value: '≤ 2 GB',
        note: 'once garbage is collected; less what shared layers hold',
      },
      { label: 'Held by protections', value: '2', note: 'labels 2' },
      { label: 'Needs attention', value: '1', note: '1 warning' },
    ]);
  });

  test('promise no space while the plan is refused', () => {
    const [goes, frees] = figuresOf(shownReport({ refusals: [refusal] }));
    expect(goes?.label).toBe('Condemned, not deleted');
    expect(frees?.value).toBe('0');
  });

  test('claim nothing before there is a plan', () => {
    const values = figuresOf(shownReport({ totals: undefined })).map(({ value }) => value);
    expect(values).toEqual(['–', '–', '–', '0']);
  });
});

test.each([
  [0, 10, '0 %'],
  [1, 100_000, '< 0.1 %'],
  [99_999, 100_000, '> 99.9 %'],
  [1, 3, '33 %'],
  [1, 40, '2.5 %'],
  [0, 0, '0 %'],
])('%d of %d is %s', (part, whole, words) => {
  expect(inShare(part, whole)).toBe(words);
});
