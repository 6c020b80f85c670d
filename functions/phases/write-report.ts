import type { RunStore, World } from '../ports.ts';
import { html } from '../report/formats/html.ts';
import { collectRows } from '../report/html/collect-rows.ts';
import { readReport } from '../report/read-report.ts';
import { latestPage, latestReport, pageKey } from '../domain/store-keys.ts';
import type { Report } from '../report/report-schema.ts';
import { rowIn } from '../store/report-rows.ts';

type Tools = Pick<World, 'store' | 'telemetry'>;

const jsonType = 'application/json';

/**
 * The run's own keys first, `latest.json` last: whoever reads the latter finds the others. The JSON is the report; a
 * page that can't be made is logged, and keeps nothing else from being written.
 */
export async function writeReport(report: Report, key: string, tools: Tools): Promise<void> {
  const { store } = tools;
  const text = JSON.stringify(report, undefined, 2);
  await store.write(key, text, jsonType);
  await writePage(key, [pageKey(key), latestPage], tools);
  await store.write(latestReport, text, jsonType);
}

/** Whether no other run has reported since: what is reported later must not take the place of newer news. */
export async function isNewest(runId: string, store: RunStore): Promise<boolean> {
  const read = readReport((await store.read(latestReport))?.text ?? '');
  return read.ok && read.report.run.id === runId;
}

/** What stands there while a run is under way, in case that it never ends; not the newest report yet. */
export async function writeUnfinished(report: Report, key: string, tools: Tools): Promise<void> {
  await tools.store.write(key, JSON.stringify(report, undefined, 2), jsonType);
  await writePage(key, [pageKey(key)], tools);
}

async function writePage(
  key: string,
  targets: readonly string[],
  { store, telemetry }: Tools,
): Promise<void> {
  try {
    const page = await pageOfStored(store, key);
    for (const target of targets) await store.write(target, page, html.contentType);
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    telemetry.error('page of the report could not be written', { key, because });
  }
}

/** Made from the stored text, not from the report: there, secrets are hidden before anything is escaped. */
async function pageOfStored(store: RunStore, key: string): Promise<string> {
  const read = readReport((await store.read(key))?.text ?? '');
  if (!read.ok) throw new Error(`the report just written can't be read: ${read.because}`);
  const rows = await collectRows(linesOf(store, read.report), (line) =>
    rowIn(line, `a row of ${key}`),
  );
  return html.render(read.report, rows);
}

async function* linesOf(store: RunStore, report: Report): AsyncGenerator<string> {
  for (const { key } of report.artifacts.parts) yield* store.readPart(key);
}
