import type { DeletionRecord } from '../../functions/domain/deletion-record.ts';
import type { RunRequest } from '../../functions/ports.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import { reportIn, rowsIn, runToEnd, type TestWorld, worldAround } from '../support/run-world.ts';

const day = 86_400_000;
export const policy = `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
trash: { project: retention-trash, keepFor: 14d }
garbageCollection: { mode: run, workers: 1 }
repositories: { removeEmpty: { olderThan: 1d } }
rules:
  - name: old-builds
    select: { projects: ["team", "shop", "data"], tags: ["ci-*"] }
    keep: { pushedWithin: 30d }
    untag: true
  - name: leftovers
    select: { projects: ["team", "shop"], untagged: true }
    keep: { untaggedWithin: 1d }
`;

export const earlierRun: RunRequest = {
  runId: '2026-11-21T033000Z',
  mode: 'apply',
  owner: 'earlier',
  applyNewPolicy: true,
};

/** The run that is disturbed; every attempt is the same durable execution. */
export const requestOf = (mode: RunRequest['mode']): RunRequest => ({
  runId: '2026-12-07T033000Z',
  mode,
  owner: 'execution',
  applyNewPolicy: true,
});

export interface CutScene {
  readonly harbor: EmbeddedHarbor;
  readonly store: MemoryStore;
  readonly world: TestWorld;
}

/**
 * Three projects with builds, multi-platform images, signatures and leftovers; an earlier run has filled the trash, whose
 * time is over, and sixteen days of pushes have gone by. The same whenever it is made.
 */
export async function cutScene(): Promise<CutScene> {
  const harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  for (const name of ['team', 'shop', 'data', 'retention-trash']) harbor.seed.project(name);
  pushBuilds(harbor, 2, 'old');
  const store = memoryStore();
  const world = worldAround(harbor, { policy, store });
  await runToEnd(world, earlierRun);
  harbor.clock.advance(16 * day);
  pushBuilds(harbor, 10, 'new');
  return { harbor, store, world };
}

function pushBuilds(harbor: EmbeddedHarbor, count: number, name: string): void {
  const pushedAt = harbor.clock.now() - 60 * day;
  let size = name === 'old' ? 1_000 : 2_000;
  const push = (at: string, tags: string[], more: object = {}): void => {
    const [project = '', repository = ''] = at.split('/');
    size += 1;
    harbor.seed.push({ project, repository, tags, pushedAt, size, ...more });
  };
  for (const at of ['team/api', 'team/web', 'shop/web', 'data/job']) {
    for (let build = 1; build <= count; build += 1) push(at, [`ci-${name}-${build}`]);
    push(at, [`ci-${name}-x`, `v-${name}`]);
    push(at, [`keep-${name}`], { pushedAt: harbor.clock.now() - day });
  }
  push('team/api', [`ci-${name}-multi`], {
    platforms: 2,
    accessories: [{ type: 'signature.cosign' }],
  });
  push('shop/web', []);
}

/** What a run left behind, without what two runs of the same outcome may differ in. */
export interface Left {
  readonly report: unknown;
  readonly rows: readonly string[];
  readonly outcomes: readonly string[];
  readonly registry: readonly string[];
}

/**
 * Left out: counts of requests and slices, durations and the time of the end; the port of the embedded Harbor; and the
 * marker that a copy gets which lay in the trash before, as one does whose run was cut off between copy and deletion
 * (DECISIONS.md). Outcomes are compared with everything but their time.
 */
export async function leftBy({ harbor, store }: CutScene): Promise<Left> {
  const report = reportIn(store);
  const registry = ['team', 'shop', 'data', 'retention-trash'].flatMap((project) =>
    harbor.state.artifacts(project).map(({ repository, digest, tags, children, accessories }) => {
      const own = tags.filter((tag) => !/^[0-9a-f]{12}\.\.\./.test(tag));
      return JSON.stringify({ project, repository, digest, tags: own, children, accessories });
    }),
  );
  const rows = (await rowsIn(store, report)).map((row) => JSON.stringify(row));
  const outcomes = await outcomesOf(store, report.applied?.records ?? []);
  return { report: comparable(report), rows, outcomes, registry: registry.toSorted() };
}

async function outcomesOf(store: MemoryStore, keys: readonly string[]): Promise<string[]> {
  const lines: string[] = [];
  for (const key of keys) {
    for await (const line of store.readPart(key)) {
      const { action, outcome } = JSON.parse(line) as DeletionRecord;
      const { at: _at, ...same } = outcome;
      lines.push(JSON.stringify({ action, outcome: same }));
    }
  }
  return lines;
}

function comparable(report: Report): unknown {
  const { requests: _requests, durationsMs: _durations, run, ...rest } = report;
  const { slices: _slices, finishedAt: _finishedAt, ...sameRun } = run;
  return { ...rest, run: sameRun, harbor: { ...rest.harbor, url: 'the embedded Harbor' } };
}
