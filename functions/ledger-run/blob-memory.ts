import { defined } from '../domain/defined.ts';
import { type BlobIndex, blobIndexes, type ManifestReading } from '../store/blob-index.ts';
import { memoryKeys } from '../domain/store-keys.ts';
import { RetentionError } from '../errors.ts';
import {
  type BlobLine,
  readLine,
  type RememberedLine,
  rememberedLine,
} from '../ledger/blob-line.ts';
import { shareOf } from '../ledger/manifest.ts';
import type { RunStore } from '../ports.ts';

const { freshBlobs: freshKey, blobShare: shareKey } = memoryKeys;

export interface BlobMemory {
  readonly index: BlobIndex;
  /** The newest, by the manifest's key. */
  readonly fresh: ReadonlyMap<string, BlobLine>;
}

/** What is remembered; what can't be read is none, and read again. */
export async function loadMemory(store: RunStore): Promise<BlobMemory> {
  const index = await blobIndexes.read(store);
  if (index === undefined) return { index: { version: 1, fresh: [] }, fresh: new Map() };
  const fresh = new Map<string, BlobLine>();
  for (const { by } of index.fresh) {
    for await (const { key, blobs } of linesOf(store, freshKey(by))) fresh.set(key, blobs());
  }
  return { index, fresh };
}

/** A part that is gone or damaged counts as forgotten from there on. */
async function* linesOf(store: RunStore, key: string): AsyncGenerator<RememberedLine> {
  try {
    for await (const text of store.readPart(key)) {
      const line = readLine(text);
      if (line !== undefined) yield line;
    }
  } catch (error) {
    if (!(error instanceof RetentionError) || error.code !== 'state-invalid') throw error;
  }
}

/** All that is remembered of one share of `count`; each manifest once. */
export async function* rememberedIn(
  { index, fresh }: BlobMemory,
  { share, count }: { readonly share: number; readonly count: number },
  store: RunStore,
): AsyncGenerator<RememberedLine> {
  for (const [key, line] of fresh) {
    if (shareOf(key, count) === share) yield rememberedLine(line);
  }
  const { shares } = index;
  if (shares === undefined) return;
  const first = Math.floor((share * shares.count) / count);
  const last = Math.ceil(((share + 1) * shares.count) / count) - 1;
  for (let at = first; at <= last; at += 1) {
    for await (const line of linesOf(store, shareKey(shares.by, at))) {
      if (shareOf(line.key, count) === share && !fresh.has(line.key)) yield line;
    }
  }
}

/** Remembers what a run read, under its name, and how reading went; again is the same. */
export async function rememberFresh(
  store: RunStore,
  { index, fresh }: BlobMemory,
  news: {
    readonly by: string;
    readonly lines: readonly BlobLine[];
    readonly reading: ManifestReading;
    readonly probed?: string | undefined;
    readonly asked?: ReadonlyMap<string, boolean>;
    readonly off?: BlobIndex['off'];
  },
): Promise<BlobMemory> {
  const { by, lines, reading, probed, asked = new Map<string, boolean>(), off } = news;
  const writer = store.openPart(freshKey(by));
  for (const line of lines) await writer.write(JSON.stringify(line));
  await writer.close();
  const { off: _, ...before } = index;
  const next: BlobIndex = {
    ...before,
    fresh: [...index.fresh.filter((one) => one.by !== by), { by, lines: lines.length, reading }],
    ...defined({ probed }),
    refusing: [
      ...(before.refusing ?? []).filter((project) => !asked.has(project)),
      ...[...asked].flatMap(([project, refuses]) => (refuses ? [project] : [])),
    ].toSorted(),
    ...defined({ off }),
  };
  await blobIndexes.write(store, next);
  const both = new Map(fresh);
  for (const line of lines) both.set(String(line[0]), line);
  return { index: next, fresh: both };
}

/** So many new ones are read into memory at the beginning; then all is written again. */
const mostFresh = 2_000;
const freshShare = 0.05;

/** Whether it is time to write all again, without what is gone from the registry. */
export function isDue({ index, fresh }: BlobMemory): boolean {
  return fresh.size > Math.max(mostFresh, freshShare * (index.shares?.lines ?? 0));
}

/** Writes all again in `count` shares, of what `isPresent`; then removes the old. */
export async function rewrite(
  store: RunStore,
  memory: BlobMemory,
  how: {
    readonly by: string;
    readonly count: number;
    readonly present: (share: number, count: number) => Promise<(key: string) => boolean>;
  },
): Promise<void> {
  const { by, count } = how;
  let lines = 0;
  for (let share = 0; share < count; share += 1) {
    const isPresent = await how.present(share, count);
    const writer = store.openPart(shareKey(by, share));
    for await (const { key, blobs } of rememberedIn(memory, { share, count }, store)) {
      const line = isPresent(key) ? blobs() : [];
      if (line.length > 0) await writer.write(JSON.stringify(line));
    }
    lines += (await writer.close()).lines;
  }
  const { index } = memory;
  await blobIndexes.write(store, { ...index, shares: { by, count, lines }, fresh: [] });
  for (const old of index.fresh) await store.remove(freshKey(old.by));
  for (let share = 0; share < (index.shares?.count ?? 0); share += 1) {
    if (index.shares !== undefined && index.shares.by !== by)
      await store.remove(shareKey(index.shares.by, share));
  }
}
