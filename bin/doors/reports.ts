import { Option } from 'commander';
import { systemClock } from '../../functions/adapters/system-clock.ts';
import { explain } from '../commands/explain.ts';
import { status } from '../commands/status.ts';
import { localStore } from '../local-world.ts';
import { type Door, json, out } from './door.ts';

export function addExplain({ program, terminal, ending }: Door): void {
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

export function addStatus({ program, terminal, ending }: Door): void {
  program
    .command('status')
    .description('the run that is going on, if any, and the newest report in a few lines')
    .addOption(out())
    .addOption(json())
    .action((flags: { out: string; json: boolean }) =>
      ending(status({ store: localStore(flags), json: flags.json, clock: systemClock }, terminal)),
    );
}
