import type { ReportFormat } from '../report-format.ts';
import type { Report, ShownCollection } from '../report-schema.ts';
import { visible } from '../html/visible.ts';
import { ledgerOf } from '../ledger-text.ts';
import { counted, inBytes, inNumbers } from '../../domain/format-numbers.ts';
import { requestsText } from '../requests-text.ts';
import { rollOutLines } from '../roll-out-words.ts';
import { table } from '../text-table.ts';

/** Repositories shown; all of them stand in the JSON. */
const shownRepositories = 5;
const shownWarnings = 10;

/** What a platform engineer reads on a terminal. */
export const text: ReportFormat = {
  name: 'text',
  extension: 'txt',
  contentType: 'text/plain',
  render: (report) =>
    [
      titleOf(report),
      '',
      ...report.headline,
      ...section('Rules', rulesOf(report)),
      ...section('Largest repositories', repositoriesOf(report)),
      ...section('Kept by', keptBy(report)),
      ...section('Roll-out', rollOutLines(report)),
      ...section('What goes next, if nothing happens until then', lookAheadOf(report)),
      ...section('What it frees', ledgerOf(report)),
      ...section('Empty repositories that go', emptyOf(report)),
      ...section(
        'Matched nothing',
        report.unmatched === undefined ? [] : unmatchedLines(report.unmatched),
      ),
      ...section('Trash', trashOf(report)),
      ...section('Done', appliedOf(report)),
      ...section('Not planned', unplannableOf(report)),
      ...section('Refused', refusalsOf(report)),
      ...section('Warnings', warningsOf(report)),
      '',
      requestsText(report),
      ...(report.fingerprint === undefined ? [] : [`Plan: ${report.fingerprint.slice(0, 12)}`]),
      '',
    ].join('\n'),
};

function lookAheadOf({ lookAhead = [], rollOut }: Report): readonly string[] {
  const besides = rollOut === undefined ? '' : ', besides what waits for the roll-out';
  return lookAhead.map(
    ({ days, deletions, bytes }) =>
      `in ${days} days: ${inNumbers(deletions)} more, ${inBytes(bytes)} at most${besides}`,
  );
}

