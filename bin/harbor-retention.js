#!/usr/bin/env node
// The command line. In a checkout it runs the sources on the Node that the project brings, whatever Node called it; an
// installed package has no sources, and what was built of them runs on any Node from 20 on. Plain enough for old ones.
import { spawnSync } from 'child_process';
import { existsSync } from 'fs';
import { fileURLToPath } from 'url';

const inPackage = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const sources = inPackage('bin/cli.ts');
const own = inPackage('node_modules/.bin/node');

function needs(what) {
  console.error(`harbor-retention needs ${what}; this is Node ${process.versions.node}.`);
  process.exitCode = 2;
}

if (Number.parseInt(process.versions.node, 10) < 20) {
  needs('Node 20 or later');
} else if (!existsSync(sources)) {
  // The AWS SDK is a part of the package: that its newer versions will want another Node is nothing to act on.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  import('../dist/command-line/cli.js').then(({ start }) => start());
} else if (existsSync(own)) {
  // A young generation as it is on small machines: on large ones it doubles what a run takes, and brings it little.
  const flags = ['--max-semi-space-size=16'];
  const { status, signal } = spawnSync(own, [...flags, sources, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  process.exitCode = signal === null ? (status ?? 1) : 1;
  if (signal === 'SIGABRT' || status === 134) {
    console.error(
      'harbor-retention ran out of memory.\n→ Start it again with a larger heap, in MiB: NODE_OPTIONS=--max-old-space-size=8192 harbor-retention …',
    );
  }
} else {
  needs('the Node that `npm ci` brings into a checkout (with its install script)');
}
