#!/usr/bin/env node
// The command line. In a checkout it runs the sources on the Node that the project brings, whatever Node called it; an
// installed package has no sources, and what was built of them runs on any Node from 20 on. Plain enough for old ones.
import { spawn } from 'child_process';
import { existsSync } from 'fs';
import { constants } from 'os';
import { fileURLToPath } from 'url';

const inPackage = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const sources = inPackage('bin/cli.ts');
const own = inPackage('node_modules/.bin/node');
// A young generation as it is on small machines: on large ones it doubles what a run takes, and brings it little.
const youngGeneration = '--max-semi-space-size=16';

function needs(what) {
  console.error(`harbor-retention needs ${what}; this is Node ${process.versions.node}.`);
  process.exitCode = 2;
}

function runBuilt() {
  // The AWS SDK is a part of the package: that its newer versions will want another Node is nothing to act on.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  import('../dist/command-line/cli.js').then(({ start }) => start());
}

/** Runs a file by this Node, and ends as it ends. Whoever wants this process to end means that one. */
function runBy(node, file) {
  const child = spawn(node, [youngGeneration, file, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  const passOn = (signal) => {
    // Ctrl-C reaches every process of a terminal by itself; a second time it would be taken for impatience.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, passOn);
  child.on('error', (error) => {
    console.error(`harbor-retention could not start ${node}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (status, signal) => {
    if (signal === 'SIGABRT' || status === 134) {
      console.error(
        'harbor-retention ran out of memory.\n→ Start it again with a larger heap, in MiB: NODE_OPTIONS=--max-old-space-size=8192 harbor-retention …',
      );
      process.exitCode = 1;
    } else {
      // As a shell says it of a process that a signal ended.
      process.exitCode = signal === null ? status : 128 + constants.signals[signal];
    }
  });
}

if (Number.parseInt(process.versions.node, 10) < 20) {
  needs('Node 20 or later');
} else if (existsSync(sources)) {
  if (existsSync(own)) runBy(own, sources);
  else needs('the Node that `npm ci` brings into a checkout (with its install script)');
} else if (process.execArgv.includes(youngGeneration)) {
  runBuilt();
} else {
  runBy(process.execPath, fileURLToPath(import.meta.url));
}
