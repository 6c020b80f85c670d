#!/usr/bin/env node
// Runs the command line on the Node that the project brings, whatever Node called it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const own = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
const cli = fileURLToPath(new URL('./cli.ts', import.meta.url));
const node = existsSync(own) ? own : process.execPath;
const { status, signal } = spawnSync(node, [cli, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = signal === null ? (status ?? 1) : 1;
