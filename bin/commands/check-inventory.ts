import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defined } from '../../functions/domain/defined.ts';
import type { World } from '../../functions/ports.ts';
import { unmatchedLines } from '../../functions/report/formats/text.ts';
import { visible } from '../../functions/report/html/visible.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import { runSlice } from '../../functions/run.ts';
import { reportOfRun } from '../stored-reports.ts';

/** Opens a world that plans from the saved inventory, in this folder. */
export type Planning = (folder: string) => Promise<World>;

/** What of a policy and its lists matched nothing in a saved inventory; plain JSON. */
export interface Matching {
  /** Absent where the inventory is not whole: what seems to match nothing may match what could not be read. */
  readonly unmatched?: Report['unmatched'];
  readonly unmatchedWarnings: Report['warnings'];
  /** Limits that a plan from the inventory breaks. */
  readonly brokenLimits: Report['refusals'];
}

/** Plans from the inventory in a folder that is gone afterwards. @throws RetentionError inventory-invalid, … */
export async function matchingIn(planning: Planning): Promise<Matching> {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-retention-'));
  try {
    const world = await planning(folder);
    const runId = '2000-01-01T000000Z';
    const owner = `terminal ${world.identity}`;
    const request = { runId, mode: 'dry-run', owner, wholePolicy: true } as const;
    const end = await runSlice(request, world, { hasTime: () => true });
    if (!end.done) throw new Error('a run without a limit of time ends');
    const { unmatched, warnings, refusals } = await reportOfRun(world.store, 'latest');
    return {
      ...defined({ unmatched }),
      unmatchedWarnings: warnings.filter(({ code }) => warned.has(code)),
      brokenLimits: refusals.filter(({ rail }) => limitRails.has(rail)),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Rails of the limits that a policy sets by itself. */
const limitRails: ReadonlySet<string> = new Set([
  'max-deletions',
  'max-deletions-percent',
  'max-deletions-percent-per-repository',
  'max-bytes',
]);

/** A list that can't be read matches nothing either. */
const warned: ReadonlySet<string> = new Set([
  'matched-nothing',
  'in-use-unreadable',
  'digest-list-unreadable',
]);

/** What matched nothing, as text. */
export function matchingText({ unmatched, unmatchedWarnings, brokenLimits }: Matching): string {
  const lines = unmatched === undefined ? [] : unmatchedLines(unmatched);
  const head =
    unmatched === undefined
      ? 'The inventory is not whole, so nobody can say what matches nothing.'
      : lines.length === 0
        ? 'Everything that the policy names matches something in the inventory.'
        : 'Matched nothing in the inventory:';
  const warnings = unmatchedWarnings.flatMap(({ on, message, remedy }) => [
    `warning: ${on}: ${message}`,
    `  → ${remedy}`,
  ]);
  const limits = brokenLimits.flatMap(({ rail, on, found, allowed, remedy }) => [
    `warning: a plan from this inventory is refused: ${rail}, ${on}: found ${found}, allowed ${allowed}`,
    `  → ${remedy}`,
  ]);
  return `\n${[head, ...lines.map((line) => `  ${line}`), ...warnings, ...limits].map(visible).join('\n')}\n`;
}
