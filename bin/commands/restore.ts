import type { World } from '../../functions/ports.ts';
import { restoreText } from '../../functions/report/restore-text.ts';
import { restoreSlice } from '../../functions/restore.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

export interface RestoreFlags {
  readonly only?: readonly string[];
  readonly fromTrash?: string;
  readonly apply: boolean;
  readonly json: boolean;
}

/** `restore RUN`: a dry run, and with --apply for real. Exit code 5 if something can't come back, 1 if something failed. */
export async function restore(
  runId: string | undefined,
  { flags, world }: { readonly flags: RestoreFlags; readonly world: World },
  terminal: Terminal,
): Promise<number> {
  const wanted = {
    runId,
    fromTrash: flags.fromTrash,
    only: flags.only ?? [],
    apply: flags.apply,
    owner: `terminal ${world.identity}`,
  };
  const { report } = await restoreSlice(wanted, world, { hasTime: () => true });
  terminal.out(flags.json ? `${JSON.stringify(report, undefined, 2)}\n` : restoreText(report));
  if (!flags.apply && !flags.json && report.restored.length > 0) {
    terminal.out('\nNothing was changed. Put them back with --apply.\n');
  }
  if (report.failed.length > 0) return exitCodes.failure;
  return report.lost.length > 0 ? exitCodes.partial : exitCodes.ok;
}
