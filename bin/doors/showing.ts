import { Option } from 'commander';
import { formats } from '../../functions/report/formats/index.ts';
import { report, type ReportFlags } from '../commands/report.ts';
import { localStore } from '../local-world.ts';
import { type Door, out } from './door.ts';

export function addReport({ program, terminal, ending }: Door): void {
  const format = new Option('--format <name>', 'how to show it')
    .choices(formats.map(({ name }) => name))
    .default('text');
  program
    .command('report')
    .description('the report of a run as a page, as CSV, as text or as JSON')
    .argument('[run]', 'the id of the run, or latest', 'latest')
    .addOption(format)
    .addOption(new Option('--to <file>', 'write it there; else to standard output'))
    .addOption(out())
    .action((run: string, flags: ReportFlags & { out: string }) =>
      ending(report(run, { store: localStore(flags), flags }, terminal)),
    );
}
