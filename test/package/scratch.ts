import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { root } from '../support/pages.ts';

/** What a program left behind. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The package of this platform that brings a Node, by the version. */
export const nodePackage = (version: string): string =>
  `npm:node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}@${version}`;

export const newFolder = (name: string): string => mkdtempSync(join(tmpdir(), `${name}-`));

/** Writes files, by path, into a folder. */
export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** The environment of a stranger: nothing of this project, and nothing of the npm that may have called us. */
function strangers(more: Readonly<Record<string, string>>, node: string | undefined) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NODE_OPTIONS$|HARBOR_|AWS_|CDK_)/i.test(name),
  );
  const own = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'));
  const path = [...(node === undefined ? [] : [dirname(node)]), ...own].join(delimiter);
  return { ...Object.fromEntries(kept), PATH: path, CDK_DISABLE_CLI_TELEMETRY: 'true', ...more };
}

interface Surroundings {
  readonly folder: string;
  /** The Node that programs find; left out, the machine's own. */
  readonly node?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program as a stranger would. Never throws; the code tells. */
export function run(
  program: string,
  argv: readonly string[],
  { folder, node, env = {} }: Surroundings,
): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      program,
      [...argv],
      { cwd: folder, env: strangers(env, node), maxBuffer: 1 << 26 },
      (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? -1) || -1, out, err }),
    );
  });
}

/** The same, for what must succeed. @throws Error with all that was said */
export async function must(
  program: string,
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<string> {
  const { code, out, err } = await run(program, argv, surroundings);
  if (code !== 0) throw new Error(`${program} ${argv.join(' ')} ended with ${code}:\n${out}${err}`);
  return out;
}

/** Packs this checkout and answers the path of the file. */
export async function pack(): Promise<string> {
  const folder = newFolder('packed');
  // With our own Node, as `npm pack` in a checkout has it.
  const env = { PATH: process.env['PATH'] ?? '' };
  await must('npm', ['pack', '--pack-destination', folder], { folder: root, env });
  const [file = 'nothing'] = readdirSync(folder);
  return join(folder, file);
}

/** Installs from the registry, without running anybody's scripts. */
export async function install(folder: string, packages: readonly string[]): Promise<string> {
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
  const { code, out, err } = await run('npm', ['install', ...options, ...packages], { folder });
  if (code !== 0) throw new Error(`npm install ended with ${code}:\n${out}${err}`);
  return err;
}
