import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formats } from '../functions/report/formats/index.ts';
import { readReport } from '../functions/report/read-report.ts';
import { latestReport } from '../functions/report/report-keys.ts';
import type { Report } from '../functions/report/report-schema.ts';
import { sandboxBucket, startSandbox, type Sandbox } from '../test/sandbox/start-sandbox.ts';
import { exitCodes } from './exit-codes.ts';
import { processTerminal } from './terminal.ts';

const POLICY = fileURLToPath(new URL('../examples/policy.yaml', import.meta.url));
const FOLDER = '.harbor-retention';
const REDRAW_MS = 100;

const terminal = processTerminal();

function say(text: string): void {
  if (terminal.isInteractive) terminal.err(`\r\u001b[2K${text}`);
}

/** How far the function is, seen from outside: a process of its own that talks to Harbor and S3. */
function watch({ harbor, aws }: Sandbox): () => void {
  const timer = setInterval(
    () =>
      say(
        `the function runs: ${harbor.requests.count} requests to Harbor, ${aws.requests.length} to AWS`,
      ),
    REDRAW_MS,
  );
  return () => {
    clearInterval(timer);
    say('');
  };
}

/** Copies what the run left in the embedded S3, so that the command line finds it. */
function keep({ aws }: Sandbox): void {
  for (const [key, body] of aws.objects(sandboxBucket)) {
    if (!key.startsWith('reports/')) continue;
    const path = join(FOLDER, ...key.split('/'));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, body);
  }
}

function newestReport(): Report {
  const read = readReport(readFileSync(join(FOLDER, ...latestReport.split('/')), 'utf8'));
  if (!read.ok) throw new Error(`the run left no report that can be read: ${read.because}`);
  return read.report;
}

function summary(report: Report, { report: address }: { readonly report: string }): string {
  const key = address.replace(`s3://${sandboxBucket}/`, '');
  const [most] = report.repositories.toSorted((a, b) => b.deletions - a.deletions);
  const example = most === undefined ? 'PROJECT/REPOSITORY' : `${most.project}/${most.repository}`;
  return [
    formats.find(({ name }) => name === 'text')?.render(report) ?? '',
    `Report:  ${FOLDER}/${key} (in the embedded S3: ${address})`,
    `Policy:  examples/policy.yaml`,
    `Next:    npx harbor-retention explain ${example}`,
    '         npx harbor-retention plan --harbor https://YOUR.HARBOR (asks it nothing but reads)',
    '',
  ].join('\n');
}

/** Runs what would be deployed once, dry, against a registry that looks like a real one. */
async function main(): Promise<number> {
  say('a Harbor with some thousand artifacts, S3 and Secrets Manager start on loopback');
  const sandbox = await startSandbox(POLICY, () => Date.now());
  const unwatch = watch(sandbox);
  try {
    const scheduledTime = `${new Date().toISOString().slice(0, 19)}Z`;
    const { end } = await sandbox.run({ scheduledTime });
    unwatch();
    keep(sandbox);
    if (end.status === 'FAILED') {
      terminal.err([...sandbox.lambda.log, `${end.name}: ${end.message}`, ''].join('\n'));
      return exitCodes.failure;
    }
    terminal.out(summary(newestReport(), end.result as { report: string }));
    return exitCodes.ok;
  } finally {
    unwatch();
    await sandbox.close();
  }
}

process.exitCode = await main();
