import { run, start } from './child.ts';
import type { DryRunAnswer, DryRunInput } from './dry-run.child.ts';
import type { HarborAnswer, HarborInput } from './harbor.child.ts';
import { inFolder } from './in-folder.ts';
import type { InventoryAnswer, InventoryInput } from './inventory.child.ts';
import type { PlanAnswer } from './plan.child.ts';
import { type Line, short } from './table.ts';
import type { VerdictsAnswer } from './verdicts.child.ts';

/** The policies of `examples/` that are measured, and why these. */
export const policies = {
  pushes: 'last-60-days-and-10-newest.yaml',
  pulls: 'policy.yaml',
  oldestFirst: 'years-of-arrears.yaml',
} as const;

/** Reads one embedded Harbor into a folder. */
export async function inventory(
  harbor: HarborInput,
  { policy, folder }: { readonly policy: string; readonly folder: string },
  execArgv: readonly string[] = [],
): Promise<InventoryAnswer> {
  const { answer, end } = await start<HarborAnswer>('harbor.child.ts', harbor);
  const input: InventoryInput = { harbor: answer, folder, policy };
  try {
    return await run<InventoryAnswer>('inventory.child.ts', input, execArgv);
  } finally {
    await end();
  }
}

interface HistoryRun {
  readonly read: InventoryAnswer;
  readonly planned: PlanAnswer;
}

const history = (share: number, policy: string): Promise<HistoryRun> =>
  inFolder(async (folder) => {
    const read = await inventory({ seed: { history: share } }, { policy, folder });
    return { read, planned: await run<PlanAnswer>('plan.child.ts', { folder, policy }) };
  });

const above = ({ requests, lowerBound }: InventoryAnswer): string =>
  `${requests} requests, ${(requests / lowerBound).toFixed(3)} × the lower bound`;

const written = ({ condemned, megabytesWritten }: PlanAnswer): string =>
  `${short(condemned)} condemned, ${short(megabytesWritten)} MB written`;

/** The pushes that were really made, nobody ever deleting: inventory, then plan and report. */
export async function historyLines(share: number): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const [policy, suffix] of [
    [policies.pushes, ''],
    [policies.pulls, ', by pulls'],
  ] as const) {
    const tenth = await history(share / 10, policy);
    const full = await history(share, policy);
    const { artifacts } = full.read;
    lines.push(
      {
        what: `history: inventory${suffix}`,
        artifacts,
        full: full.read,
        tenth: { artifacts: tenth.read.artifacts, measured: tenth.read },
        note: above(full.read),
      },
      {
        what: `history: plan and report${suffix}`,
        artifacts,
        full: full.planned,
        tenth: { artifacts: tenth.planned.artifacts, measured: tenth.planned },
        note: written(full.planned),
      },
    );
  }
  return lines;
}

interface GeneratedRun {
  readonly byPulls: PlanAnswer;
  readonly oldestFirst: PlanAnswer;
}

const generated = (artifacts: number): Promise<GeneratedRun> =>
  inFolder(async (folder) => {
    await run('generate.child.ts', { folder, artifacts, policy: policies.pulls });
    const plan = (policy: string): Promise<PlanAnswer> =>
      run<PlanAnswer>('plan.child.ts', { folder, policy });
    return {
      byPulls: await plan(policies.pulls),
      oldestFirst: await plan(policies.oldestFirst),
    };
  });

/** A registry that was made up, a hundred artifacts to a repository: plan and report. */
export async function generatedLines(artifacts: number): Promise<readonly Line[]> {
  const tenth = await generated(artifacts / 10);
  const full = await generated(artifacts);
  const line = (what: string, which: keyof GeneratedRun): Line => ({
    what,
    artifacts: full[which].artifacts,
    full: full[which],
    tenth: { artifacts: tenth[which].artifacts, measured: tenth[which] },
    note: `${short(full[which].repositories)} repositories; ${written(full[which])}`,
  });
  return [
    line('generated: plan and report', 'byPulls'),
    line('generated: the same with onBreach: oldestFirst', 'oldestFirst'),
  ];
}

/**
 * docs/harbor.md#harbors-own-retention: 10,000 images in one repository, Harbor's own dry run; what a page of 100
 * takes.
 */
const harborsOwn = { images: 10_000, seconds: 32, pageMs: { usual: 45, slowest: 63 } } as const;

/**
 * Our reading of as many images in one repository from an embedded Harbor whose lists each take as long as a real
 * one's. Pages of one repository follow one another, so that the delay is never hidden by reading in parallel.
 */
async function atRealPace(readMs: number): Promise<Line> {
  const { images, seconds } = harborsOwn;
  const read = await inFolder((folder) =>
    inventory({ seed: { images }, readMs }, { policy: policies.pushes, folder }),
  );
  const times = ((seconds / read.seconds) * (read.artifacts / images)).toFixed(1);
  return {
    what: `inventory, ${readMs} ms a page`,
    artifacts: read.artifacts,
    full: read,
    note: `${times} × as fast as Harbor's own dry run; ${above(read)}`,
  };
}

export async function harborsOwnLines(): Promise<readonly Line[]> {
  const { usual, slowest } = harborsOwn.pageMs;
  return [await atRealPace(usual), await atRealPace(slowest), ...(await dryRunLines())];
}

/** What a small read, and a page of 100, took on a real Harbor of 2 cores. */
const realDelays = { readMs: 5, pageMs: [50, 200] } as const;

/** Whole dry runs of one project, whose pages differ as much as a real one's do. */
async function dryRunLines(): Promise<readonly Line[]> {
  const [least, most] = realDelays.pageMs;
  const harbor = await start<HarborAnswer>('harbor.child.ts', {
    seed: { mixed: 30_000, repositories: 50 },
    ...realDelays,
  });
  try {
    const lines: Line[] = [];
    for (const by of ['pushedWithin', 'pulledWithin'] as const) {
      const input: DryRunInput = { harbor: harbor.answer, project: 'team-0', by };
      const answer = await run<DryRunAnswer>('dry-run.child.ts', input);
      lines.push({
        what: `dry run, ${by}, ${least} to ${most} ms a page`,
        artifacts: answer.artifacts,
        full: answer,
        note: `${short(answer.requests)} requests, ${short(answer.pages)} of them pages: ${short(answer.pageMs.median)} ms at the median, ${short(answer.pageMs.slowest)} ms at most`,
      });
    }
    return lines;
  } finally {
    await harbor.end();
  }
}

/** Verdicts in memory, beside a loop that only sorts. */
export async function verdictsLine(artifacts: number): Promise<Line> {
  const answer = await run<VerdictsAnswer>(
    'verdicts.child.ts',
    { artifacts, policy: policies.pulls },
    ['--expose-gc'],
  );
  const perSecond = short(artifacts / answer.judging);
  const ratio = short(answer.judging / answer.sorting);
  return {
    what: 'verdicts alone, in memory',
    artifacts,
    full: { ...answer, seconds: answer.judging, cpuSeconds: answer.judging },
    note: `${perSecond} verdicts a second; a loop that only sorts by time takes 1/${ratio} of it`,
  };
}
