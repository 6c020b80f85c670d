import { describe, expect, test } from '@jest/globals';
import { comparisonText, sumOf } from '../../functions/report/compare-harbor-text.ts';
import { compareWithHarbor, type HarborExecution } from '../../functions/report/compare-harbor.ts';
import { type HarborVerdict, harborVerdicts } from '../../functions/report/harbor-verdicts.ts';
import type { ReportRow } from '../../functions/report/row-schema.ts';
import { digestOf } from '../support/builder.ts';

const startedAt = Date.UTC(2026, 10, 20);

function row(name: string, more: Partial<ReportRow> = {}): ReportRow {
  return {
    project: 'team',
    repository: 'web',
    digest: digestOf(name),
    id: 1,
    type: 'IMAGE',
    size: 1_000_000,
    tags: [name],
    labels: [],
    pushedAt: '2026-10-01T00:00:00.000Z',
    pulledAt: null,
    fate: 'keep',
    reason: 'kept-by-rule',
    rule: 'ci',
    by: 'mostRecentlyPushed',
    explanation: '',
    ...more,
  };
}

const gone: Partial<ReportRow> = { fate: 'delete', reason: 'condemned', rule: 'ci' };

const verdict = (name: string, fate: HarborVerdict['fate'], tags = [name]): HarborVerdict => ({
  digest: digestOf(name),
  tags,
  fate,
});

const execution = (...verdicts: readonly HarborVerdict[]): HarborExecution =>
  new Map([['web', verdicts]]);

/** `difference: because` of everything, without what is the same. */
function causes(rows: readonly ReportRow[], harbor: HarborExecution): readonly string[] {
  return compareWithHarbor(rows, harbor, startedAt)
    .causes.filter(({ difference }) => difference !== 'same')
    .map(({ difference, because }) => `${difference}: ${because}`);
}

describe('one artifact', () => {
  test.each<[string, Partial<ReportRow>, HarborVerdict['fate'], string[]]>([
    ['both keep', {}, 'RETAIN', []],
    ['both delete', gone, 'DEL', []],
    ['immutable stays in both', {}, 'IMMUTABLE', []],
    [
      'held',
      { reason: 'held', by: 'labels' },
      'DEL',
      ['kept-here: the protection labels holds it'],
    ],
    [
      'young',
      { reason: 'held', by: 'minimumAge' },
      'DEL',
      ['kept-here: it is younger than protect.minimumAge'],
    ],
    [
      'the floor',
      { reason: 'keep-at-least' },
      'DEL',
      ['kept-here: the floor of protect.keepAtLeast keeps it'],
    ],
    ['a rule', {}, 'DEL', ['kept-here: rule ci keeps it (mostRecentlyPushed)']],
    ['not selected', { reason: 'not-selected' }, 'DEL', ['kept-here: no rule here selects it']],
    [
      'another tag',
      { reason: 'other-tag-kept' },
      'DEL',
      ['kept-here: another of its tags stays here'],
    ],
    [
      'single tags',
      { fate: 'untag', reason: 'other-tag-kept' },
      'DEL',
      ['kept-here: only some of its tags are removed here'],
    ],
    [
      'a child of an index',
      { reason: 'parent-kept' },
      'DEL',
      ['kept-here: something that belongs to it stays here'],
    ],
    ['a limit', { reason: 'next-time' }, 'DEL', ['kept-here: a limit puts it off to a later run']],
    [
      'not known',
      { reason: 'fact-unknown' },
      'DEL',
      ['kept-here: a fact that the decision needs is not known here'],
    ],
    [
      'a reason of a later version',
      { reason: 'something-new' },
      'DEL',
      ['kept-here: a fact that the decision needs is not known here'],
    ],
    ['taken', gone, 'RETAIN', ['taken-here: rule ci condemns it, and a rule of Harbor’s keeps it']],
    [
      'taken, though immutable',
      gone,
      'IMMUTABLE',
      ['taken-here: Harbor counts it as immutable, and the plan does not'],
    ],
    [
      'taken, where Harbor failed',
      gone,
      'ERR',
      ['taken-here: Harbor tried to delete it and failed'],
    ],
  ])('%s', (...[, more, fate, expected]) => {
    expect(causes([row('a', more)], execution(verdict('a', fate)))).toEqual(expected);
  });

  test('untagged ones are said to be judged apart', () => {
    const untagged = { tags: [] };
    expect(causes([row('a', untagged)], execution(verdict('a', 'DEL', [])))).toEqual([
      'kept-here: rule ci keeps it, which judges untagged artifacts apart (mostRecentlyPushed)',
    ]);
    expect(
      causes(
        [row('a', { ...untagged, reason: 'not-selected' })],
        execution(verdict('a', 'DEL', [])),
      ),
    ).toEqual(['kept-here: no rule here selects it, as it has no tag']);
  });

  test.each<[string, Partial<ReportRow>, HarborVerdict, string]>([
    [
      'pushed',
      { pushedAt: '2026-11-20T00:00:01.000Z' },
      verdict('a', 'DEL'),
      'it was pushed after Harbor’s execution began',
    ],
    [
      'pulled',
      { pulledAt: '2026-11-20T00:00:01.000Z' },
      verdict('a', 'DEL'),
      'it was pulled after Harbor’s execution began',
    ],
    [
      'tagged',
      { tags: ['a', 'b'] },
      verdict('a', 'DEL'),
      'its tags have changed since Harbor’s execution',
    ],
    [
      'tagged otherwise',
      { tags: ['b'] },
      verdict('a', 'DEL'),
      'its tags have changed since Harbor’s execution',
    ],
  ])('that was %s since is not compared', (...[, more, known, why]) => {
    expect(causes([row('a', more)], execution(known))).toEqual([`not-compared: ${why}`]);
  });
});

