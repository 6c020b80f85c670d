// `npm run bench`: every measurement in a process of its own, one table, kept in BENCHMARKS.md.
// `--quick` measures a tenth of everything and keeps nothing.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../sandbox/bundle.ts';
import { HISTORY_FILE } from '../sandbox/seed-history.ts';
import {
  generatedLines,
  harborsOwnLines,
  historyLines,
  importLine,
  verdictsLine,
} from './measurements.ts';
import { type Line, machine, short, table } from './table.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const isQuick = process.argv.includes('--quick');
const share = isQuick ? 0.1 : 1;

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function history(): Promise<readonly Line[]> {
  if (existsSync(HISTORY_FILE)) return historyLines(share);
  say('SKIPPED: there is no ../shared/history here.');
  return [];
}

async function bundleLine(): Promise<Line> {
  const folder = await bundle(join(root, 'examples', 'policy.yaml'));
  try {
    return await importLine(join(folder, 'index.mjs'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Seconds of `npm start`, without npm. */
function npmStart(): number {
  const cwd = mkdtempSync(join(tmpdir(), 'bench-start-'));
  const begun = performance.now();
  const { status } = spawnSync(process.execPath, [join(root, 'bin', 'sandbox.ts')], { cwd });
  rmSync(cwd, { recursive: true });
  if (status !== 0) throw new Error(`npm start ended with ${status}`);
  return (performance.now() - begun) / 1000;
}

const page = (lines: readonly Line[], startSeconds: number): string => `# Benchmarks

\`npm run bench\` on ${machine()}. Figures move by a fifth from run to run; growth and ratios are what to look at. Nothing here is asserted by a test.

${table(lines)}

\`npm start\`, from the command to the summary: ${short(startSeconds)} s.

- **CPU** is user and system time of all threads, compression and garbage collection included. **Peak** is the largest resident memory of the process (Node itself: some 45 MiB), without a limit on its heap: Node collects late where there is room.
- **Growth**: the same at a tenth of the size; 1.00 is linear, n log n would be about 1.1 between these sizes.
- **history** is \`../shared/history\` replayed into an embedded Harbor in another process, in 12 projects; a tenth of it are whole repositories. *Children too*: a policy with pull times reads the manifests behind every index as well. The lower bound is what the report states: full pages of 100 per project, and what must be read once.
- **generated**: parts of facts in a folder, as a run stores them, judged and reported by a run's own steps (\`examples/policy.yaml\`; with \`oldestFirst\`, \`examples/years-of-arrears.yaml\`, which judges everything twice). Aim: a million within 512 MiB and two minutes of CPU.
- **ms a page**: 10,000 single-platform images in one repository, each list delayed: by 45 ms, what a page of 100 took when a real Harbor 2.15.2 with 2 cores was read whole in this way, and by 63 ms, the slowest page that was seen there. On the same server Harbor's own dry run, which reads pages of 10, took 32 s for as many. Pages of one repository are read one after the other, so that no delay is hidden; what the embedded Harbor itself takes counts against us.
- **verdicts alone**: \`judgeRepository\` under \`examples/policy.yaml\`, best of five rounds, beside a loop that sorts each repository by push time and keeps ten.
`;

const lines: Line[] = [];
for (const work of [
  history,
  () => generatedLines(1_000_000 * share),
  harborsOwnLines,
  async () => [await verdictsLine(100_000 * share)],
  async () => [await bundleLine()],
]) {
  const found = await work();
  for (const line of found) say(`${line.what}: ${short(line.full.cpuSeconds)} s of CPU`);
  lines.push(...found);
}
const text = page(lines, npmStart());
process.stdout.write(text);
if (!isQuick) writeFileSync(join(root, 'BENCHMARKS.md'), text);
