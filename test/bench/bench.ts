// `npm run bench`: every measurement in a process of its own. Without a word a third of the sizes, in some minutes;
// `-- --quick` a tenth; `-- --full` everything, up to a million artifacts, with the run that is killed 20 times: that
// alone is kept, in BENCHMARKS.md.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HISTORY_FILE } from '../sandbox/seed-history.ts';
import { bundleSection } from './bundle-section.ts';
import { deletionRates, deletionTable } from './changes.ts';
import { generatedLines, harborsOwnLines, historyLines, verdictsLine } from './measurements.ts';
import { paceLine } from './pace-line.ts';
import { type Findings, page } from './page.ts';
import { profileTable } from './profile.ts';
import { type Line, short } from './table.ts';
import { reuseLine, wholeRuns } from './whole-runs.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const isFull = process.argv.includes('--full');
const isQuick = process.argv.includes('--quick');
const share = isFull ? 1 : isQuick ? 0.1 : 0.3;

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

const begun = performance.now();

/** Does one measurement and says how long it took. */
async function measured<T>(what: string, work: () => Promise<T> | T): Promise<T> {
  const from = performance.now();
  const found = await work();
  say(`${what}: ${short((performance.now() - from) / 1000)} s`);
  return found;
}

async function history(): Promise<readonly Line[]> {
  if (existsSync(HISTORY_FILE)) return historyLines(share);
  say('SKIPPED: there is no ../shared/history here.');
  return [];
}

/** Seconds of `npm start`, without npm. */
function npmStart(): number {
  const cwd = mkdtempSync(join(tmpdir(), 'bench-start-'));
  const from = performance.now();
  const { status } = spawnSync(process.execPath, [join(root, 'bin', 'sandbox.ts')], { cwd });
  rmSync(cwd, { recursive: true });
  if (status !== 0) throw new Error(`npm start ended with ${status}`);
  return (performance.now() - from) / 1000;
}

/** What `killed.ts` says: the bundle, killed 20 times, beside an undisturbed one. */
function killed(): string {
  const file = join(root, 'test', 'bench', 'killed.ts');
  const { status, stdout } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : `**It failed.** ${stdout.trim()}`;
}

const lines: readonly Line[] = [
  ...(await measured('history', history)),
  ...(await measured('generated', () => generatedLines(1_000_000 * share))),
  ...(await measured('at the pace of a real Harbor', harborsOwnLines)),
  await measured('verdicts', () => verdictsLine(100_000 * share)),
];
const findings: Findings = {
  lines,
  runs: await measured('whole runs', () =>
    wholeRuns([10_000, 100_000, 1_000_000].map((size) => size * share)),
  ),
  reuse: await measured('reuse', () => reuseLine(20_000)),
  deletions: deletionTable(await measured('deletions', () => deletionRates(isQuick ? 50 : 200))),
  pace: await measured('pace', () => paceLine(isQuick ? 1_000 : 4_000)),
  bundle: await measured('bundle', () => bundleSection(isQuick ? 3 : 9)),
  profile: await measured('profile', () => profileTable(300_000 * share)),
  startSeconds: await measured('npm start', npmStart),
  ...(isFull ? { killed: await measured('killed', killed) } : {}),
  minutes: (performance.now() - begun) / 60_000,
};
const text = page(findings);
process.stdout.write(text);
if (isFull) writeFileSync(join(root, 'BENCHMARKS.md'), text);
