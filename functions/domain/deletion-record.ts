import type { Action } from './action.ts';
import { sha256Hex } from './hash.ts';
import type { Outcome } from './outcome.ts';

/** An action and what became of it: a line of a run's records, and all that a restore needs to know. */
export interface DeletionRecord {
  /** Raised when an older restore could not read it. */
  readonly version: 1;
  /** Address of the Harbor that it speaks of. */
  readonly harbor: string;
  readonly action: Action;
  readonly outcome: Outcome;
  /** Hex SHA-256 over the rest: a record that was edited is not restored from. */
  readonly seal: string;
}

/** A line for the records. */
export function recordLine(record: Pick<DeletionRecord, 'harbor' | 'action' | 'outcome'>): string {
  const { harbor, action, outcome } = record;
  const sealed: DeletionRecord = {
    version: 1,
    harbor,
    action,
    outcome,
    seal: sealOf(harbor, action, outcome),
  };
  return JSON.stringify(sealed);
}

/** Why a line is no record that can be restored from; or the record. Pure. */
export function readRecord(
  line: string,
):
  | { readonly ok: true; readonly record: DeletionRecord }
  | { readonly ok: false; readonly because: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { ok: false, because: 'is no JSON' };
  }
  if (!isRecord(value)) return { ok: false, because: 'is no record of this version' };
  const { harbor, action, outcome, seal } = value;
  return seal === sealOf(harbor, action, outcome)
    ? { ok: true, record: value }
    : { ok: false, because: 'was changed after it was written' };
}

function sealOf(harbor: string, action: unknown, outcome: unknown): string {
  return sha256Hex(JSON.stringify([harbor, action, outcome]));
}

function isRecord(value: unknown): value is DeletionRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    value.version === 1 &&
    'harbor' in value &&
    typeof value.harbor === 'string' &&
    'action' in value &&
    'outcome' in value &&
    'seal' in value
  );
}

/** A record, or an intent without one, and whether the run's sealed plan holds its action. */
export interface Believed {
  readonly action: Action;
  readonly outcome: Outcome;
  readonly proof: 'plan' | 'trash';
}
