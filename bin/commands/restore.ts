import { Option } from 'commander';
import { RetentionError } from '../../functions/errors.ts';
import type { RestoreReport } from '../../functions/phases/restore-run.ts';
import type { World } from '../../functions/ports.ts';
import { restoreText } from '../../functions/report/restore-text.ts';
import { restoreSlice } from '../../functions/restore.ts';
import { type CommandContext, withWorld, type WorldFlags } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';
import { connectionOptions, json, out, policy } from '../options.ts';
import { type Signals, stopOnSignals } from '../stopping.ts';
import type { Terminal } from '../terminal.ts';

export function addRestore({ program, terminal, environment, mask, ending }: CommandContext): void {
  const options = [
    policy('the policy, which names the trash'),
    new Option('--only <reference...>', 'PROJECT/REPOSITORY[:TAG|@DIGEST], several if wanted'),
    new Option('--from-trash <project>', 'from the trash only, where the records are lost'),
    new Option('--apply', 'for real; without it, a dry run').default(false),
    ...connectionOptions(),
    out(),
    json(),
  ];
  const command = program
    .command('restore')
    .description('put back what a run deleted: a dry run, and with --apply for real')
    .argument('[run]', 'the id of the run');
  for (const option of options) command.addOption(option);
  command.action((run: string | undefined, flags: RestoreFlags & WorldFlags) =>
    ending(
      withWorld(flags, { environment, terminal, mask, mayChange: true }, (world, quiet) =>
        restore(run, { flags, world }, quiet),
      ),
    ),
  );
}

export interface RestoreFlags {
  readonly only?: readonly string[];
  readonly fromTrash?: string;
  readonly apply: boolean;
  readonly json: boolean;
}

/**
 * `restore RUN`: a dry run, and with --apply for real. Exit code 5 if something can't come back, 1 if something
 * failed. If it is asked to stop, what is under way is finished, and the lease is freed.
 * @throws RetentionError run-unfinished if it was asked to stop before the last item
 */
export async function restore(
  runId: string | undefined,
  {
    flags,
    world,
    signals,
  }: { readonly flags: RestoreFlags; readonly world: World; readonly signals?: Signals },
  terminal: Terminal,
): Promise<number> {
  const wanted = {
    runId,
    fromTrash: flags.fromTrash,
    only: flags.only ?? [],
    apply: flags.apply,
    owner: `terminal ${world.identity}`,
  };
  const report = await untilAsked(
    (hasTime) => restoreSlice(wanted, world, { hasTime }),
    flags.apply ? { terminal, signals } : undefined,
  );
  terminal.out(flags.json ? `${JSON.stringify(report, undefined, 2)}\n` : restoreText(report));
  if (!flags.apply && !flags.json && report.restored.length > 0) {
    terminal.out('\nNothing was changed. Put them back with --apply.\n');
  }
  if (report.open > 0) throw stoppedEarly(report);
  if (report.failed.length > 0) return exitCodes.failure;
  return report.lost.length > 0 ? exitCodes.partial : exitCodes.ok;
}

/** A dry run changes nothing, so a signal may end it at once; the real one ends between two items. */
async function untilAsked(
  work: (hasTime: () => boolean) => Promise<{ readonly report: RestoreReport }>,
  from: { readonly terminal: Terminal; readonly signals: Signals | undefined } | undefined,
): Promise<RestoreReport> {
  if (from === undefined) return (await work(() => true)).report;
  const stopping = stopOnSignals(
    () =>
      from.terminal.err('Stopping: what is under way is finished first. Once more ends at once.\n'),
    from.signals,
  );
  const { report } = await work(() => !stopping.asked()).finally(stopping.end);
  return report;
}

function stoppedEarly({ restored, complete, open }: RestoreReport): RetentionError {
  const back = `${restored.length} came back, ${complete.length} were complete already`;
  return new RetentionError(
    'run-unfinished',
    `The restore was stopped: ${back}, ${open} were not looked at.`,
    {
      remedy:
        'Type the same command again: what is back is seen to be complete, and the rest comes back. The lease is free.',
    },
  );
}
