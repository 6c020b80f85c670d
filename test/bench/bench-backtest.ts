// `npm run bench:backtest`: thirty nights of 10,000 artifacts, `-- --full` of 100,000, under two policies: one within its
// limits, and one that works arrears off, for which each night is read twice.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BacktestAnswer } from './backtest.child.ts';
import { run } from './child.ts';
import { inFolder } from './in-folder.ts';
import { markdown, short } from './table.ts';

const artifacts = process.argv.includes('--full') ? 100_000 : 10_000;
const nights = 30;
const inForce = 'policy.yaml';
// As the command line starts, and as it bounds the growth of its heap (bin/cli.ts).
const flags = ['--max-semi-space-size=16', '--heap-growing-percent=40'];
const written = readFileSync(
  fileURLToPath(new URL(`../../examples/${inForce}`, import.meta.url)),
  'utf8',
);

const candidates = {
  'within its limits': written
    .replace(/maxDeletions: \d+/, 'maxDeletions: unlimited')
    .replace(/maxDeletionsPercent: \d+/, 'maxDeletionsPercent: 100\n  maxBytes: unlimited'),
  oldestFirst: `${written}  onBreach: oldestFirst\n`,
};

await inFolder(async (folder) => {
  await run('month.child.ts', { folder, artifacts, nights, policy: inForce });
  const rows: string[][] = [];
  for (const [name, text] of Object.entries(candidates)) {
    const policy = join(folder, 'candidate.yaml');
    writeFileSync(policy, text);
    const answer = await run<BacktestAnswer>('backtest.child.ts', { folder, policy }, flags);
    const { seconds, cpuSeconds, peakMiB } = answer;
    rows.push([
      name,
      `${artifacts} × ${nights}`,
      short(seconds),
      short(cpuSeconds),
      short(peakMiB),
    ]);
  }
  process.stdout.write(
    markdown(['candidate', 'artifacts × nights', 'seconds', 'of CPU', 'MiB at most'], rows),
  );
});
