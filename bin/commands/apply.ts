import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Option } from 'commander';
import { defined } from '../../functions/domain/defined.ts';
import { settledResults } from '../../functions/domain/outcome.ts';
import { RetentionError } from '../../functions/errors.ts';
import type { RunRequest, World } from '../../functions/ports.ts';
import { formats } from '../../functions/report/formats/index.ts';
import { readReport } from '../../functions/report/read-report.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import { type CommandContext, withWorld, type WorldFlags } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';
import { freeRunId } from '../next-run-id.ts';
import { connectionOptions, json, out, policy } from '../options.ts';
import { runToEnd } from '../run-to-end.ts';
import { stopOnSignals } from '../stopping.ts';
import type { Terminal } from '../terminal.ts';
import { counted } from '../../functions/domain/format-numbers.ts';

export function addApply({ program, terminal, environment, mask, ending }: CommandContext): void {
  const options = [
    policy(),
    new Option('--approved <file>', 'repositories that may go whole, with their scores'),
    new Option('--acknowledge <fingerprint...>', 'refusals that you have looked at and let pass'),
    new Option('--yes', 'ask nobody; only together with --plan').default(false),
    new Option('--plan <hash>', 'the plan as `plan` showed it; another one is not carried out'),
    ...connectionOptions(),
    out(),
    json(),
  ];
  const command = program
    .command('apply')
    .description('show the plan, ask, and delete into the trash');
  for (const option of options) command.addOption(option);
  command.action((flags: ApplyFlags & WorldFlags) =>
    ending(
      withWorld(flags, { environment, terminal, mask, mayChange: true }, (world, quiet) =>
        apply(world, { flags: placed(flags), ask: askOnTerminal }, quiet),
      ),
    ),
  );
}

/** What is typed is relative to where one stands; what a policy names is relative to the policy. */
function placed(flags: ApplyFlags): ApplyFlags {
  return flags.approved === undefined ? flags : { ...flags, approved: resolve(flags.approved) };
}

export interface ApplyFlags {
  readonly json: boolean;
  readonly yes: boolean;
  /** Fingerprint of the plan, or its first 12 digits, as a plan showed it. */
  readonly plan?: string;
  /** File with repositories that may go whole. */
  readonly approved?: string;
  /** Fingerprints of refusals that a person has looked at. */
  readonly acknowledge?: readonly string[];
}

/** Asks a person; answers what was typed. */
export type Ask = (question: string) => Promise<string>;

export const askOnTerminal: Ask = async (question) => {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await reader.question(question);
  } finally {
    reader.close();
  }
};

const shortest = 12;

/**
 * Shows the plan and asks, then carries out that plan and no other. With --yes it asks nobody, and then needs the
 * plan's fingerprint as it was shown.
 */
export async function apply(
  world: World,
  { flags, ask }: { readonly flags: ApplyFlags; readonly ask: Ask },
  terminal: Terminal,
): Promise<number> {
  const given = {
    ...(flags.approved === undefined
      ? {}
      : { approved: { kind: 'file', path: flags.approved } as const }),
    ...defined({ acknowledge: flags.acknowledge }),
  };
  const confirmed = flags.yes
    ? named(flags.plan)
    : await confirm(world, { ask, flags, given }, terminal);
  if (typeof confirmed === 'number') return confirmed;
  const report = await run(world, terminal, {
    mode: 'apply',
    fresh: true,
    applyNewPolicy: true,
    onlyPlan: confirmed,
    ...given,
  });
  show(report, flags, terminal);
  if (report.refusals.length > 0) return exitCodes.refused;
  const results = report.applied?.results ?? {};
  const isWhole = Object.keys(results).every((result) => settledResults.has(result));
  return isWhole && (report.totals?.unplannable ?? 0) === 0 ? exitCodes.ok : exitCodes.partial;
}

/** @throws RetentionError usage: a "yes" without a plan could mean any */
function named(plan: string | undefined): string {
  if (plan !== undefined && plan.length >= shortest && /^[0-9a-f]+$/.test(plan)) return plan;
  throw new RetentionError('usage', '--yes needs --plan HASH, the plan as it was shown.', {
    remedy:
      'Run `harbor-retention plan` and take the hash from its last lines, or leave --yes out and be asked.',
  });
}

/** The fingerprint of the plan that was shown and agreed to, or an exit code. */
async function confirm(
  world: World,
  {
    ask,
    flags,
    given,
  }: {
    readonly ask: Ask;
    readonly flags: ApplyFlags;
    readonly given: Pick<RunRequest, 'approved' | 'acknowledge'>;
  },
  terminal: Terminal,
): Promise<string | number> {
  if (!terminal.isInteractive) {
    throw new RetentionError('usage', 'Nobody is there to be asked.', {
      remedy: 'Where no person looks on: --yes together with --plan HASH.',
    });
  }
  const report = await run(world, terminal, { mode: 'dry-run', fresh: true, ...given });
  show(report, flags, terminal);
  if (report.refusals.length > 0) return exitCodes.refused;
  const { totals, fingerprint } = report;
  if (totals === undefined || fingerprint === undefined) return exitCodes.failure;
  const due = report.trash?.due ?? 0;
  const empty = report.emptyRepositories.length;
  if (totals.deletions + totals.tagRemovals + due + empty === 0) {
    terminal.out('Nothing is to be done.\n');
    return exitCodes.ok;
  }
  const question = `Delete ${counted(totals.deletions, 'artifact')}, remove ${counted(totals.tagRemovals, 'tag')}, purge ${due} from the trash, remove ${counted(empty, 'empty repository', 'empty repositories')}? Type yes: `;
  if ((await ask(question)).trim() === 'yes') return fingerprint;
  terminal.out('Nothing was changed.\n');
  return exitCodes.ok;
}

async function run(
  world: World,
  terminal: Terminal,
  request: Omit<RunRequest, 'runId' | 'owner'>,
): Promise<Report> {
  const runId = await freeRunId(world);
  const stopping = stopOnSignals(() =>
    terminal.err('Stopping: what is under way is finished first. Once more ends at once.\n'),
  );
  const owner = `terminal ${world.identity}`;
  const end = await runToEnd(world, { ...request, runId, owner }, stopping).finally(stopping.end);
  const read = readReport((await world.store.read(end.reportKey))?.text ?? '');
  if (!read.ok) throw new Error(`the report just written can't be read: ${read.because}`);
  return read.report;
}

function show(report: Report, flags: ApplyFlags, terminal: Terminal): void {
  const format = formats.find((one) => one.name === (flags.json ? 'json' : 'text'));
  terminal.out(format?.render(report) ?? '');
}
