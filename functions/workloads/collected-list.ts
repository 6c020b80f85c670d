import type { Instant } from '../domain/instant.ts';
import { formatWorkloadList } from '../domain/workload-list.ts';
import { RetentionError } from '../errors.ts';
import type { Findings } from './findings.ts';

/** A list, ready to be written. */
export interface CollectedList {
  readonly source: 'ecs' | 'kubernetes';
  readonly scope: string;
  /** When collecting began. */
  readonly writtenAt: Instant;
  readonly findings: Findings;
}

export const mediaType = 'application/x-ndjson';

/**
 * The text of a list. Where nothing at all was found and something is missing there is none, so that the list before it
 * stays until it is too old. @throws RetentionError workloads-unreachable
 */
export function listText({ source, scope, writtenAt, findings }: CollectedList): string {
  const { uses, missing } = findings;
  const [first] = missing;
  if (uses.length === 0 && first !== undefined) {
    throw new RetentionError(
      'workloads-unreachable',
      `Nothing of ${scope} could be listed: ${first.what}: ${first.because}.`,
      { remedy: first.remedy },
    );
  }
  return formatWorkloadList({ source, scope, writtenAt, missing }, uses);
}
