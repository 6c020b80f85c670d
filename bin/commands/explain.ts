import { Option } from 'commander';
import { RetentionError } from '../../functions/errors.ts';
import type { RunStore } from '../../functions/ports.ts';
import { explainRow, isMeant, parseReference } from '../../functions/report/explain-rows.ts';
import type { ReportRow } from '../../functions/report/row-schema.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';
import { localStore } from '../local-world.ts';
import { json, out } from '../options.ts';
import { reportOfRun, rowsOf } from '../stored-reports.ts';
import type { Terminal } from '../terminal.ts';

export function addExplain({ program, terminal, ending }: CommandContext): void {
  program
    .command('explain')
    .description('why an image stays or goes, by the newest report')
    .argument('<reference>', 'PROJECT/REPOSITORY[:TAG|@DIGEST]')
    .addOption(new Option('--run <id>', 'by the report of this run instead'))
    .addOption(out())
    .addOption(json())
    .action((reference: string, flags: { out: string; json: boolean; run?: string }) =>
      ending(explain(reference, { ...flags, store: localStore(flags) }, terminal)),
    );
}

/** `explain PROJECT/REPOSITORY[:TAG|@DIGEST]`: what a report says of it, the newest if none is named. */
export async function explain(
  text: string,
  options: { readonly store: RunStore; readonly json: boolean; readonly run?: string },
  terminal: Terminal,
): Promise<number> {
  const reference = parseReference(text);
  if (reference === undefined) {
    throw new RetentionError(
      'usage',
      `${JSON.stringify(text)} is not PROJECT/REPOSITORY[:TAG|@DIGEST].`,
      {
        remedy:
          'For example team/api:v1.2.3, team/api@sha256:0123456789ab, or team/api for all of it.',
      },
    );
  }
  const report = await reportOfRun(options.store, options.run ?? 'latest');
  const found: ReportRow[] = [];
  for await (const row of rowsOf(options.store, report)) {
    if (isMeant(row, reference)) found.push(row);
  }
  if (found.length === 0) {
    throw new RetentionError('report-not-found', `Run ${report.run.id} saw no ${text}.`, {
      remedy: 'Check the name; what was pushed since is in the next run.',
    });
  }
  if (options.json) terminal.out(`${JSON.stringify(found, undefined, 2)}\n`);
  else
    terminal.out(
      `${found.map(explainRow).join('\n\n')}\n\nFrom run ${report.run.id}, ${report.run.end}.\n`,
    );
  return exitCodes.ok;
}
