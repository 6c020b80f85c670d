import { formatInstant, type Instant } from './instant.ts';

/** The id of the run that starts at this time, in whole seconds UTC: `2026-11-21T033000Z`. Ids sort by time. */
export function runIdAt(at: Instant): string {
  return formatInstant(at).slice(0, 19).replaceAll(':', '').concat('Z');
}

/** The time that an id names, or undefined for a text that is no id of a run. */
export function timeOfRun(runId: string): Instant | undefined {
  const at = Date.parse(runId.replace(/^([\d-]{10}T\d\d)(\d\d)(\d\dZ)$/, '$1:$2:$3'));
  return Number.isNaN(at) || runIdAt(at) !== runId ? undefined : at;
}

/**
 * The day under which everything of a run is filed: `2026/11/21`. It follows from the id only, so that whoever knows the
 * id finds the objects, whenever the run began. @throws RangeError for a text that is no id of a run
 */
export function dayOfRun(runId: string): string {
  if (timeOfRun(runId) === undefined)
    throw new RangeError(`${JSON.stringify(runId)} is not the id of a run.`);
  return runId.slice(0, 10).replaceAll('-', '/');
}
