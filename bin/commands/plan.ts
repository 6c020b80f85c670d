import { Option } from 'commander';
import { defined } from '../../functions/domain/defined.ts';
import type { SliceEnd, World } from '../../functions/ports.ts';
import { formats } from '../../functions/report/formats/index.ts';
import { readReport } from '../../functions/report/read-report.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import { type CommandContext, withWorld, type WorldFlags } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';
import { localStore } from '../local-world.ts';
import { lookAheadPlace, parseAt, rememberingStore } from '../look-ahead-store.ts';
import { freeRunId } from '../next-run-id.ts';
import { connectionOptions, defaultOut, json, out, policy } from '../options.ts';
import { runToEnd } from '../run-to-end.ts';
import type { Terminal } from '../terminal.ts';
import { saveInventory } from './save-inventory.ts';

export interface PlanOptions {
  readonly json: boolean;
  /** File to keep the inventory in, for later plans without Harbor. */
  readonly saveInventory?: string;
  /** Look ahead to then: `+30d`, or a moment. */
  readonly at?: string;
}

type PlanFlags = PlanOptions & WorldFlags;

export function addPlan({ program, terminal, environment, mask, ending }: CommandContext): void {
  const options = [
    policy(),
    ...connectionOptions(),
    new Option('--inventory <file>', 'plan from a saved inventory instead of a Harbor').conflicts(
      'harbor',
    ),
    new Option('--save-inventory <file>', 'keep what was read, for plans without Harbor'),
    new Option('--at <moment>', 'look ahead: as if it were then, +30d or 2027-01-31'),
    out(),
    json(),
  ];
  const command = program
    .command('plan')
    .description(
      'read Harbor, or a saved inventory, and say what would go, and why; changes nothing',
    );
  for (const option of options) command.addOption(option);
  command.action((flags: PlanFlags) =>
    ending(
      withWorld(placed(flags), { environment, terminal, mask }, (world, quiet) =>
        plan(aheadOf(world, flags), flags, quiet),
      ),
    ),
  );
}

/** A look ahead is kept apart from real runs. */
function placed(flags: PlanFlags): PlanFlags {
  return flags.at === undefined ? flags : { ...flags, out: lookAheadPlace(flags.out) };
}

function aheadOf(world: World, flags: PlanFlags): World {
  if (flags.at === undefined) return world;
  return { ...world, store: rememberingStore(world.store, localStore(flags)) };
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
    ...defined({ judgeAt: at }),
  } as const;
  const end = await runToEnd(world, request);
  const report = await reportOf(world, end);
  if (options.saveInventory !== undefined) {
    const { runId } = request;
    const parts = report.artifacts.parts.length;
    await saveInventory(world.store, { runId, parts, file: options.saveInventory });
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
