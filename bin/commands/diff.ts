import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Option } from 'commander';
import { RetentionError } from '../../functions/errors.ts';
import type { RunStore, World } from '../../functions/ports.ts';
import { diffReports, type ReportDiff } from '../../functions/report/diff-reports.ts';
import { type Compared, diffMarkdown, diffText } from '../../functions/report/diff-text.ts';
import { runSlice } from '../../functions/run.ts';
import { type CommandContext, quietPlanning } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';
import { localStore } from '../local-world.ts';
import { out } from '../options.ts';
import { reportOfRun, rowsOf } from '../stored-reports.ts';
import type { Terminal } from '../terminal.ts';

interface DiffFlags {
  readonly out: string;
  readonly format: string;
  readonly inventory?: string;
}

export function addDiff({ program, terminal, environment, mask, ending }: CommandContext): void {
  program
    .command('diff')
    .description('what two runs, or two policies over a saved inventory, decide differently')
    .argument('<before>', 'id of a run, `latest`, or with --inventory a policy')
    .argument('<after>', 'the same')
    .addOption(new Option('--inventory <file>', 'compare two policies over this saved inventory'))
    .addOption(new Option('--format <format>').choices(diffFormats).default('text'))
    .addOption(out())
    .action((before: string, after: string, flags: DiffFlags) => {
      const planning = quietPlanning(flags, { terminal, environment, mask });
      const options = { ...flags, store: localStore(flags), planning };
      return ending(diff(before, after, { options, terminal }));
    });
}

const renderings: Readonly<Record<string, (diff: ReportDiff, compared: Compared) => string>> = {
  text: diffText,
  markdown: diffMarkdown,
  json: (diff, compared) => `${JSON.stringify({ ...compared, ...diff }, undefined, 2)}\n`,
};

export const diffFormats = Object.keys(renderings);

export interface DiffOptions {
  /** One of `diffFormats`. */
  readonly format: string;
  /** The store that holds the runs. */
  readonly store: RunStore;
  /** File of a saved inventory, under which two policies are compared. */
  readonly inventory?: string;
  /** Opens a world that plans from the inventory with this policy, in this folder. */
  readonly planning: (policy: string, out: string) => Promise<World>;
}

/**
 * `diff BEFORE AFTER`: two runs, or two policies over one saved inventory. Exit code 6 if anything is newly condemned.
 * @throws RetentionError usage, report-not-found, policy-invalid
 */
export async function diff(
  before: string,
  after: string,
  { options, terminal }: { readonly options: DiffOptions; readonly terminal: Terminal },
): Promise<number> {
  const found = await (options.inventory === undefined
    ? diffRuns(before, after, options.store)
    : diffPolicies(before, after, options));
  terminal.out(renderings[options.format]?.(found, { before, after }) ?? '');
  return found.newlyCondemned.length > 0 ? exitCodes.condemnsMore : exitCodes.ok;
}

async function diffRuns(before: string, after: string, store: RunStore): Promise<ReportDiff> {
  for (const given of [before, after]) {
    if (/\.ya?ml$/.test(given)) {
      throw new RetentionError('usage', `${given} is a policy, and no inventory is given.`, {
        remedy:
          'Add --inventory FILE, as `harbor-retention plan --save-inventory FILE` writes it; or name two runs.',
      });
    }
  }
  const [earlier, later] = [await reportOfRun(store, before), await reportOfRun(store, after)];
  return await diffReports(rowsOf(store, earlier), rowsOf(store, later));
}

async function diffPolicies(
  before: string,
  after: string,
  { planning }: DiffOptions,
): Promise<ReportDiff> {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-retention-'));
  try {
    const rows = async (policy: string, name: string) => {
      const world = await planning(policy, join(folder, name));
      const runId = '2000-01-01T000000Z';
      const request = { runId, mode: 'dry-run', owner: `terminal ${world.identity}` } as const;
      const end = await runSlice(request, world, { hasTime: () => true });
      if (!end.done) throw new Error('a run without a limit of time ends');
      return rowsOf(world.store, await reportOfRun(world.store, 'latest'));
    };
    return await diffReports(await rows(before, 'before'), await rows(after, 'after'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
