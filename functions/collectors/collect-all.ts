import { workloadsContract } from '../contract.ts';
import { RetentionError } from '../errors.ts';
import type { Telemetry } from '../ports.ts';
import { type CollectedList, listText } from '../workloads/collected-list.ts';
import type { WorkloadsConfig } from '../workloads/config-schema.ts';
import { type Collecting, ecsList, eksList } from './collect.ts';

/** What became of one list. */
export interface ListOutcome {
  readonly scope: string;
  /** Undefined: it was not written, and the one before it is still there. */
  readonly uses?: number;
  readonly isComplete: boolean;
}

export interface Writing {
  readonly collecting: Collecting;
  readonly write: (key: string, text: string) => Promise<void>;
  readonly telemetry: Pick<Telemetry, 'info' | 'warn' | 'error'>;
}

/** Collects and writes one list after the other. One that fails leaves the others alone. */
export async function collectAll(
  { ecs, eks }: WorkloadsConfig,
  writing: Writing,
): Promise<readonly ListOutcome[]> {
  const { collecting } = writing;
  const outcomes: ListOutcome[] = [];
  for (const one of ecs)
    outcomes.push(await writeList(one.scope, () => ecsList(one, collecting), writing));
  for (const one of eks)
    outcomes.push(await writeList(one.scope, () => eksList(one, collecting), writing));
  return outcomes;
}

async function writeList(
  scope: string,
  collect: () => Promise<CollectedList>,
  { write, telemetry }: Writing,
): Promise<ListOutcome> {
  try {
    const list = await collect();
    await write(`${workloadsContract.folder}${scope}.ndjson`, listText(list));
    const { uses, missing } = list.findings;
    for (const one of missing) telemetry.warn('not listed', { scope, ...one });
    const isComplete = missing.length === 0;
    telemetry.info('list written', { scope, uses: uses.length, complete: isComplete });
    return { scope, uses: uses.length, isComplete };
  } catch (error) {
    telemetry.error('list not written', { scope, ...inWords(error) });
    return { scope, isComplete: false };
  }
}

function inWords(error: unknown): Readonly<Record<string, string>> {
  if (error instanceof RetentionError)
    return { code: error.code, because: error.message, remedy: error.remedy };
  return { because: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
