import { RetentionError } from '../../functions/errors.ts';
import type { RunStore } from '../../functions/ports.ts';
import { explainRow, isMeant, parseReference } from '../../functions/report/explain-rows.ts';
import { readReport, readRow } from '../../functions/report/read-report.ts';
import { latestReport } from '../../functions/report/report-keys.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import type { ReportRow } from '../../functions/report/row-schema.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

/** The newest report of a store. @throws RetentionError report-not-found */
export async function newestReport(store: RunStore): Promise<Report> {
  const stored = await store.read(latestReport);
  if (stored === undefined) {
    throw new RetentionError('report-not-found', `There is no report in ${store.address}.`);
  }
  const read = readReport(stored.text);
  if (read.ok) return read.report;
  throw new RetentionError(
    'report-not-found',
    `${store.address}/${latestReport} is no report: ${read.because}.`,
  );
}

async function* rowsOf(store: RunStore, report: Report): AsyncGenerator<ReportRow> {
  for (const part of report.artifacts.parts) {
    for await (const line of store.readPart(part.key)) {
      const row = readRow(line);
      if (row === undefined) {
        throw new RetentionError(
          'report-not-found',
          `${store.address}/${part.key} holds a line that is no row.`,
        );
      }
      yield row;
    }
  }
}

/** `explain PROJECT/REPOSITORY[:TAG|@DIGEST]`: what the newest report says of it. */
export async function explain(
  text: string,
  options: { readonly store: RunStore; readonly json: boolean },
  terminal: Terminal,
): Promise<number> {
  const reference = parseReference(text);
  if (reference === undefined) {
    throw new RetentionError(
      'usage',
      `${JSON.stringify(text)} is not PROJECT/REPOSITORY[:TAG|@DIGEST].`,
      {
        remedy:
          'For example team/api:v1.2.3, team/api@sha256:0123456789ab, or team/api for all of it.',
      },
    );
  }
  const report = await newestReport(options.store);
  const found: ReportRow[] = [];
  for await (const row of rowsOf(options.store, report)) {
    if (isMeant(row, reference)) found.push(row);
  }
  if (found.length === 0) {
    throw new RetentionError('report-not-found', `Run ${report.run.id} saw no ${text}.`, {
      remedy: 'Check the name; what was pushed since is in the next run.',
    });
  }
  if (options.json) terminal.out(`${JSON.stringify(found, undefined, 2)}\n`);
  else
    terminal.out(
      `${found.map(explainRow).join('\n\n')}\n\nFrom run ${report.run.id}, ${report.run.end}.\n`,
    );
  return exitCodes.ok;
}
