import { timeOfRun } from '../functions/domain/run-id.ts';
import { RetentionError } from '../functions/errors.ts';
import type { RunStore } from '../functions/ports.ts';
import { readReport, readRow } from '../functions/report/read-report.ts';
import { latestReport, listed, reportKeys } from '../functions/domain/store-keys.ts';
import type { Report } from '../functions/report/report-schema.ts';
import type { ReportRow } from '../functions/report/row-schema.ts';

/** The newest report of a store. @throws RetentionError report-not-found */
export async function newestReport(store: RunStore): Promise<Report> {
  return await reportAt(store, latestReport, `There is no report in ${store.address}.`);
}

/** The report of a run, by its id, or the newest for `latest`. @throws RetentionError report-not-found, usage */
export async function reportOfRun(store: RunStore, run: string): Promise<Report> {
  if (run === 'latest') return await newestReport(store);
  if (timeOfRun(run) === undefined) {
    throw new RetentionError('usage', `${JSON.stringify(run)} is not the id of a run.`, {
      remedy: 'Ids look like 2026-11-21T033000Z, and stand in every report; or write latest.',
    });
  }
  const missing = `There is no report of run ${run} in ${store.address}.`;
  return await reportAt(store, await reportKeyOf(store, run), missing);
}

/** Up to version 0.1.0 a report was filed under the day on which its run began, whatever its id. */
async function reportKeyOf(store: RunStore, run: string): Promise<string> {
  const key = reportKeys(run).report;
  if ((await store.read(key)) !== undefined) return key;
  const elsewhere = (await store.list(listed.reports)).find((one) => one.endsWith(`/${run}.json`));
  return elsewhere ?? key;
}

async function reportAt(store: RunStore, key: string, missing: string): Promise<Report> {
  const stored = await store.read(key);
  if (stored === undefined) throw new RetentionError('report-not-found', missing);
  const read = readReport(stored.text);
  if (read.ok) return read.report;
  throw new RetentionError(
    'report-not-found',
    `${store.address}/${key} is no report: ${read.because}.`,
  );
}

/** Every row of a report, one part in memory at a time. @throws RetentionError report-not-found, state-invalid */
export async function* rowsOf(store: RunStore, report: Report): AsyncGenerator<ReportRow> {
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
