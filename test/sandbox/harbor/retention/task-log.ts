import type { Fate, RetentionCandidate } from './evaluate.ts';

const stamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const cellTime = (ms: number): string =>
  ms === 0 ? '' : new Date(ms).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ');

const header = [
  'Digest',
  'Tag',
  'Kind',
  'Labels',
  'PushedTime',
  'PulledTime',
  'CreatedTime',
  'Retention',
];

const centred = (text: string, width: number): string => {
  const left = Math.floor((width - text.length) / 2);
  return text.padStart(text.length + left).padEnd(width);
};
/** Numbers stand on the right, as Harbor's table writer does it. */
const aligned = (text: string, width: number): string =>
  /^-?(\d+|\d+\.\d+)$/.test(text) ? text.padStart(width) : text.padEnd(width);

function table(rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[], align: (text: string, width: number) => string): string =>
    `| ${cells.map((cell, column) => align(cell, widths[column] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(header, centred), rule, ...rows.map((row) => line(row, aligned))].join('\n');
}

export interface TaskLog {
  readonly repository: string;
  readonly dryRun: boolean;
  readonly at: number;
  readonly candidates: readonly RetentionCandidate[];
}

const opening = (log: TaskLog): string =>
  [
    `${stamp(log.at)} [INFO] [/src/pkg/retention/job.go:86]: Run retention process.`,
    ` Repository: ${log.repository} `,
    ` Rule Algorithm: or `,
    ` Dry Run: ${log.dryRun}`,
    `${stamp(log.at)} [INFO] [/src/pkg/retention/job.go:101]: Load ${log.candidates.length} candidates from repository ${log.repository}`,
    '',
  ].join('\n');

export const failedLog = (log: TaskLog, message: string): string =>
  `${opening(log)}${stamp(log.at)} [ERROR] [/src/pkg/retention/job.go:246]: retention job: ${message}\n`;

export function finishedLog(log: TaskLog, fates: ReadonlyMap<RetentionCandidate, Fate>): string {
  const rows = log.candidates.map((candidate) => [
    candidate.row.digest,
    [...candidate.tags].sort().join(','),
    'image',
    (candidate.row.labels ?? []).map((label) => label.name).join(','),
    cellTime(candidate.pushedAt),
    cellTime(candidate.pulledAt),
    cellTime(candidate.row.pushedAt),
    fates.get(candidate) ?? 'RETAIN',
  ]);
  const immutable = log.candidates
    .filter((candidate) => fates.get(candidate) === 'IMMUTABLE')
    .map(
      ({ row }) =>
        `${stamp(log.at)} [INFO] [/src/pkg/retention/job.go:217]: Retention error for artifact image:${log.repository}:${row.digest} : Immutable tag\n`,
    );
  return `${opening(log)}${stamp(log.at)} [INFO] [/src/pkg/retention/job.go:212]: \n${table(rows)}\n${immutable.join('')}`;
}
