import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { bundleInto } from '../../lib/bundle.ts';
import { bundleOptions } from '../../lib/bundle-options.ts';
import { type Share, weigh, type Weighed } from './bundle-shares.ts';
import { type Measured, run } from './child.ts';
import { inFolder } from './in-folder.ts';
import { markdown, short } from './table.ts';

/** What would have to be done without, or otherwise, to save a package's bytes. */
const without: Readonly<Record<string, string>> = {
  re2js:
    'regular expressions in policies; globs stay. Node’s own engine is no substitute: a pattern can hang it',
  zod: 'some 60 KB of it, by zod/mini: every schema rewritten, messages poorer',
  yaml: 'policies in YAML: the stack could convert them to JSON when it is deployed; those in a bucket could not stay YAML, and problems would lose their lines',
  '@aws/durable-execution-sdk-js':
    'with the Lambda client below: durable executions. The same slices under Step Functions need none of it',
  '@aws-sdk/client-lambda': 'the durable SDK’s three calls',
  '@aws-sdk/client-sns': 'notices in words; the alarms’ topic stays',
  'functions/report/html': 'the page of a report: the command line makes it from the JSON',
  '@aws-lambda-powertools/logger':
    'Powertools’ logger; with metrics and commons 33 KB for some hundred lines of JSON',
};

const wanted = 1_000_000;

interface Cold {
  readonly ours: number;
  readonly empty: number;
}

async function importTimes(ours: string, empty: string, rounds: number): Promise<Cold> {
  const seconds = { ours: [] as number[], empty: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    seconds.empty.push((await run<Measured>('import.child.ts', { entry: empty })).cpuSeconds);
    seconds.ours.push((await run<Measured>('import.child.ts', { entry: ours })).cpuSeconds);
  }
  return { ours: median(seconds.ours), empty: median(seconds.empty) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Import beside an empty handler, size, and whose bytes they are; as Markdown. */
export async function bundleSection(rounds: number): Promise<string> {
  return await inFolder(async (folder) => {
    const [ours, empty] = ['ours', 'empty'].map((name) => join(folder, name)) as [string, string];
    await bundleInto(join(ours, 'index.mjs'), { entry: bundleOptions.entry, sourcemap: true });
    await bundleInto(join(empty, 'index.mjs'), { entry: emptyHandler, sourcemap: true });
    const cold = await importTimes(join(ours, 'index.mjs'), join(empty, 'index.mjs'), rounds);
    return text(weigh(ours), weigh(empty), cold);
  });
}

const emptyHandler = fileURLToPath(new URL('empty-handler.ts', import.meta.url));
const kilobytes = (bytes: number): string => short(bytes / 1000);
const ms = (seconds: number): string => `${Math.round(seconds * 1000)} ms`;

function text(ours: Weighed, empty: Weighed, cold: Cold): string {
  const rows = [
    ['ours', kilobytes(ours.bytes), kilobytes(ours.zipped), ms(cold.ours)],
    [
      'an empty handler with the same clients',
      kilobytes(empty.bytes),
      kilobytes(empty.zipped),
      ms(cold.empty),
    ],
    [
      'ratio',
      (ours.bytes / empty.bytes).toFixed(2),
      (ours.zipped / empty.zipped).toFixed(2),
      `**${(cold.ours / cold.empty).toFixed(2)}**`,
    ],
  ];
  const tooMuch = Math.max(0, ours.bytes - wanted);
  return [
    markdown(['bundle', 'KB', 'KB zipped', 'CPU of the import'], rows),
    'Medians of alternating processes; S3, Secrets Manager, SNS and the durable SDK with its Lambda client, bundled alike.',
    `Whose bytes they are, after minifying. To come down to 1 MB, ${kilobytes(tooMuch)} KB would have to go, for which the last column says what it would cost; nothing else is large.`,
    shareTable(ours.shares),
  ].join('\n\n');
}

const smallest = 8_000;

function shareTable(shares: readonly Share[]): string {
  let rest = 0;
  const rows: string[][] = [];
  for (const { name, bytes } of shares) {
    if (bytes < smallest && without[name] === undefined) rest += bytes;
    else rows.push([name, kilobytes(bytes), without[name] ?? '']);
  }
  return markdown(
    ['package or room', 'KB', ''],
    [...rows, [`all others, below ${kilobytes(smallest)} KB each`, kilobytes(rest), '']],
  ).replace('| KB |  |', '| KB | to go without it means to go without |');
}
