import { gunzipSync } from 'node:zlib';
import type { PackedRows } from '../../functions/report/html/packed-rows.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import type { ReportRow } from '../../functions/report/row-schema.ts';

const at = '2026-11-21T03:30:00.000Z';

const sums = {
  artifacts: 10,
  bytes: 5e9,
  deletions: 3,
  deletionBytes: 2e9,
  tagRemovals: 0,
  deferred: 0,
};

/** A report of a dry run over one repository; what a test says of it replaces whole fields. */
export function shownReport(said: Partial<Report> = {}): Report {
  return {
    schemaVersion: 1,
    run: { id: '2026-11-21T033000Z', mode: 'dry-run', end: 'finished', startedAt: at, slices: 1 },
    headline: [],
    policy: { hash: 'a'.repeat(64), name: 'policy.yaml' },
    totals: { ...sums, projects: 1, repositories: 1, unplannable: 0 },
    rules: [
      { rule: 'old', selected: 8, kept: 5, deletions: 3, deletionBytes: 2e9, tagRemovals: 0 },
    ],
    reasons: [
      { code: 'condemned', by: 'old', artifacts: 3, bytes: 2e9 },
      { code: 'held', by: 'labels', artifacts: 2, bytes: 1e9 },
    ],
    repositories: [repositoryOf('team', 'web')],
    ranking: [],
    emptyRepositories: [],
    refusals: [],
    warnings: [],
    canaries: [],
    requests: { sent: 12, retried: 0, lowerBound: 12, waitedMs: 5 },
    durationsMs: { inventory: 1200 },
    artifacts: { rows: 0, parts: [] },
    ...said,
  };
}

export function repositoryOf(project: string, repository: string): Report['repositories'][number] {
  const rest = { repositoryId: 1, tags: 10, pullCount: 3, createdAt: at, updatedAt: at };
  return { ...sums, ...rest, project, repository };
}

/** One row; what a test says of it replaces fields. */
export function shownRow(said: Partial<ReportRow> = {}): ReportRow {
  return {
    project: 'team',
    repository: 'web',
    digest: `sha256:${'0'.repeat(64)}`,
    id: 1,
    type: 'IMAGE',
    size: 1_000_000,
    tags: ['v1'],
    labels: [],
    pushedAt: '2026-01-01T00:00:00.000Z',
    pulledAt: null,
    fate: 'keep',
    reason: 'not-selected',
    explanation: 'Kept: no rule selects it; would be judged if one did.',
    ...said,
  };
}

/** Rows as lines of a part. */
export async function* linesOf(rows: Iterable<ReportRow>): AsyncGenerator<string> {
  for (const row of rows) yield await Promise.resolve(JSON.stringify(row));
}

/** What a page's embedded text holds. */
export function unpacked(text: string): PackedRows {
  return JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString()) as PackedRows;
}

/** Texts that break out of careless pages, deceive the eye, or both. */
export const hostile: readonly string[] = [
  '</script><script>document.title="broken"</script>',
  '"><img src=x onerror="document.title=\'broken\'">',
  "' onmouseover='document.title=1",
  '<!--',
  ']]><svg/onload=alert(1)>',
  '${7*7}{{7*7}}`',
  'line\u2028separator\u2029end',
  'exe\u202egnp.cod',
  'zero\u200bwidth\ufeff',
  'bell\u0007null\u0000del\u007f',
  'lone\ud800surrogate',
  '\u05d0\u05d1\u05d2 1.0',
  'x'.repeat(3_000),
  '&lt;b&gt;&amp;',
];
