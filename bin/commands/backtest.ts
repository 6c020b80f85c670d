import { writeFile } from 'node:fs/promises';
import { Option } from 'commander';
import { RetentionError } from '../../functions/errors.ts';
import type { RunStore } from '../../functions/ports.ts';
import { type BacktestDocument } from '../../functions/report/backtest-schema.ts';
import { backtestMarkdown } from '../../functions/report/backtest-comment.ts';
import { backtestDocument } from '../../functions/report/backtest-document.ts';
import { backtestText } from '../../functions/report/backtest-text.ts';
import { backtestPage } from '../../functions/report/html/backtest-page.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';
import { localStore } from '../local-world.ts';
import { out, wholeNumber } from '../options.ts';
import { policyFile, usualPolicy } from '../policy-file.ts';
import { plain, statusLine, type Terminal } from '../terminal.ts';
import { backtestFacts } from './backtest-facts.ts';

/** More nights than a bucket keeps facts of, even with a run every hour. */
const mostNights = 1_000;

interface BacktestFlags {
  readonly out: string;
  readonly format: string;
  readonly to?: string;
  readonly nights: number;
  readonly acknowledgeDrift: boolean;
}

export function addBacktest({ program, terminal, ending }: CommandContext): void {
  program
    .command('backtest')
    .description(
      'a policy judged over the stored facts of past runs, as if it had been armed then, and what would have been wanted after it had gone; changes nothing',
    )
    .argument('[policy]', `file; else ${usualPolicy} of this folder`)
    .addOption(new Option('--format <format>').choices(backtestFormats).default('text'))
    .addOption(new Option('--to <file>', 'write it there; else to standard output'))
    .addOption(
      new Option('--nights <count>', 'the newest so many runs only')
        .argParser(wholeNumber(1, mostNights))
        .default(mostNights, 'all'),
    )
    .addOption(
      new Option(
        '--acknowledge-drift',
        'as if a person had looked at each drift and let it pass',
      ).default(false),
    )
    .addOption(out())
    .action((named: string | undefined, flags: BacktestFlags) => {
      const policy = policyFile(named, 'backtest FILE');
      return ending(backtest(policy, { ...flags, store: localStore(flags) }, terminal));
    });
}

const renderings: Readonly<Record<string, (found: BacktestDocument) => string>> = {
  // Names may hold what a terminal obeys, also out of a file.
  text: (found) => plain(backtestText(found)),
  markdown: backtestMarkdown,
  html: backtestPage,
  json: (found) => `${JSON.stringify(found, undefined, 2)}\n`,
};

export const backtestFormats = Object.keys(renderings);

export interface BacktestOptions {
  /** One of `backtestFormats`. */
  readonly format: string;
  /** File to write; without it, standard output. */
  readonly to?: string;
  /** The newest nights, at most so many. */
  readonly nights: number;
  /** Whether each drift is let pass, as if somebody had acknowledged it. */
  readonly acknowledgeDrift: boolean;
  /** The store that holds the runs. */
  readonly store: RunStore;
}

/**
 * `backtest POLICY`: what a policy would have deleted, night by night, and what of it was wanted later. Exit code 7 if
 * anything was.
 * @throws RetentionError policy-invalid, policy-unreadable, report-not-found, state-invalid, store-…, usage
 */
export async function backtest(
  policy: string,
  { format, to, nights, acknowledgeDrift, store }: BacktestOptions,
  terminal: Terminal,
): Promise<number> {
  const status = statusLine(terminal);
  const onNight = (number: number, { runId }: { readonly runId: string }, of: number): void =>
    status.show(`Judging night ${number} of ${of}, run ${runId}`);
  let found: BacktestDocument;
  try {
    const as = { acknowledgesDrift: acknowledgeDrift };
    const input = { store, policy, nights, besideInForce: true, as, onNight };
    found = backtestDocument(await backtestFacts(input));
  } finally {
    status.done();
  }
  const text = renderings[format]?.(found) ?? '';
  if (to === undefined) terminal.out(text);
  else {
    await writeTo(to, text);
    terminal.out(`Backtest over ${found.nights.length} nights, as ${format}: ${to}\n`);
  }
  return found.candidate.regrets.length > 0 ? exitCodes.regrets : exitCodes.ok;
}

async function writeTo(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new RetentionError('usage', `${file} can't be written.`, {
      cause: error,
      remedy: 'Check the folder and its permissions, or leave --to out.',
    });
  }
}
