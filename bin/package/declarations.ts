import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const entry = 'bin/construct.d.ts';

/**
 * Writes the types of what a CDK app imports, and of nothing else, into a folder. `construct.d.ts` lies in its folder
 * `bin`. @throws Error with what the compiler said
 */
export function writeDeclarations(folder: string): void {
  const all = mkdtempSync(join(tmpdir(), 'declarations-'));
  try {
    compile(all);
    const wanted = new Map<string, string>();
    follow(join(all, entry), wanted);
    for (const [file, text] of wanted) {
      const to = join(folder, relative(all, file));
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, text);
    }
  } finally {
    rmSync(all, { recursive: true });
  }
  // The package is one of ES modules, and these describe CommonJS.
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
}

function compile(outDir: string): void {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly'];
  const project = join(root, 'bin', 'package', 'tsconfig.json');
  const argv = [compiler, '-p', project, ...options, '--rootDir', root, '--outDir', outDir];
  execFileSync(process.execPath, argv, { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** A file of declarations and all that it names, with endings as they are in a package. */
function follow(file: string, found: Map<string, string>): void {
  if (found.has(file)) return;
  const imported = /(from |import\()(['"])(\.{1,2}\/[^'"]+)\.ts\2/g;
  const text = readFileSync(file, 'utf8');
  found.set(file, text.replace(imported, '$1$2$3.js$2'));
  for (const [, , , to = ''] of text.matchAll(imported)) {
    follow(join(dirname(file), `${to}.d.ts`), found);
  }
}