function titleOf(report: Report): string {
  const mode = report.run.mode === 'dry-run' ? 'dry run' : 'run';
  const harbor =
    report.harbor === undefined ? [] : [`${report.harbor.url} (${report.harbor.version})`];
  return ['harbor-retention', `${mode} ${report.run.id}, ${report.run.end}`, ...harbor].join(' · ');
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${visible(line)}`)];
}

function rulesOf(report: Report): readonly string[] {
  if (report.rules.length === 0) return [];
  const rows = report.rules.map((rule) => [
    rule.rule,
    inNumbers(rule.selected),
    inNumbers(rule.kept),
    inNumbers(rule.deletions),
    inBytes(rule.deletionBytes),
    rule.tagRemovals === 0 ? '' : `${inNumbers(rule.tagRemovals)} tags`,
  ]);
  return table(['rule', 'selected', 'kept', 'condemned', 'bytes', 'untags'], rows);
}

function repositoriesOf(report: Report): readonly string[] {
  const largest = [...report.repositories]
    .filter((repository) => repository.artifacts > 0)
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, shownRepositories);
  if (largest.length === 0) return [];
  return table(
    ['repository', 'artifacts', 'bytes', 'condemned', 'frees at most'],
    largest.map((one) => [
      `${one.project}/${one.repository}`,
      inNumbers(one.artifacts),
      inBytes(one.bytes),
      inNumbers(one.deletions),
      inBytes(one.deletionBytes),
    ]),
  );
}

const deletionCodes: ReadonlySet<string> = new Set([
  'condemned',
  'follows-subject',
  'goes-with-parent',
]);

function keptBy(report: Report): readonly string[] {
  const kept = report.reasons
    .filter((reason) => !deletionCodes.has(reason.code))
    .sort((a, b) => b.artifacts - a.artifacts);
  if (kept.length === 0) return [];
  return table(
    ['reason', 'artifacts', 'bytes'],
    kept.map((one) => [
      one.by === undefined ? one.code : `${one.code}: ${one.by}`,
      inNumbers(one.artifacts),
      inBytes(one.bytes),
    ]),
  );
}

function emptyOf({ emptyRepositories }: Report): readonly string[] {
  return emptyRepositories.map(({ project, repository }) => `${project}/${repository}`);
}

/** What matched nothing: the first of the names, and each list with its entries in numbers. */
export function unmatchedLines(unmatched: NonNullable<Report['unmatched']>): readonly string[] {
  const names = unmatched.names
    .slice(0, shownWarnings)
    .map(({ place, pattern }) => `${place} ${JSON.stringify(pattern)}`);
  const more = unmatched.names.length - names.length;
  return [
    ...names,
    ...(more > 0 ? [`and ${inNumbers(more)} more`] : []),
    ...unmatched.lists
      .filter((one) => one.unmatched > 0)
      .map(
        ({ list, entries, unmatched: rest }) =>
          `protect.${list}: ${inNumbers(rest)} of ${inNumbers(entries)} entries`,
      ),
  ];
}

function trashOf({ trash, garbageCollection }: Report): readonly string[] {
  const lines: string[] = [];
  if (trash !== undefined) {
    const { project, due, dueBytes, deferred, waiting, waitingBytes } = trash;
    lines.push(
      `${project}, before this run: ${inNumbers(due)} due to be purged (${inBytes(dueBytes)}), ${inNumbers(waiting)} waiting (${inBytes(waitingBytes)})${deferred === 0 ? '' : `, ${inNumbers(deferred)} put off`}`,
      ...trash.notes,
    );
  }
  for (const one of [garbageCollection?.earlier, garbageCollection?.thisRun]) {
    if (one !== undefined) lines.push(collectionIn(one));
  }
  return lines;
}

function collectionIn(one: ShownCollection): string {
  switch (one.kind) {
    case 'not-started':
      return `garbage collection: not started: ${one.because}`;
    case 'intended':
    case 'running':
      return 'garbage collection: still running; its figures come in the next report';
    case 'ended': {
      const freed = one.freedBytes === null ? 'no figure' : inBytes(one.freedBytes);
      return one.dryRun
        ? `garbage collection ${one.id}, preview: ${one.status}, would free ${freed}; Harbor counts blobs that several images share more than once`
        : `garbage collection ${one.id}: ${one.status}, freed ${freed}, ${inNumbers(one.blobs ?? 0)} blobs, ${inNumbers(one.manifests ?? 0)} manifests`;
    }
  }
}

function appliedOf({ applied }: Report): readonly string[] {
  if (applied === undefined) return [];
  const { deleted, deletedBytes, removedTags, purged, removedRepositories, restorableUntil } =
    applied;
  const until =
    restorableUntil === null
      ? 'nothing of it can be restored'
      : `can be restored until ${restorableUntil.slice(0, 16).replace('T', ' ')} UTC`;
  return [
    `${counted(deleted, 'artifact')} deleted (${inBytes(deletedBytes)}), ${counted(removedTags, 'tag')} removed, ${inNumbers(purged)} purged, ${counted(removedRepositories, 'empty repository', 'empty repositories')} removed`,
    ...(deleted === 0 ? [] : [until]),
    ...applied.exceptions.map((one) => `${one.result}: ${one.action}: ${one.because}`),
  ];
}

function unplannableOf(report: Report): readonly string[] {
  const all = report.repositories.flatMap((one) =>
    one.unplannable === undefined ? [] : [one.unplannable],
  );
  const shown = all.slice(0, shownWarnings);
  const rest = all.length - shown.length;
  return rest === 0 ? shown : [...shown, `and ${inNumbers(rest)} more: the JSON has all`];
}

function refusalsOf(report: Report): readonly string[] {
  return report.refusals.flatMap((one) => [
    `${one.rail}, ${one.on}: found ${one.found}, allowed ${one.allowed}`,
    `  → ${one.remedy}`,
  ]);
}

function warningsOf(report: Report): readonly string[] {
  const shown = report.warnings
    .slice(0, shownWarnings)
    .flatMap((one) => [`${one.code}, ${one.on}: ${one.message}`, `  → ${one.remedy}`]);
  const more = report.warnings.length - shownWarnings;
  return more > 0 ? [...shown, `and ${more} more, in the JSON report`] : shown;
}
