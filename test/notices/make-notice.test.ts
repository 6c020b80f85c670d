import { describe, expect, test } from '@jest/globals';
import { makeNotice } from '../../functions/notices/make-notice.ts';
import {
  nothingTold,
  type NoticeMemory,
  type NoticeWishes,
} from '../../functions/notices/notice.ts';
import { occasions } from '../../functions/notices/occasions/index.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import { repositoryOf, shownReport } from '../support/shown-report.ts';

const day = 86_400_000;
// A Saturday.
const at = Date.UTC(2026, 10, 21, 3, 30);
const where = {
  address: 's3://bucket/harbor',
  reportKey: 'reports/runs/2026/11/21/2026-11-21T033000Z.json',
};

function told(
  said: Partial<Report>,
  wishes: Partial<NoticeWishes> = {},
  more: { readonly memory?: NoticeMemory; readonly at?: number } = {},
) {
  return makeNotice(
    {
      report: shownReport(said),
      wishes: { protectedProjects: [], weeklySummary: false, ...wishes },
      memory: nothingTold,
      at,
      ...more,
    },
    where,
  );
}

const refusal = {
  rail: 'max-deletions',
  on: 'run',
  found: '812 deletions',
  allowed: '500',
  remedy: 'Raise limits.maxDeletions if that is what you expect.',
};
const runBefore = {
  runId: '2026-11-20T033000Z',
  at: '2026-11-20T03:30:00.000Z',
  mode: 'dry-run' as const,
  artifacts: 9,
  bytes: 9,
  deleted: 0,
};
const warning = (code: string) => ({ code, on: 'apps', message: 'It is so.', remedy: 'Do this.' });

test('a run in which all is well disturbs nobody', () => {
  expect(told({}).notice).toBeUndefined();
  expect(told({ warnings: [warning('trash-off')] }).notice).toBeUndefined();
});