describe('a repository', () => {
  test('whose task failed is not compared', () => {
    expect(causes([row('a', gone)], new Map([['web', undefined]]))).toEqual([
      'not-compared: Harbor’s task for the repository failed, or its log is not whole',
    ]);
  });

  test('that no rule of Harbor’s chooses stays there as a whole', () => {
    expect(causes([row('a', gone), row('b')], new Map())).toEqual([
      'taken-here: no rule of Harbor’s chooses the repository',
    ]);
  });

  test('has artifacts that are gone since', () => {
    expect(causes([], execution(verdict('a', 'DEL')))).toEqual([
      'not-compared: it was deleted after Harbor’s execution began',
    ]);
  });
});

describe('a tie of one second', () => {
  const second = '2026-10-01T00:00:00';

  test('is the cause where each keeps another one of the two', () => {
    const rows = [
      row('a', { pushedAt: `${second}.100Z` }),
      row('b', { ...gone, pushedAt: `${second}.900Z` }),
    ];
    const compared = compareWithHarbor(
      rows,
      execution(verdict('a', 'DEL'), verdict('b', 'RETAIN')),
      startedAt,
    );
    expect(compared.causes.map(({ difference, artifacts }) => [difference, artifacts])).toEqual([
      ['kept-here', 1],
      ['taken-here', 1],
    ]);
    expect(
      compared.causes.every(({ because }) =>
        because.startsWith('it was pushed or pulled in the same second'),
      ),
    ).toBe(true);
  });

  test('explains one artifact for one other, and none of another second or repository', () => {
    const rows = [
      row('a', { pushedAt: `${second}.100Z` }),
      row('b', { ...gone, pushedAt: `${second}.900Z` }),
      row('c', { ...gone, pushedAt: `${second}.900Z` }),
      row('d', { ...gone, pushedAt: '2026-10-02T00:00:00.000Z' }),
      row('e', { repository: 'api', pushedAt: '2026-10-02T00:00:00.000Z' }),
    ];
    const harbor = new Map([
      [
        'web',
        [
          verdict('a', 'DEL'),
          verdict('b', 'RETAIN'),
          verdict('c', 'RETAIN'),
          verdict('d', 'RETAIN'),
        ],
      ],
      ['api', [verdict('e', 'DEL')]],
    ]);
    const { causes: found } = compareWithHarbor(rows, harbor, startedAt);
    const ties = found.filter(({ because }) => because.includes('same second'));
    expect(ties.map(({ difference, artifacts }) => [difference, artifacts])).toEqual([
      ['kept-here', 1],
      ['taken-here', 1],
    ]);
    expect(sumOf(found, 'taken-here')).toBe(3);
  });
});

test('every artifact has exactly one cause, and children of an index have none', () => {
  const rows = [
    row('a'),
    row('b', gone),
    row('c', { repository: 'api' }),
    row('d', { child: true }),
  ];
  const { artifacts, causes: found } = compareWithHarbor(
    rows,
    execution(verdict('a', 'DEL'), verdict('b', 'DEL')),
    startedAt,
  );
  let sum = 0;
  for (const one of found) sum += one.artifacts;
  expect([artifacts, sum]).toEqual([3, 3]);
});

test('on a terminal all causes stand in one table, with examples of what differs', () => {
  const rows = [row('a'), row('b', gone), row('c', gone), row('d', gone)];
  const harbor = execution(
    verdict('a', 'RETAIN'),
    verdict('b', 'DEL'),
    verdict('c', 'RETAIN'),
    verdict('d', 'DEL'),
  );
  expect(comparisonText(compareWithHarbor(rows, harbor, startedAt)))
    .toBe(`cause                                                                                artifacts   bytes
The same: both delete it                                                                     2    2 MB
The same: both keep it                                                                       1    1 MB
Deleted here, kept by Harbor: rule ci condemns it, and a rule of Harbor’s keeps it           1    1 MB

4 artifacts, 3 of them the same, 0 kept here, 1 deleted here, 0 not compared.

For example:
  rule ci condemns it, and a rule of Harbor’s keeps it:
    web:c@${digestOf('c').slice(0, 19)}
`);
});

describe('the log of a task', () => {
  const table = `2026-11-20T00:00:00Z [INFO] [/src/pkg/retention/job.go:212]:
|  Digest  | Tag | Kind  | Labels |     PushedTime      | PulledTime | CreatedTime | Retention |
|----------|-----|-------|--------|---------------------|------------|-------------|-----------|
| sha256:a | a,b | image |        | 2026/11/01 00:00:00 |            |             | RETAIN    |
| sha256:b |     | image |        | 2026/11/01 00:00:00 |            |             | DEL       |
2026-11-20T00:00:00Z [INFO] done | with a bar
`;
  test('is read by the titles of its columns', () => {
    expect(harborVerdicts(table)).toEqual([
      { digest: 'sha256:a', tags: ['a', 'b'], fate: 'RETAIN' },
      { digest: 'sha256:b', tags: [], fate: 'DEL' },
    ]);
  });

  test.each([
    ['without a table', '2026-11-20T00:00:00Z [ERROR] retention job: no\n'],
    ['with a verdict that is not known', table.replace('| DEL ', '| MAYBE ')],
  ])('%s says nothing', (_, log) => {
    expect(harborVerdicts(log)).toBeUndefined();
  });
});
