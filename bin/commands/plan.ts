import type { SliceEnd, World } from '../../functions/ports.ts';
import { formats } from '../../functions/report/formats/index.ts';
import { readReport } from '../../functions/report/read-report.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import { defaultOut } from '../doors/door.ts';
import { exitCodes } from '../exit-codes.ts';
import { freeRunId } from '../next-run-id.ts';
import type { Terminal } from '../terminal.ts';
import { parseAt } from '../look-ahead-store.ts';
import { runToEnd } from '../run-to-end.ts';
import { saveInventory } from './save-inventory.ts';

export interface PlanOptions {
  readonly json: boolean;
  /** File to keep the inventory in, for later plans without Harbor. */
  readonly saveInventory?: string;
  /** Look ahead to then: `+30d`, or a moment. */
  readonly at?: string;
}

/** A dry run from the terminal: the same engine as the Lambda's, without a limit of time. */
export async function plan(
  world: World,
  options: PlanOptions,
  terminal: Terminal,
): Promise<number> {
  const at = options.at === undefined ? undefined : parseAt(options.at, world.clock.now());
  const request = {
    runId: await freeRunId(world),
    mode: 'dry-run',
    owner: `terminal ${world.identity}`,
    fresh: true,
    ...(at === undefined ? {} : { judgeAt: at }),
  } as const;
  const end = await runToEnd(world, request);
  const report = await reportOf(world, end);
  if (options.saveInventory !== undefined) {
    await saveInventory(world.store, { runId: request.runId, report, file: options.saveInventory });
  }
  const format = formats.find((one) => one.name === (options.json ? 'json' : 'text'));
  terminal.out(format?.render(report) ?? '');
  if (!options.json) terminal.out(nextSteps(world, end, report));
  return exitCodeFor(report);
}

async function reportOf(world: World, end: SliceEnd & { done: true }): Promise<Report> {
  const stored = await world.store.read(end.reportKey);
  const read = readReport(stored?.text ?? '');
  if (!read.ok) throw new Error(`the report just written can't be read: ${read.because}`);
  return read.report;
}

function exitCodeFor(report: Report): number {
  if (report.refusals.length > 0) return exitCodes.refused;
  return (report.totals?.unplannable ?? 0) > 0 ? exitCodes.partial : exitCodes.ok;
}

function nextSteps(world: World, end: SliceEnd & { done: true }, report: Report): string {
  const most = [...report.repositories].sort((a, b) => b.deletions - a.deletions)[0];
  const example = most === undefined ? 'PROJECT/REPOSITORY' : `${most.project}/${most.repository}`;
  return [
    '',
    `Report: ${world.store.address}/${end.reportKey}`,
    `Why:    harbor-retention explain ${example}${world.store.address === defaultOut ? '' : ` --out ${world.store.address}`}`,
    '',
  ].join('\n');
}
