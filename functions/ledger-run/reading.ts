import { defined } from '../domain/defined.ts';
import type { ManifestReading } from '../store/blob-index.ts';
import { day } from '../domain/duration.ts';
import type { Instant, Known } from '../domain/instant.ts';
import type { RepositoryHead } from '../domain/repository.ts';
import type { Place } from '../domain/trash.ts';
import { RetentionError } from '../errors.ts';
import type { BlobLine } from '../ledger/blob-line.ts';
import { keyOf, type Manifest } from '../ledger/manifest.ts';
import type { Budget, ManifestBlobs, World } from '../ports.ts';
import type { HeldLease } from '../store/lease.ts';

export interface ReadingEnd {
  readonly reading: ManifestReading;
  readonly lines: readonly BlobLine[];
  /** Projects that were asked, and whether more was refused there than read. */
  readonly asked?: ReadonlyMap<string, boolean>;
  /** The circumstances, if reading was seen to be no pull. */
  readonly probed?: string;
  readonly off?: { readonly because: string; readonly until: Instant };
}

export interface ReadingTools {
  readonly world: World;
  readonly budget: Budget;
  readonly lease: Pick<HeldLease, 'confirm'>;
}

export interface ToRead {
  readonly manifests: readonly Manifest[];
  /** By position. */
  readonly repositories: readonly RepositoryHead[];
  /** Proxy caches: reading there may fetch from elsewhere (docs/harbor.md#t30-proxy-caches). */
  readonly proxies: ReadonlySet<string>;
  /** Harbor's version and the month: what stands in front of Harbor may change without a version. */
  readonly circumstances: string;
  /** Those under which reading was seen to be no pull. */
  readonly probed: string | undefined;
  readonly maxRequests: number;
}

const workers = 4;
/** Projects in which nothing could be read, after which no more are tried. */
const mostDenied = 5;
/** Harbor writes pull times down every ten seconds, unless it is set otherwise (docs/harbor.md#pull-times). */
const flushMs = 15_000;
const offFor = 30 * day;

type Reader = ReturnType<typeof reader>;

/** Reads manifests in turn, as far as budget, time and permissions go. What fails only leaves a figure less exact. */
export async function readManifests(wanted: ToRead, tools: ReadingTools): Promise<ReadingEnd> {
  const { world } = tools;
  const own = reader(wanted, tools);
  const queue = [...wanted.manifests];
  const { circumstances } = wanted;
  let isProbed = wanted.probed === circumstances;
  try {
    if (!isProbed && queue.length > 0) {
      const verdict = await probe(queue, own, tools);
      if (verdict === 'moved') return { ...own.end(), off: countsAsPull(world.clock.now()) };
      if (verdict === 'untried') return own.end();
      isProbed = true;
    }
    const work = async (): Promise<void> => {
      while (own.goesOn()) {
        const next = queue.shift();
        if (next === undefined) return;
        await own.read(next);
      }
    };
    const all = await Promise.allSettled(Array.from({ length: workers }, work));
    for (const one of all) if (one.status === 'rejected') throw one.reason;
  } catch (error) {
    if (!(error instanceof RetentionError) || error.code === 'lease-held') throw error;
    own.stop(error.message);
  }
  return { ...own.end(), ...(isProbed ? { probed: circumstances } : {}) };
}

function countsAsPull(now: Instant): NonNullable<ReadingEnd['off']> {
  return {
    because:
      'Harbor took the reading of a manifest for a pull: the pull time of the artifact moved. No more are read for 30 days, then it is tried once again. Some proxy in front of Harbor may change the header user-agent.',
    until: now + offFor,
  };
}

/** Reads one manifest, and looks whether its pull time moves; if so, another, in case somebody else pulled it. */
async function probe(
  queue: Manifest[],
  own: Reader,
  { world }: ReadingTools,
): Promise<'still' | 'moved' | 'untried'> {
  let moved = 0;
  while (own.goesOn() && moved < 2) {
    const next = queue.shift();
    if (next === undefined) break;
    const place = own.placeOf(next);
    if (place === undefined) continue;
    const before = await own.pulledAt(place, next);
    if (before === 'gone' || !(await own.read(next))) continue;
    await world.pause(flushMs);
    const after = await own.pulledAt(place, next);
    if (after === 'gone') continue;
    if (after === before) return 'still';
    moved += 1;
  }
  return moved === 0 ? 'untried' : 'moved';
}

/** What came of the manifests that were asked for. */
function answers() {
  const lines: BlobLine[] = [];
  const denied = new Set<string>();
  const balance = new Map<string, number>();
  const count = { blocked: 0, unusable: 0 };
  let stopped: string | undefined;
  const stop = (because: string): void => {
    stopped = because;
  };
  /** Whether it is known now. */
  const note = ({ project }: Place, answer: ManifestBlobs): boolean => {
    const weight = { read: 1, gone: 0, denied: -1, blocked: -1, unusable: -1 }[answer.kind];
    balance.set(project, (balance.get(project) ?? 0) + weight);
    if (answer.kind === 'read') {
      lines.push(answer.blobs.flatMap(({ digest, bytes }) => [keyOf(digest), bytes]));
    }
    if (answer.kind === 'blocked') count.blocked += 1;
    if (answer.kind === 'unusable') count.unusable += 1;
    if (answer.kind === 'denied') {
      denied.add(project);
      if (lines.length === 0 && denied.size >= mostDenied) stop(answer.because);
    }
    return answer.kind === 'read';
  };
  const reading = (requests: number): ManifestReading => ({
    requests,
    read: lines.length,
    denied: [...denied].toSorted(),
    ...count,
    ...defined({ stopped }),
  });
  const asked = () => new Map([...balance].map(([project, sum]) => [project, sum < 0] as const));
  return { lines, denied, note, stop, reading, asked, isStopped: () => stopped !== undefined };
}

function reader(wanted: ToRead, { world, budget, lease }: ReadingTools) {
  const { harbor, manifests, telemetry } = world;
  if (manifests === undefined) throw new Error('a ledger was given nothing to read manifests with');
  const before = harbor.requests().sent;
  let asked = 0;
  // What was sent again after a failure counts as well.
  const sent = (): number => Math.max(asked, harbor.requests().sent - before);
  const noted = answers();
  const placeOf = ({ repositories }: Manifest): Place | undefined => {
    for (const at of repositories) {
      const head = wanted.repositories[at];
      if (head === undefined || wanted.proxies.has(head.project)) continue;
      if (!noted.denied.has(head.project)) return { project: head.project, repository: head.name };
    }
    return undefined;
  };
  return {
    placeOf,
    stop: noted.stop,
    pulledAt: async (place: Place, { digest }: Manifest): Promise<Known<Instant> | 'gone'> => {
      asked += 1;
      const now = await manifests.readArtifact(place, digest);
      return now.kind === 'gone' ? 'gone' : now.artifact.pulledAt;
    },
    goesOn: () => !noted.isStopped() && sent() + workers <= wanted.maxRequests && budget.hasTime(),
    read: async (manifest: Manifest): Promise<boolean> => {
      const place = placeOf(manifest);
      if (place === undefined) return false;
      await lease.confirm();
      asked += 1;
      const isNew = noted.note(place, await manifests.readBlobs(place, manifest.digest));
      const what = `${noted.lines.length} manifests read, for the ledger of blobs`;
      telemetry.progress({ phase: 'ledger', done: sent(), of: wanted.maxRequests, what });
      return isNew;
    },
    end: (): ReadingEnd => ({
      lines: noted.lines,
      reading: noted.reading(sent()),
      asked: noted.asked(),
    }),
  };
}
