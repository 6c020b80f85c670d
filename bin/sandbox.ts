import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { localRunStore } from '../functions/adapters/local-files.ts';
import { explainRow } from '../functions/report/explain-rows.ts';
import { formats } from '../functions/report/formats/index.ts';
import { readReport } from '../functions/report/read-report.ts';
import { latestPage, latestReport, pageKey } from '../functions/domain/store-keys.ts';
import type { Report } from '../functions/report/report-schema.ts';
import { sandboxBucket, startSandbox, type Sandbox } from '../test/sandbox/start-sandbox.ts';
import { exitCodes } from './exit-codes.ts';
import { rowsOf } from './stored-reports.ts';
import { processTerminal } from './terminal.ts';
import { counted } from '../functions/domain/format-numbers.ts';

const EXAMPLE = fileURLToPath(new URL('../examples/policy.yaml', import.meta.url));
const FOLDER = '.harbor-retention';
const POLICY = join(FOLDER, 'policy.yaml');
const TRASH = 'retention-trash';
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

/** The example, with the lists of a cluster and of an account, which only this registry has. */
function writePolicy(): void {
  const source = '{ source: collected, must: [prod-eu, prod] }';
  const text = readFileSync(EXAMPLE, 'utf8').replace(
    /^protect:$/m,
    `protect:\n  inUse: [${source}]`,
  );
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(POLICY, text);
}

/** What is old enough to go, and used: the report says by whom. */
async function showInUse({ inUse }: Sandbox): Promise<void> {
  const store = localRunStore(FOLDER);
  const report = newestReport();
  const lines: string[] = [];
  for await (const row of rowsOf(store, report)) {
    const name = `${row.project}/${row.repository}`;
    if (row.tags?.some((tag) => inUse.includes(`${name}:${tag}`)) !== true) continue;
    lines.push(explainRow(row), '');
  }
  headed('Old, and in use', lines.slice(0, -1));
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

interface Stored {
  /** `s3://…` */
  readonly report: string;
}

/** Where a report of the embedded S3 lies in the folder. */
function localOf({ report }: Stored): string {
  return `${FOLDER}/${report.replace(`s3://${sandboxBucket}/`, '')}`;
}

/** Where a run's report lies, for machines and for a browser. */
function placesOf(stored: Stored): readonly string[] {
  const report = localOf(stored);
  return [`Report: ${report}`, `Page:   ${pageKey(report)}`];
}

type RegistryState = ReadonlyMap<string, string>;

/** Every artifact with its tags and labels, as far as a restore can make them equal: not row ids and times. */
function stateOf({ harbor }: Sandbox): RegistryState {
  const projects = harbor.state.projects().filter(({ name }) => name !== TRASH);
  return new Map(
    projects.flatMap(({ name }) =>
      harbor.state
        .artifacts(name)
        .map((one): [string, string] => [
          `${one.repository}@${one.digest}`,
          JSON.stringify([one.tags.toSorted(), one.labels.toSorted(), one.accessories.toSorted()]),
        ]),
    ),
  );
}

function differences(before: RegistryState, after: RegistryState): number {
  let count = 0;
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    if (before.get(name) !== after.get(name)) count += 1;
  }
  return count;
}

function headed(title: string, lines: readonly string[]): void {
  const rule = '─'.repeat(Math.max(3, 72 - title.length));
  terminal.out(`\n── ${title} ${rule}\n\n${lines.join('\n')}\n`);
}

/** Invokes the function and waits for its end. @throws Error with the function's log if it failed */
async function invoke(sandbox: Sandbox, event: object): Promise<Stored> {
  const unwatch = watch(sandbox);
  const { end } = await sandbox.run(event).finally(unwatch);
  keep(sandbox);
  if (end.status !== 'FAILED') return end.result as Stored;
  throw new Error([...sandbox.lambda.log, `${end.name}: ${end.message}`].join('\n'));
}

const inText = (report: Report): string =>
  formats.find(({ name }) => name === 'text')?.render(report) ?? '';

async function showDryRun(sandbox: Sandbox, at: number): Promise<void> {
  const stored = await invoke(sandbox, { scheduledTime: timeAt(at), dryRun: true });
  terminal.out(`${inText(newestReport())}\n${placesOf(stored).join('\n')}\n`);
  await showInUse(sandbox);
}

async function showApply(sandbox: Sandbox, at: number): Promise<string> {
  const before = sandbox.harbor.state.artifacts(TRASH).length;
  const stored = await invoke(sandbox, { scheduledTime: timeAt(at), applyNewPolicy: true });
  const report = newestReport();
  const { deleted = 0, removedTags = 0, restorableUntil } = report.applied ?? {};
  const trash = sandbox.harbor.state.artifacts(TRASH).length;
  headed('The same, armed', [
    `${counted(deleted, 'artifact')} deleted and ${counted(removedTags, 'tag')} removed; the trash held ${counted(before, 'artifact')} and now holds ${trash}.`,
    `All of it can be put back until ${restorableUntil ?? '–'}.`,
    ...placesOf(stored),
  ]);
  return report.run.id;
}

async function showRestore(sandbox: Sandbox, runId: string, before: RegistryState): Promise<void> {
  const after = stateOf(sandbox);
  const gone = [...before.keys()].find((name) => !after.has(name));
  if (gone === undefined) return;
  await invoke(sandbox, { restore: { runId, only: [gone], apply: true } });
  const afterOne = differences(before, stateOf(sandbox));
  const stored = await invoke(sandbox, { restore: { runId, apply: true } });
  const left = differences(before, stateOf(sandbox));
  headed('And back again', [
    `${counted(differences(before, after), 'artifact')} ${differences(before, after) === 1 ? 'differs' : 'differ'} from before the run.`,
    `Restored one, ${gone.slice(0, gone.indexOf('@') + 20)}: ${afterOne} differ.`,
    `Restored the run: ${left} differ, of ${before.size}. Row ids, push times and pull times can't be put back.`,
    `Report: ${localOf(stored)}`,
  ]);
}

const timeAt = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

function nextSteps(): readonly string[] {
  const [most] = newestReport().repositories.toSorted((a, b) => b.deletions - a.deletions);
  const example = most === undefined ? 'PROJECT/REPOSITORY' : `${most.project}/${most.repository}`;
  return [
    'Open the page of the last run in a browser:',
    `  ${FOLDER}/${latestPage}`,
    `The policy was examples/policy.yaml and the lists of what workloads use (${POLICY}). Ask why:`,
    `  npx harbor-retention explain ${example}`,
    'Your own Harbor, which is asked nothing but reads:',
    '  npx harbor-retention plan --policy examples/policy.yaml --harbor https://YOUR.HARBOR',
  ];
}

/** Runs what would be deployed against a registry that looks like a real one: dry, armed, and back again. */
async function main(): Promise<number> {
  say('a Harbor with some thousand artifacts, S3 and Secrets Manager start on loopback');
  writePolicy();
  const sandbox = await startSandbox(POLICY, () => Date.now());
  try {
    const now = Date.now();
    await showDryRun(sandbox, now - 1_000);
    const before = stateOf(sandbox);
    const runId = await showApply(sandbox, now);
    await showRestore(sandbox, runId, before);
    headed('Next', nextSteps());
    return exitCodes.ok;
  } catch (error) {
    say('');
    terminal.err(`${error instanceof Error ? error.message : String(error)}\n`);
    return exitCodes.failure;
  } finally {
    await sandbox.close();
  }
}

process.exitCode = await main();
