import type { World } from '../ports.ts';
import { latestReport } from '../report/report-keys.ts';
import type { Report } from '../report/report-schema.ts';

type Tools = Pick<World, 'store' | 'telemetry'>;

const jsonType = 'application/json';

/** The run's own keys first, `latest.json` last: whoever reads the latter finds the former. */
export async function writeReport(report: Report, key: string, { store }: Tools): Promise<void> {
  const text = JSON.stringify(report, undefined, 2);
  await store.write(key, text, jsonType);
  await store.write(latestReport, text, jsonType);
}

/** What stands there while a run is under way, in case that it never ends; not the newest report yet. */
export async function writeUnfinished(
  report: Report,
  key: string,
  { store }: Tools,
): Promise<void> {
  await store.write(key, JSON.stringify(report, undefined, 2), jsonType);
}
