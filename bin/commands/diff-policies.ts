import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inUseRegistry } from '../../functions/adapters/in-use/index.ts';
import type { Duration, Instant } from '../../functions/domain/instant.ts';
import { listed } from '../../functions/domain/store-keys.ts';
import { inUseAsOf, listsAsOf } from '../../functions/inventory/lists-as-of.ts';
import type { PolicyText, RunStore, World } from '../../functions/ports.ts';
import { diffReports, type ReportDiff } from '../../functions/report/diff-reports.ts';
import type { ComparedFacts } from '../../functions/report/diff-words.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import { runSlice } from '../../functions/run.ts';
import { newestFacts, type StoredFacts } from '../../functions/store/newest-facts.ts';
import { listReaders } from '../list-readers.ts';
import { rememberingStore } from '../look-ahead-store.ts';
import { listedFirst, readOnlyStore } from '../read-only-store.ts';
import { reportOfRun, rowsOf } from '../stored-reports.ts';
import { saveInventory } from './save-inventory.ts';

/** Names the policy of the newest run of a store, where a policy is expected. */
export const deployed = 'deployed';

/** Opens a world that plans with this policy, in this folder, from this saved inventory. */
export type Planning = (policy: string, folder: string, inventory: string) => Promise<World>;

/** What two policies decide differently. */
export interface PolicyDiff {
  readonly diff: ReportDiff;
  readonly before: string;
  readonly notKnown: readonly string[];
  readonly facts?: ComparedFacts;
}

interface Policies {
  readonly before: string;
  readonly after: string;
}

/** Two policies over one saved inventory. @throws RetentionError inventory-invalid, policy-invalid, policy-unreadable */
export async function diffOverInventory(
  policies: Policies,
  { planning, inventory }: { readonly planning: Planning; readonly inventory: string },
): Promise<PolicyDiff> {
  return await inTemporaryFolder(async (folder) => {
    const open = (policy: string, name: string): Promise<World> =>
      planning(policy, join(folder, name), inventory);
    return { ...(await diffBoth(policies, open)), before: policies.before };
  });
}

export interface OverFacts {
  readonly planning: Planning;
  readonly store: RunStore;
  readonly now: Instant;
  /** Older facts are warned of. */
  readonly freshWithin: Duration;
}

/**
 * Two policies over the facts of the newest run of a store, in which nothing is changed: `before` may be `deployed`,
 * the policy of that run.
 * @throws RetentionError report-not-found, policy-invalid, policy-unreadable, store-…
 */
export async function diffOverFacts(
  policies: Policies,
  { planning, now, freshWithin, ...options }: OverFacts,
): Promise<PolicyDiff> {
  const store = listedFirst(readOnlyStore(options.store), listed.memories);
  const found = await newestFacts(store);
  const { runId, parts, takenAt, passedOver } = found;
  const age = Math.max(0, now - takenAt);
  const facts = { runId, takenAt, age, isOld: age > freshWithin, passedOver };
  return await inTemporaryFolder(async (folder) => {
    const inventory = join(folder, 'inventory.ndjson.gz');
    await saveInventory(store, { runId, parts, file: inventory });
    const open = async (policy: string, name: string): Promise<World> => {
      // Lists in files are the branch's, for the policy in force, too.
      const file = policy === deployed ? policies.after : policy;
      const world = await planning(file, join(folder, name), inventory);
      return overFacts(world, { policy, file, found, store });
    };
    const before =
      policies.before === deployed ? `${found.policy.name} of run ${runId}` : policies.before;
    return { ...(await diffBoth(policies, open)), before, facts };
  });
}

interface Opened {
  readonly policy: string;
  /** The policy's own file, or that of the branch. */
  readonly file: string;
  readonly found: StoredFacts;
  readonly store: RunStore;
}

/** Lists in S3 are read as a run reads them, and what runs remember of untagged artifacts is used. */
function overFacts(world: World, { policy, file, found, store }: Opened): World {
  const { takenAt } = found;
  const readers = listReaders(store, file);
  const readDigestList = listsAsOf(readers.readDigestList, takenAt);
  const { openFolder } = readers;
  const load = (): Promise<PolicyText> => Promise.resolve(found.policy);
  return {
    ...world,
    ...(policy === deployed ? { policy: { load } } : {}),
    store: rememberingStore(world.store, store),
    readDigestList,
    inUse: inUseAsOf(inUseRegistry({ readList: readDigestList, openFolder }), takenAt),
  };
}

async function diffBoth(
  { before, after }: Policies,
  open: (policy: string, name: string) => Promise<World>,
): Promise<Pick<PolicyDiff, 'diff' | 'notKnown'>> {
  const earlier = await judged(await open(before, 'before'));
  const later = await judged(await open(after, 'after'));
  const diff = await diffReports(earlier.rows(), later.rows());
  const notKnown = notKnownIn(later.report);
  const onlyBefore = notKnownIn(earlier.report).filter((one) => !notKnown.includes(one));
  return { diff, notKnown: [...notKnown, ...onlyBefore.map((one) => `before only: ${one}`)] };
}

async function judged(world: World) {
  const runId = '2000-01-01T000000Z';
  const owner = `terminal ${world.identity}`;
  const request = { runId, mode: 'dry-run', owner, wholePolicy: true } as const;
  const end = await runSlice(request, world, { hasTime: () => true });
  if (!end.done) throw new Error('a run without a limit of time ends');
  const report = await reportOfRun(world.store, 'latest');
  return { report, rows: () => rowsOf(world.store, report) };
}

/** Warnings that say of something that all of it is held. */
const holding = new Set(['in-use-unreadable', 'digest-list-unreadable', 'project-incomplete']);

function notKnownIn({ warnings, repositories }: Report): readonly string[] {
  const said = warnings.filter(({ code }) => holding.has(code));
  return [
    ...said.map(({ on, message }) => `${on}: ${message}`),
    ...repositories.flatMap(({ project, repository, unplannable }) =>
      unplannable === undefined ? [] : [`${project}/${repository}: ${unplannable}`],
    ),
  ];
}

async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-retention-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
