import { reportKeys } from '../domain/store-keys.ts';

/** Version 1 knew neither waits nor the phase `follow`; everything else is the same. */
const oldest = 1;

type Checked =
  | { readonly ok: true; readonly fields: Fields }
  /** `problem` goes on behind the name of the object. */
  | { readonly ok: false; readonly problem: string; readonly remedy: string };

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const anew = 'start a new run, by an event without "runId": it reads and plans everything afresh.';

/**
 * A stored state, if this version can go on with it: an object that is damaged, or written by a version that means
 * something else by it, is refused, never misread.
 */
export function checkedState(
  text: string,
  {
    runId,
    version,
    isPhase,
  }: {
    readonly runId: string;
    readonly version: number;
    readonly isPhase: (name: string) => boolean;
  },
): Checked {
  const value = parsed(text);
  const written = isFields(value) ? value['stateVersion'] : undefined;
  if (!isFields(value) || typeof written !== 'number') {
    return bad('is no state of a run.', `See who wrote it; ${anew}`);
  }
  if (written > version) {
    return bad(
      `was written by a newer harbor-retention (state version ${written}, this one knows ${version}).`,
      `Deploy the newer version again and let it end the run; or ${anew}`,
    );
  }
  if (written < oldest || !Number.isInteger(written)) {
    return bad(
      `was written by another harbor-retention (state version ${written}, this one knows ${oldest} to ${version}).`,
      `The run can’t go on here; ${anew}`,
    );
  }
  const missing = missingIn(value, isPhase);
  if (missing !== undefined) {
    return bad(`lacks "${missing}", or holds something else there.`, `See who wrote it; ${anew}`);
  }
  if (value['runId'] !== runId) {
    return bad(`is of run ${String(value['runId'])}.`, `See who copied it there; ${anew}`);
  }
  if (value['phase'] !== 'done' && value['reportKey'] !== reportKeys(runId).report) {
    return bad(
      'was written by an earlier harbor-retention, which filed its report and records under another day than that of its id.',
      `The run can’t continue here; what it did can be restored. ${anew}`,
    );
  }
  if (isReported(value['phase']) && !isFields(value['ended'])) {
    return bad('says that the run is reported, but not how it ended.', `See who wrote it; ${anew}`);
  }
  return { ok: true, fields: { ...value, stateVersion: version } };
}

const isReported = (phase: unknown): boolean => phase === 'follow' || phase === 'done';

/** The first field that is not there, or holds what no version stores. */
function missingIn(value: Fields, isPhase: (name: string) => boolean): string | undefined {
  const { phase } = value;
  const isKnown = isReported(phase) || (typeof phase === 'string' && isPhase(phase));
  return isKnown ? Object.entries(fields).find(([key, holds]) => !holds(value[key]))?.[0] : 'phase';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const bad = (problem: string, remedy: string): Checked => ({ ok: false, problem, remedy });

const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const isCount = (value: unknown): boolean => isNumber(value) && Number(value) >= 0;

/** What every version has stored, and what it must be. */
const fields: Readonly<Record<string, (value: unknown) => boolean>> = {
  runId: (value) => typeof value === 'string',
  mode: (value) => value === 'dry-run' || value === 'apply',
  takenAt: isNumber,
  policy: (value) =>
    isFields(value) && typeof value['text'] === 'string' && typeof value['name'] === 'string',
  slices: isCount,
  parts: isCount,
  read: (value) => Array.isArray(value) && value.every(isCount),
  artifactsRead: isCount,
  pullTimes: isFields,
  requests: (value) =>
    isFields(value) &&
    ['sent', 'retried', 'lowerBound', 'waitedMs'].every((key) => isCount(value[key])),
  durationsMs: isFields,
  reportKey: (value) => typeof value === 'string',
};
