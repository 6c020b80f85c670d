import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RetentionError } from '../../functions/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';
import { packageFolder } from '../package-folder.ts';
import { usualPolicy } from '../policy-file.ts';
import type { Terminal } from '../terminal.ts';

export function addInit({ program, terminal, ending }: CommandContext): void {
  program
    .command('init')
    .description('write a commented policy and commented settings to begin with')
    .argument('[folder]', 'where to', '.')
    .action((folder: string) => ending(init(folder, terminal)));
}

interface StarterFile {
  readonly file: string;
  readonly example: string;
  readonly schema: string;
  /** Stands at the top of the file, instead of what the example says of itself; undefined: that stays. */
  readonly head?: readonly string[];
}

const files: readonly StarterFile[] = [
  { file: usualPolicy, example: 'first-policy.yaml', schema: 'policy.schema.json' },
  {
    file: 'settings.yaml',
    example: 'settings.yaml',
    schema: 'settings.schema.json',
    head: [
      'What is deployed, and how (docs/deploying.md, docs/installing.md). Correct the first two values. The first run is',
      'dry; nothing is deleted before `apply` says so. Mistakes in here are named with line and column before anything',
      'is deployed.',
    ],
  },
];

/**
 * `init`: writes a commented policy and commented settings into a folder, and says what to do next. Never overwrites.
 * @throws RetentionError usage, if one of them is there already; nothing is written then
 */
export async function init(folder: string, terminal: Terminal): Promise<number> {
  const there = files.map(({ file }) => join(folder, file)).filter((path) => existsSync(path));
  if (there.length > 0) {
    throw new RetentionError('usage', `${there.join(' and ')} would be overwritten.`, {
      remedy: 'Nothing was written. Name another folder, or move what is there.',
    });
  }
  await mkdir(folder, { recursive: true });
  for (const one of files) await writeFile(join(folder, one.file), await textOf(one, folder));
  const policy = join(folder, usualPolicy);
  terminal.out(
    [
      `Wrote ${files.map(({ file }) => join(folder, file)).join(' and ')}. Next:`,
      `  1. Correct the patterns in ${policy}.`,
      "  2. Give a robot that may read: export HARBOR_USER='robot$retention' HARBOR_PASSWORD=…",
      `  3. harbor-retention plan --policy ${policy} --harbor https://YOUR.HARBOR`,
      '',
    ].join('\n'),
  );
  return exitCodes.ok;
}

/** The example, with the place of its schema as seen from the folder, if it is to be seen from there. */
async function textOf({ example, schema, head }: StarterFile, folder: string): Promise<string> {
  const text = await readFile(join(packageFolder, 'examples', example), 'utf8');
  const lines = text.split('\n');
  const begin = lines.findIndex((line) => !line.startsWith('#'));
  const own = head?.map((line) => `# ${line}`) ?? lines.slice(2, begin);
  const installed = join('node_modules', 'harbor-retention', 'schemas', schema);
  const editor = existsSync(join(folder, installed))
    ? [`# yaml-language-server: $schema=${installed}`, '#']
    : [];
  return [...editor, ...own, ...lines.slice(begin)].join('\n');
}
