import { describe, expect, test } from '@jest/globals';
import { ledgerOf } from '../../functions/report/ledger-text.ts';
import { ledgerSection } from '../../functions/report/html/ledger-section.ts';
import { frees } from '../../functions/report/html/space-freed.ts';
import type { Ledger } from '../../functions/report/ledger-schema.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import { shownReport } from '../support/shown-report.ts';

type Figures = Extract<Ledger, { kind: 'figures' }>;
const exactly = (bytes: number) => ({ atLeast: bytes, atMost: bytes });

const ledger = (said: Partial<Figures> = {}): Figures => ({
  kind: 'figures',
  frees: exactly(1.2e9),
  freesNow: exactly(0),
  projects: [{ project: 'team<b>', gains: exactly(1.5e9) }],
  trash: { project: 'retention-trash', rises: exactly(1.5e9), falls: exactly(3e6) },
  shared: {
    bytes: 8e8,
    layers: [
      { digest: 'sha256:0123', bytes: 5e8, goes: 3, stays: 7, repositories: ['team/web', 'x/y'] },
    ],
  },
  manifests: { all: 40, known: 40, going: 3, goingKnown: 3, readNow: 2 },
  requests: 2,
  notes: [],
  ...said,
});
const partly = { all: 40, known: 9, going: 3, goingKnown: 3, readNow: 2 };
const applied = (deleted: number): NonNullable<Report['applied']> => ({
  deleted,
  deletedBytes: 1e9,
  removedTags: 0,
  purged: 0,
  purgedBytes: 0,
  removedRepositories: 0,
  results: {},
  exceptions: [],
  records: [],
  restorableUntil: '2026-12-05T03:30:00.000Z',
});

describe('what the plan frees, at the top of the page,', () => {
  test.each<readonly [string, Partial<Report>, string, string]>([
    ['an upper bound without a ledger', {}, 'Frees at most', '≤ 2 GB'],
    ['exact where all is known', { ledger: ledger() }, 'Frees', '1.2 GB'],
    [
      'a bound where it is not',
      { ledger: ledger({ frees: { atLeast: 0, atMost: 1.4e9 }, manifests: partly }) },
      'Frees at most',
      '≤ 1.4 GB',
    ],
    ['a bound if it is off', { ledger: { kind: 'off', because: 'so' } }, 'Frees at most', '≤ 2 GB'],
    ['exact after a run', { ledger: ledger(), applied: applied(3) }, 'Frees', '1.2 GB'],
    ['a bound after a part', { ledger: ledger(), applied: applied(2) }, 'Frees at most', '≤ 1 GB'],
  ])('is %s', (_, said, ...shown) => {
    const [label, value] = shown;
    expect(frees(shownReport(said))).toMatchObject({ label, value });
  });
});

test('on a terminal the three moments are told apart, with shared layers and what it rests on', () => {
  expect(ledgerOf(shownReport({ ledger: ledger() }))).toEqual([
    'storage: 1.2 GB, after its time in the trash, the purge and a garbage collection',
    'a garbage collection right after this run: 0 bytes',
    'quota of team<b>: 1.5 GB, at the deletion',
    'quota of retention-trash: charged 1.5 GB for the copies, relieved of 3 MB by the purge',
    'shared with what stays, and so not freed: 800 MB',
    '  sha256:0123…: 500 MB, kept by 7, e.g. in team/web',
    'Exact, for all that the robot sees: it is known what all 40 manifests are made of.',
  ]);
  const estimate = ledger({
    frees: { atLeast: 2e8, atMost: 1.2e9 },
    manifests: partly,
    notes: ['A note.'],
  });
  expect(ledgerOf(shownReport({ ledger: estimate }))).toEqual(
    expect.arrayContaining([
      expect.stringContaining('storage: between 200 MB and 1.2 GB'),
      'It is known what 9 of 40 manifests are made of (3 of 3 that go); this run read 2, with 2 requests, and later runs go on.',
      'A note.',
    ]),
  );
  const stuck = ledger({ frees: { atLeast: 0, atMost: 1 }, manifests: { ...partly, readNow: 0 } });
  expect(ledgerOf(shownReport({ ledger: stuck })).at(-1)).toMatch(/this run could read no more\.$/);
  expect(ledgerOf(shownReport({ ledger: { kind: 'off', because: 'It is off.' } }))).toEqual([
    'not counted blob by blob: It is off.',
  ]);
});

test('the page has the same in a table, with names that are harmless', () => {
  const html = ledgerSection(shownReport({ ledger: ledger({ notes: ['<i>'] }) }))?.text ?? '';
  for (const part of [
    'Quota of <bdi>team&lt;b&gt;</bdi>, at the deletion',
    '− 1.5 GB',
    '+ 1.5 GB',
    'at a garbage collection right after this run',
    '800 MB are shared with what stays',
    '&lt;i&gt;',
  ])
    expect(html).toContain(part);
  expect(html).not.toContain('<b>');
  expect(ledgerSection(shownReport())).toBeUndefined();
  const off = ledgerSection(shownReport({ ledger: { kind: 'off', because: 'It is off.' } }));
  expect(off?.text).toContain('It is off.');
});
