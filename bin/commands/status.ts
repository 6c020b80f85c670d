import { systemClock } from '../../functions/adapters/system-clock.ts';
import { RetentionError } from '../../functions/errors.ts';
import type { Clock, RunStore } from '../../functions/ports.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import { readLease } from '../../functions/store/lease.ts';
import { signsOfLife } from '../../functions/store/progress.ts';
import type { CommandContext } from '../command-context.ts';
import { type GoingRun, goingInWords, goingRun } from '../current-run.ts';
import { exitCodes } from '../exit-codes.ts';
import { localStore } from '../local-world.ts';
import { json, out } from '../options.ts';
import { newestReport } from '../stored-reports.ts';
import type { Terminal } from '../terminal.ts';

export function addStatus({ program, terminal, ending }: CommandContext): void {
  program
    .command('status')
    .description('the run that is going on, if any, and the newest report in a few lines')
    .addOption(out())
    .addOption(json())
    .action((flags: { out: string; json: boolean }) =>
      ending(status({ store: localStore(flags), json: flags.json, clock: systemClock }, terminal)),
    );
}

/**
 * `status`: a run that is going on, and the newest report in a few lines. Exit code 0 while a run goes on or waits, 1
 * if it has stopped without an end; else 3 if the newest run was refused, 1 if it failed or never finished.
 */
export async function status(
  {
    store,
    json,
    clock,
  }: { readonly store: RunStore; readonly json: boolean; readonly clock: Clock },
  terminal: Terminal,
): Promise<number> {
  const now = clock.now();
  const lease = await readLease(store);
  const progress = lease === undefined ? undefined : await signsOfLife.read(store, lease.runId);
  const going = goingRun(lease, progress, now);
  const report = await reportBeside(going, store);
  if (json) {
    const newest =
      report === undefined
        ? {}
        : { run: report.run, headline: report.headline, totals: report.totals };
    const shown = { ...newest, ...(going === undefined ? {} : { going }) };
    terminal.out(`${JSON.stringify(shown, undefined, 2)}\n`);
  } else {
    const lines = going === undefined ? [] : [...goingInWords(going, now), ''];
    terminal.out(`${[...lines, ...reportLines(report, going)].join('\n')}\n`);
  }
  return codeOf(going, report);
}

/** The first run of all has no report to show yet. @throws RetentionError report-not-found */
async function reportBeside(
  going: GoingRun | undefined,
  store: RunStore,
): Promise<Report | undefined> {
  try {
    return await newestReport(store);
  } catch (error) {
    const isMissing = error instanceof RetentionError && error.code === 'report-not-found';
    if (isMissing && going !== undefined) return undefined;
    throw error;
  }
}

function reportLines(report: Report | undefined, going: GoingRun | undefined): readonly string[] {
  if (report === undefined) return ['No run has ended yet.'];
  const { id, mode, end } = report.run;
  const title = going === undefined ? 'Run' : 'Newest report: run';
  return [`${title} ${id} (${mode}): ${end}.`, ...report.headline];
}

function codeOf(going: GoingRun | undefined, report: Report | undefined): number {
  if (going !== undefined) return going.kind === 'stalled' ? exitCodes.failure : exitCodes.ok;
  if (report?.run.end === 'refused') return exitCodes.refused;
  return report?.run.end === 'finished' ? exitCodes.ok : exitCodes.failure;
}