describe('a message', () => {
  test.each<
    readonly [string, Partial<Report>, { readonly kinds: readonly string[]; readonly text: RegExp }]
  >([
    [
      'a failed run',
      {
        run: { ...shownReport().run, end: 'failed' },
        error: { code: 'harbor-unreachable', message: 'No answer.', remedy: 'Check the route.' },
      },
      { kinds: ['failed'], text: /- The run failed: No answer\. Check the route\./ },
    ],
    [
      'a refused plan',
      { refusals: [refusal] },
      { kinds: ['refused'], text: /812 deletions; allowed: 500\. Raise/ },
    ],
    [
      'drift',
      { refusals: [{ ...refusal, rail: 'rule-drift' }], trend: [runBefore] },
      {
        kinds: ['refused', 'drift'],
        text: /diff 2026-11-20T033000Z 2026-11-21T033000Z --out s3:\/\/bucket\/harbor/,
      },
    ],
    [
      'pushes that lost something',
      { warnings: [warning('push-not-healed')] },
      { kinds: ['push-not-healed'], text: /- apps: It is so\. Do this\./ },
    ],
    [
      'an unreadable source',
      { warnings: [warning('in-use-unreadable')] },
      { kinds: ['in-use-unreadable'], text: /- apps: It is so\. Do this\./ },
    ],
    [
      'a list that is nearly too old',
      { warnings: [warning('in-use-nearly-old')] },
      { kinds: ['in-use-nearly-old'], text: /- apps: It is so\. Do this\./ },
    ],
    [
      'a trash that is nearly full',
      { warnings: [warning('trash-nearly-full')] },
      { kinds: ['trash-nearly-full'], text: /- It is so\. Do this\./ },
    ],
    [
      'a robot that expires soon',
      { warnings: [warning('robot-expires')] },
      { kinds: ['robot-expires'], text: /- It is so\. Do this\./ },
    ],
  ])('is sent for %s, with what to do', (_, said, { kinds, text }) => {
    const { notice } = told(said);
    expect(notice?.kinds).toEqual(kinds);
    expect(notice?.text).toMatch(text);
    expect(notice?.text).toContain('3 of 10 artifacts condemned (2 GB at most)');
    expect(notice?.data).toMatchObject({
      runId: '2026-11-21T033000Z',
      kinds,
      report: `${where.address}/${where.reportKey}`,
      page: `${where.address}/reports/runs/2026/11/21/2026-11-21T033000Z.html`,
    });
  });

  test('is one, however many occasions there are, and takes the severity of the worst', () => {
    const { notice } = told({
      refusals: Array.from({ length: 9 }, () => refusal),
      warnings: [warning('in-use-unreadable')],
      error: { code: 'x', message: 'Broken.', remedy: '' },
    });
    expect(notice?.severity).toBe('error');
    expect(notice?.kinds).toEqual(['failed', 'refused', 'in-use-unreadable']);
    expect(notice?.text).toContain('… and 4 more refusals.');
  });

  test('stays small enough for SNS, however many repositories are refused', () => {
    const on = `apps/${'x'.repeat(250)}`;
    const { notice } = told({
      refusals: Array.from({ length: 9_000 }, () => ({ ...refusal, on })),
    });
    expect(notice?.data.refusals).toHaveLength(20);
    expect(notice?.data.refusalCount).toBe(9_000);
    // Six copies, and the text beside them, within 256 KB.
    const sent =
      6 * JSON.stringify(JSON.stringify(notice?.data)).length + (notice?.text.length ?? 0);
    expect(sent).toBeLessThan(100_000);
  });

  test('has a subject that SNS takes, and lines that stay lines, whatever stands in names', () => {
    const url = 'https://harbor.example';
    const { notice } = told({
      harbor: { url, version: 'v', currentTime: null, readOnly: null, clockSkewMs: null },
      refusals: [{ ...refusal, on: 'tëam\r\nBcc: somebody', found: 'x'.repeat(500) }],
    });
    expect(notice?.subject).toBe(
      'harbor-retention: refused on harbor.example (2026-11-21T033000Z)',
    );
    expect(notice?.subject).toMatch(/^[\x20-\x7e]{1,100}$/);
    expect(notice?.text.split('\n').filter((line) => line.startsWith('Bcc'))).toEqual([]);
  });
});

test('an armed run that Harbor did not let do its work is told of, with the first reason', () => {
  const applied = {
    deleted: 5,
    deletedBytes: 1,
    removedTags: 0,
    purged: 0,
    purgedBytes: 0,
    removedRepositories: 0,
    restorableUntil: null,
    records: [],
    exceptions: [
      { action: 'delete team/web@1', result: 'protected', because: 'an immutable tag' },
      { action: 'delete team/web@2', result: 'refused', because: 'Harbor denied it.' },
    ],
  };
  const results = { done: 5, protected: 2, 'already-gone': 1, refused: 1200 };
  const { notice } = told({ applied: { ...applied, results } });
  expect(notice?.kinds).toEqual(['not-carried-out']);
  expect(notice?.text).toContain(
    'Not carried out: 1,200 refused. The first: delete team/web@2: Harbor denied it.',
  );
  const calm = { done: 5, protected: 2, 'already-gone': 1, changed: 1 };
  expect(told({ applied: { ...applied, results: calm } }).notice).toBeUndefined();
});

describe('a protected project', () => {
  const wishes = { protectedProjects: ['prod-*'] };
  const repositories = [
    repositoryOf('prod-web', 'api'),
    repositoryOf('prod-web', 'shop'),
    { ...repositoryOf('prod-db', 'pg'), deletions: 0 },
    repositoryOf('team', 'web'),
  ];

  test('is told of when something is condemned there for the first time, and not again', () => {
    const first = told({ repositories }, wishes);
    expect(first.notice?.text).toContain(
      '6 artifacts are condemned in prod-web, for the first time',
    );
    expect(first.notice?.text).not.toMatch(/prod-db|team/);
    expect(first.memory.condemnedIn).toEqual(['prod-web']);
    const second = told({ repositories }, wishes, { memory: first.memory });
    expect(second.notice).toBeUndefined();
    expect(second.memory).toEqual(first.memory);
  });
});

