import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { writeBundle } from '../../lib/bundle.ts';
import { bundleOptions } from '../../lib/bundle-options.ts';

/**
 * `write-jsii [FOLDER]`: the constructs for teams that write their CDK apps in Python. jsii has a compiler and a
 * dialect of its own, so it gets a copy of the constructs in which that is written otherwise, and the bundle. Its
 * packages are installed from the registry, into the folder, by the lock in `jsii/`.
 */
const root = join(import.meta.dirname, '..', '..');
const [folder = join(root, 'out', 'jsii')] = process.argv.slice(2);

/** Files whose interfaces and classes are for everybody: jsii knows no read-only arrays there. */
const surface = [
  'harbor-retention-props.ts',
  'retention-alarms.ts',
  'retention-dashboard.ts',
  'retention-run-props.ts',
  'retention-policy.ts',
  'workloads-props.ts',
];

const publicType =
  'IAlarmAction|Alarm|BundledFile|CustomResource|EcsWorkloads|EksWorkloads|FolderAddress|ObjectAddress|string';
const publicArray = new RegExp(
  String.raw`^(  readonly \w+\??: )readonly ((?:${publicType})\[\])`,
  'gm',
);

/** As jsii wants it: imports without endings, CommonJS, arrays of the public types plain. */
function inDialect(name: string, text: string): string {
  const plain = text
    .replaceAll(/(from '\.{1,2}\/[^']+)\.ts'/g, "$1'")
    .replace(
      "fileURLToPath(new URL('../function', import.meta.url))",
      "join(__dirname, '../../function')",
    )
    .replace("import { fileURLToPath } from 'node:url';\n", '');
  return surface.includes(basename(name)) ? plain.replaceAll(publicArray, '$1$2') : plain;
}

/** Copies a file, by its path from the root, and all that it imports of ours. */
function copyIn(path: string, done = new Set<string>()): void {
  if (done.has(path)) return;
  done.add(path);
  // The bundle lies beside it, as in the package.
  const text = readFileSync(
    join(root, path.replace(/^lib\/bundling\.ts$/, 'lib/shipped-bundle.ts')),
    'utf8',
  );
  mkdirSync(join(folder, 'src', dirname(path)), { recursive: true });
  writeFileSync(join(folder, 'src', path), inDialect(path, text));
  for (const [, to = ''] of text.matchAll(/ from '(\.{1,2}\/[^']+\.ts)'/g)) {
    copyIn(join(dirname(path), to), done);
  }
}

function run(command: string, argv: readonly string[]): void {
  // With the Node that runs this, and not with the machine's: jsii does not support every one.
  const path = [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter);
  execFileSync(command, argv, {
    cwd: folder,
    env: { ...process.env, PATH: path },
    stdio: 'inherit',
  });
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const name of ['package.json', 'package-lock.json']) {
  copyFileSync(join(root, 'jsii', name), join(folder, name));
}
for (const name of ['README.md', 'LICENSE']) copyFileSync(join(root, name), join(folder, name));
copyIn('lib/index.ts');
await writeBundle(join(folder, 'function'), []);
await writeBundle(join(folder, 'workloads'), [], bundleOptions.workloadsEntry);
run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
run(join('node_modules', '.bin', 'jsii'), []);
run(join('node_modules', '.bin', 'jsii-pacmak'), ['--targets', 'python']);
