import type { DeletionRecord } from '../../functions/domain/deletion-record.ts';
import { RetentionError } from '../../functions/errors.ts';
import type { RunRequest } from '../../functions/ports.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import { restoreRun } from '../../functions/phases/restore-run.ts';
import {
  type EmbeddedHarbor,
  type FaultName,
  type FaultOptions,
  startHarbor,
} from '../sandbox/harbor/index.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import { armed, reportIn, runToEnd, unlimited, worldAround } from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 90, maxDeletionsPercentPerRepository: 100 }
trash: { project: retention-trash, keepFor: 14d }
rules:
  - name: old-builds
    select: { projects: ["team", "shop"], tags: ["ci-*"] }
    keep: { pushedWithin: 30d }
    untag: true
  - name: leftovers
    select: { projects: ["team"], untagged: true }
    keep: { pushedWithin: 30d }
`;

/** One fault with its options; several make a combination. */
export interface Switched {
  readonly fault: FaultName;
  readonly options: FaultOptions;
}

/** What a case showed, for the table. */
export interface CaseResult {
  /** `finished`, `refused`, or `failed:` and the code. */
  readonly firstEnd: string;
  readonly struck: number;
  /** Outcomes of the first run while the fault was on, by kind. */
  readonly results: Readonly<Record<string, number>>;
}

async function freshHarbor(): Promise<EmbeddedHarbor> {
  const harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  for (const project of ['team', 'shop', 'other', 'retention-trash']) harbor.seed.project(project);
  const label = harbor.seed.label({ name: 'audited' });
  const old = harbor.clock.now() - 90 * day;
  const recent = harbor.clock.now() - 2 * day;
  let size = 1_000;
  const push = (at: string, tags: string[], more: object = {}) => {
    const [project = '', repository = ''] = at.split('/');
    size += 1;
    harbor.seed.push({ project, repository, tags, pushedAt: old, size, ...more });
  };
  push('team/api', ['ci-1'], { labels: [label] });
  push('team/api', ['ci-2', 'release']);
  push('team/api', ['ci-3'], { platforms: 2, accessories: [{ type: 'signature.cosign' }] });
  push('team/api', []);
  push('team/api', ['latest'], { pushedAt: recent });
  push('team/api', ['ci-9'], { pushedAt: recent });
  push('shop/web', ['ci-1', 'ci-2']);
  push('shop/web', ['v1']);
  push('other/x', ['ci-1']);
  push('other/x', ['ci-2']);
  return harbor;
}

/** Everything but row ids and times, which can't be equal again. */
function stateOf(harbor: EmbeddedHarbor): ReadonlyMap<string, string> {
  const artifacts = ['team', 'shop', 'other'].flatMap((project) => harbor.state.artifacts(project));
  return new Map(
    artifacts.map(({ repository, digest, tags, labels, children, accessories }) => [
      `${repository}@${digest}`,
      JSON.stringify({ tags: tags.toSorted(), labels, children, accessories }),
    ]),
  );
}

interface Planned {
  /** `project/repository@digest` of what may go, with children and accessories. */
  readonly deletions: ReadonlySet<string>;
  /** The same of what may lose a tag. */
  readonly removals: ReadonlySet<string>;
}

/** What a run without faults does to the same registry. */
export async function plannedOnFresh(): Promise<Planned> {
  const harbor = await freshHarbor();
  try {
    const before = stateOf(harbor);
    const world = worldAround(harbor, { policy });
    await runToEnd(world, armed);
    const after = stateOf(harbor);
    const gone = [...before.keys()].filter((name) => !after.has(name));
    const changed = [...after].filter(([name, state]) => before.get(name) !== state);
    return { deletions: new Set(gone), removals: new Set(changed.map(([name]) => name)) };
  } finally {
    await harbor.close();
  }
}

/** Holds a claim; the message says which. */
function hold(claim: string, isTrue: boolean, seen?: unknown): void {
  if (!isTrue) throw new Error(`${claim}: ${JSON.stringify(seen)}`);
}

const second: RunRequest = { ...armed, runId: '2026-11-22T033000Z' };

/**
 * An armed run under faults; then without them its end and another run; then everything is put back.
 * @throws Error naming the invariant that does not hold
 */
export async function tryCase(
  switched: readonly Switched[],
  planned: Planned,
): Promise<CaseResult> {
  const harbor = await freshHarbor();
  try {
    const store = memoryStore();
    const before = stateOf(harbor);
    for (const { fault, options } of switched) harbor.faults.on(fault, options);
    const firstEnd = await endOf(harbor, store, armed);
    const struck = [...harbor.faults.struck().values()].reduce((sum, count) => sum + count, 0);
    harbor.faults.off();
    if (struck === 0) return { firstEnd, struck, results: {} };
    holdNothingElseGone(harbor, { before, planned });
    const results = await holdReport(harbor, store, { before, end: firstEnd, run: armed });
    if (firstEnd.startsWith('failed')) {
      const resumed = await endOf(harbor, store, armed);
      hold('the run goes on when the fault is over', !resumed.startsWith('failed'), resumed);
      await holdReport(harbor, store, { before, end: resumed, run: armed });
    }
    const secondEnd = await endOf(harbor, store, second);
    hold('the next run ends', !secondEnd.startsWith('failed'), secondEnd);
    holdNothingElseGone(harbor, { before, planned });
    await holdKnown(harbor, store, before);
    await holdRestorable(harbor, store, { before, switched });
    return { firstEnd, struck, results };
  } finally {
    await harbor.close();
  }
}

/** How a run ends; only what operators can act on may stop it. */
async function endOf(harbor: EmbeddedHarbor, store: MemoryStore, run: RunRequest): Promise<string> {
  try {
    return (await runToEnd(worldAround(harbor, { policy, store }), run)).end;
  } catch (error) {
    if (error instanceof RetentionError) return `failed:${error.code}`;
    throw error;
  }
}

function holdNothingElseGone(
  harbor: EmbeddedHarbor,
  { before, planned }: { before: ReadonlyMap<string, string>; planned: Planned },
): void {
  const now = stateOf(harbor);
  const gone = [...before.keys()].filter((name) => !now.has(name));
  const extra = gone.filter((name) => !planned.deletions.has(name));
  hold('nothing is deleted that was not planned', extra.length === 0, extra);
  const changed = [...now].filter(
    ([name, state]) => before.get(name) !== state && !planned.removals.has(name),
  );
  hold('nothing that stays is changed', changed.length === 0, changed);
}

async function recordsOf(store: MemoryStore, runId: string): Promise<readonly DeletionRecord[]> {
  const keys = (await store.list('reports/records/')).filter(
    (key) => key.includes(`/${runId}/`) && key.endsWith('.ndjson.gz'),
  );
  const records: DeletionRecord[] = [];
  for (const key of keys) {
    for await (const line of store.readPart(key)) records.push(JSON.parse(line) as DeletionRecord);
  }
  return records;
}

/** The report is there, of its schema, says how the run ended, and counts what is gone. */
async function holdReport(
  harbor: EmbeddedHarbor,
  store: MemoryStore,
  seen: {
    readonly before: ReadonlyMap<string, string>;
    readonly end: string;
    readonly run: RunRequest;
  },
): Promise<Readonly<Record<string, number>>> {
  const report: Report = reportIn(store);
  hold('the newest report is that of the run', report.run.id === seen.run.runId, report.run);
  const end = seen.end.startsWith('failed') ? 'failed' : seen.end;
  hold('the report says how the run ended', report.run.end === end, [report.run.end, end]);
  const code = seen.end.split(':')[1];
  hold('the report says why it failed', report.error?.code === code, report.error);
  const { applied } = report;
  const records = await recordsOf(store, seen.run.runId);
  const results: Record<string, number> = {};
  for (const { outcome } of records) results[outcome.result] = (results[outcome.result] ?? 0) + 1;
  if (applied === undefined) return results;
  hold('the report counts the outcomes', sameCounts(applied.results, results), [
    applied.results,
    results,
  ]);
  const now = stateOf(harbor);
  const gone = records.filter(
    ({ action }) => action.kind === 'delete-artifact' && !now.has(nameOf(action)),
  );
  const open = (results['uncertain'] ?? 0) + (results['already-gone'] ?? 0);
  const isTrue = applied.deleted <= gone.length && gone.length <= applied.deleted + open;
  hold('what the report calls deleted is what is gone', isTrue, [applied, gone.length]);
  return results;
}

const nameOf = (action: { project?: string; repository: string; digest?: string }): string =>
  `${action.project ?? ''}/${action.repository}@${action.digest ?? ''}`;

const sameCounts = (
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): boolean =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].every(
    (key) => (a[key] ?? 0) === (b[key] ?? 0),
  );

/** Everything that is gone was deleted by a record that says so, and nothing that is there is called deleted. */
async function holdKnown(
  harbor: EmbeddedHarbor,
  store: MemoryStore,
  before: ReadonlyMap<string, string>,
): Promise<void> {
  const records = [
    ...(await recordsOf(store, armed.runId)),
    ...(await recordsOf(store, second.runId)),
  ];
  const deletions = records.filter(({ action }) => action.kind === 'delete-artifact');
  const idsOf = (result: string): readonly string[] =>
    deletions.flatMap(({ action, outcome }) => (outcome.result === result ? [action.id] : []));
  const done = new Set(idsOf('done'));
  const open = new Set(idsOf('uncertain'));
  const now = stateOf(harbor);
  const explained = new Set<string>();
  for (const { action, outcome } of deletions) {
    if (action.kind !== 'delete-artifact') continue;
    const name = nameOf(action);
    const seen = [action.id, outcome];
    const isGone = !now.has(name);
    hold(
      'what is gone has an outcome that says so',
      !isGone || done.has(action.id) || open.has(action.id),
      seen,
    );
    hold('what is called done is gone', isGone || !done.has(action.id), seen);
    explained.add(name);
    // Parts that Harbor did not show at the time went along, and come back with it.
    const { children = [], accessories = [] } = JSON.parse(before.get(name) ?? '{}') as Parts;
    for (const digest of [...children, ...accessories])
      explained.add(nameOf({ ...action, digest }));
  }
  const unexplained = [...before.keys()].filter((name) => !now.has(name) && !explained.has(name));
  hold('nothing is gone without a record', unexplained.length === 0, unexplained);
}

interface Parts {
  readonly children?: readonly string[];
  readonly accessories?: readonly string[];
}

/** Under these Harbor never shows a label, so that none can come back. */
const hidingLabels: ReadonlySet<FaultName> = new Set(['labels-unread', 'flags-ignored']);

/** Everything comes back, and the trash holds nothing of it any more. */
async function holdRestorable(
  harbor: EmbeddedHarbor,
  store: MemoryStore,
  { before, switched }: { before: ReadonlyMap<string, string>; switched: readonly Switched[] },
): Promise<void> {
  for (const { runId } of [second, armed]) {
    if ((await recordsOf(store, runId)).length === 0) continue;
    const request = {
      from: { kind: 'run', runId },
      only: () => true,
      named: [],
      apply: true,
      owner: 'test',
    } as const;
    const report = await restoreRun(request, worldAround(harbor, { policy, store }), unlimited);
    hold('nothing is lost', report.lost.length === 0, report.lost);
    hold('everything comes back', report.failed.length === 0, report.failed);
  }
  const now = stateOf(harbor);
  const withLabels = !switched.some(({ fault }) => hidingLabels.has(fault));
  const shown = (state: string | undefined): string | undefined =>
    withLabels ? state : state?.replace(/"labels":\[[^\]]*\]/, '');
  const different = [...before].filter(([name, state]) => shown(now.get(name)) !== shown(state));
  hold('the registry is as before', different.length === 0 && now.size === before.size, different);
}