describe('the weekly summary', () => {
  const run = { runId: 'r', mode: 'apply', artifacts: 10, bytes: 1 } as const;
  const trend = [
    { ...run, at: new Date(at - 9 * day).toISOString(), deleted: 1000 },
    { ...run, at: new Date(at - 2 * day).toISOString(), deleted: 5, deletedBytes: 2e9 },
    {
      ...run,
      at: new Date(at).toISOString(),
      deleted: 7,
      freedBytes: 1e9,
      end: 'refused' as const,
    },
  ];

  test('comes once a week, with the sums of seven days, and is no alarm', () => {
    const first = told({ trend }, { weeklySummary: true });
    expect(first.notice).toMatchObject({ severity: 'info', kinds: ['weekly-summary'] });
    expect(first.notice?.text).toContain('2 runs, 1 refused; 12 artifacts deleted (2 GB');
    const { memory } = first;
    expect(memory.summaryOf).toBe('2026-11-16');
    expect(
      told({ trend }, { weeklySummary: true }, { memory, at: at + day }).notice,
    ).toBeUndefined();
    const monday = told({ trend }, { weeklySummary: true }, { memory, at: at + 2 * day });
    expect(monday.memory.summaryOf).toBe('2026-11-23');
    expect(monday.notice?.kinds).toEqual(['weekly-summary']);
  });

  test('does not come unless it is wanted, and not from a run that failed', () => {
    expect(told({ trend }).notice).toBeUndefined();
    const failed = { ...shownReport().run, end: 'failed' as const };
    expect(told({ trend, run: failed }, { weeklySummary: true }).memory).toEqual(nothingTold);
  });
});

test('every occasion has a kind of its own', () => {
  expect(new Set(occasions.map(({ kind }) => kind)).size).toBe(occasions.length);
});

test('a roll-out that is halted says what was missed, and where to look', () => {
  const halted = { ...refusal, rail: 'rollout-halted' };
  const waiting = { artifacts: 1, bytes: 1, tags: 0, repositories: 1, emptyRepositories: 0 };
  const examples = ['a', 'b', 'c', 'd', 'e', 'f'].map((copy) => ({ copy, because: 'was pulled' }));
  const rollOut = {
    startedAt: '2026-11-20T00:00:00.000Z',
    endsAt: '2026-11-27T00:00:00.000Z',
    phase: 'first',
    inScope: 1,
    first: 1,
    names: [],
    waiting,
    regrets: { count: 8, acknowledged: 0, examples, unknown: [] },
  } as const;
  const { notice } = told({
    refusals: [halted],
    rollOut: { ...rollOut, names: [], regrets: { ...rollOut.regrets, unknown: [] } },
  });
  expect(notice?.kinds).toEqual(['refused', 'rollout-halted']);
  expect(notice?.text).toContain(
    'harbor-retention report 2026-11-21T033000Z --out s3://bucket/harbor',
  );
  expect(notice?.text).toContain('Missed: e was pulled.');
  expect(notice?.text).not.toContain('Missed: f');
  expect(notice?.text).toContain('… and 3 more.');
  expect(told({ refusals: [halted] }).notice?.text).not.toContain('Missed');
  expect(told({ refusals: [refusal] }).notice?.kinds).toEqual(['refused']);
});

test('what waits for a roll-out in a project that matters is condemned as well', () => {
  const waiting = { artifacts: 3, bytes: 1, tags: 0 };
  const repositories = [{ ...repositoryOf('team', 'api'), deletions: 0, waiting }];
  const { notice } = told({ repositories }, { protectedProjects: ['team'] });
  expect(notice?.text).toContain('3 artifacts are condemned in team, for the first time');
});
