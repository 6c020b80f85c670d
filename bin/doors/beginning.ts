import { init } from '../commands/init.ts';
import type { Door } from './door.ts';

export function addInit({ program, terminal, ending }: Door): void {
  program
    .command('init')
    .description('write a commented policy and commented settings to begin with')
    .argument('[folder]', 'where to', '.')
    .action((folder: string) => ending(init(folder, terminal)));
}
