import { Option } from 'commander';
import { systemClock } from '../../functions/adapters/system-clock.ts';
import { parseDuration } from '../../functions/domain/duration.ts';
import type { Clock, RunStore } from '../../functions/ports.ts';
import { diffMarkdown } from '../../functions/report/diff-comment.ts';
import { diffReports, type ReportDiff } from '../../functions/report/diff-reports.ts';
import { diffText } from '../../functions/report/diff-text.ts';
import type { Compared } from '../../functions/report/diff-words.ts';
import { RetentionError } from '../../functions/errors.ts';
import { type CommandContext, planningFrom } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';
import { localStore } from '../local-world.ts';
import { out } from '../options.ts';
import { reportOfRun, rowsOf } from '../stored-reports.ts';
import type { Terminal } from '../terminal.ts';
import { deployed, diffOverFacts, diffOverInventory, type Planning } from './diff-policies.ts';

interface DiffFlags {
  readonly out: string;
  readonly format: string;
  readonly inventory?: string;
  readonly freshWithin: string;
}

export function addDiff({ program, terminal, environment, mask, ending }: CommandContext): void {
  program
    .command('diff')
    .description(
      'what two runs, or two policies over the facts of the newest run, decide differently; changes nothing',
    )
    .argument('<before>', `id of a run, or \`latest\`; or a policy, or \`${deployed}\``)
    .argument('<after>', 'id of a run, or `latest`; or a policy')
    .addOption(
      new Option('--inventory <file>', 'compare the policies over this saved inventory instead'),
    )
    .addOption(new Option('--format <format>').choices(diffFormats).default('text'))
    .addOption(
      new Option('--fresh-within <age>', 'warn of older facts of a run: 36h, 3d').default('3d'),
    )
    .addOption(out())
    .action((before: string, after: string, flags: DiffFlags) => {
      const planning = planningFrom({ terminal, environment, mask });
      const options = { ...flags, store: localStore(flags), planning, clock: systemClock };
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
  /** File of a saved inventory, under which two policies are compared; else the newest facts of the store. */
  readonly inventory?: string;
  /** As the user wrote it. */
  readonly freshWithin: string;
  readonly planning: Planning;
  readonly clock: Clock;
}

/**
 * `diff BEFORE AFTER`: two runs, or two policies over a saved inventory or the newest facts of a store. Exit code 6 if
 * anything is newly condemned.
 * @throws RetentionError usage, report-not-found, policy-invalid, policy-unreadable
 */
export async function diff(
  before: string,
  after: string,
  { options, terminal }: { readonly options: DiffOptions; readonly terminal: Terminal },
): Promise<number> {
  const { diff: found, ...compared } = await compare({ before, after }, options);
  terminal.out(renderings[options.format]?.(found, { after, ...compared }) ?? '');
  return found.newlyCondemned.length > 0 ? exitCodes.condemnsMore : exitCodes.ok;
}

interface Sides {
  readonly before: string;
  readonly after: string;
}

async function compare(
  sides: Sides,
  { inventory, store, planning, clock, freshWithin }: DiffOptions,
): Promise<{ readonly diff: ReportDiff } & Omit<Compared, 'after'>> {
  const { before, after } = sides;
  if (inventory !== undefined) {
    if (before === deployed)
      throw usage(
        `A saved inventory holds no policy, so there is no ${deployed} one.`,
        'Name the policy in force by its file, or leave --inventory out.',
      );
    return await diffOverInventory(sides, { planning, inventory });
  }
  if (!isPolicy(after) && (isPolicy(before) || before === deployed))
    throw usage(`${after} is no policy, and ${before} is one.`, 'Name two policies, or two runs.');
  if (!isPolicy(after)) return { before, diff: await diffRuns(sides, store) };
  if (!isPolicy(before) && before !== deployed)
    throw usage(
      `${before} is no policy, and ${after} is one.`,
      `Name two policies, or ${deployed} and a policy, or two runs.`,
    );
  const fresh = parseDuration(freshWithin);
  if (fresh === undefined)
    throw usage(`--fresh-within ${freshWithin} is no duration.`, 'Write 36h, 3d or 2w.');
  return await diffOverFacts(sides, { planning, store, now: clock.now(), freshWithin: fresh });
}

const isPolicy = (given: string): boolean => /\.(ya?ml|json)$/.test(given);

function usage(message: string, remedy: string): RetentionError {
  return new RetentionError('usage', message, { remedy });
}

async function diffRuns({ before, after }: Sides, store: RunStore): Promise<ReportDiff> {
  const [earlier, later] = [await reportOfRun(store, before), await reportOfRun(store, after)];
  return await diffReports(rowsOf(store, earlier), rowsOf(store, later));
}
