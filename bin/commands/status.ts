import type { RunStore } from '../../functions/ports.ts';
import { exitCodes } from '../exit-codes.ts';
import { newestReport } from '../stored-reports.ts';
import type { Terminal } from '../terminal.ts';

/** `status`: the newest run in a few lines; exit code 3 if it was refused, 1 if it failed or never finished. */
export async function status(
  options: { readonly store: RunStore; readonly json: boolean },
  terminal: Terminal,
): Promise<number> {
  const report = await newestReport(options.store);
  if (options.json) {
    terminal.out(
      `${JSON.stringify({ run: report.run, headline: report.headline, totals: report.totals }, undefined, 2)}\n`,
    );
  } else {
    terminal.out(
      `${[`Run ${report.run.id} (${report.run.mode}): ${report.run.end}.`, ...report.headline].join('\n')}\n`,
    );
  }
  if (report.run.end === 'refused') return exitCodes.refused;
  return report.run.end === 'finished' ? exitCodes.ok : exitCodes.failure;
}
