import { linesOf } from '../store/document.ts';
import { ledgerRow } from '../store/ledger-section.ts';
import { type BlobLine, blobsOf } from '../ledger/blob-line.ts';
import { type BlobSums, addSums, leaves, sumBlobs } from '../ledger/blob-sums.ts';
import { joinRows, type Manifest, shareOf } from '../ledger/manifest.ts';
import { type AllUnknowns, sumUnknowns } from '../ledger/unknowns.ts';
import { roles } from '../ledger/role.ts';
import type { RunStore } from '../ports.ts';
import { type BlobMemory, rememberedIn } from './blob-memory.ts';
import { type LedgerRows, sharesFor } from './rows.ts';
import { stateKeys } from '../domain/store-keys.ts';

/** Different blobs in memory at the same time: some 120 MB. */
const mostBlobs = 700_000;
/** One key in this many is counted beforehand, to estimate how many different blobs there are. */
const sampled = 64;

/** What the rows of a run are looked at with. */
export interface Looking {
  readonly runId: string;
  readonly rows: LedgerRows;
  readonly memory: BlobMemory;
  readonly store: RunStore;
  /** What is remembered of this Harbor. */
  readonly remembered: RunStore;
  /** Called between shares; ends the looking by an error. */
  readonly checkTime: () => Promise<void>;
}

/** Manifests by whether their blobs are known. */
export interface MatchedManifests {
  readonly unknowns: AllUnknowns;
  readonly counts: {
    readonly manifests: number;
    readonly known: number;
    readonly going: number;
    readonly goingKnown: number;
  };
  /** Estimated number of different blobs in the manifests that leave. */
  readonly leavingBlobs: number;
}

async function manifestsOf(
  { runId, store }: Looking,
  share: number,
): Promise<ReadonlyMap<string, Manifest>> {
  const { add, manifests } = joinRows();
  const key = stateKeys(runId).ledgerRows(share);
  for await (const row of linesOf(store, key, ledgerRow)) add(row);
  return manifests;
}

/** Finds which manifests are known, and calls `unread` for all others. */
export async function matchManifests(
  looking: Looking,
  unread: (manifest: Manifest) => void,
): Promise<MatchedManifests> {
  const { rows, memory, remembered } = looking;
  const unknowns = sumUnknowns(rows.unlisted, rows.trash);
  const counts = { manifests: 0, known: 0, going: 0, goingKnown: 0 };
  const sample = new Set<string>();
  for (let share = 0; share < rows.shares; share += 1) {
    await looking.checkTime();
    const manifests = new Map(await manifestsOf(looking, share));
    counts.manifests += manifests.size;
    for (const manifest of manifests.values()) if (isGoing(manifest)) counts.going += 1;
    for await (const { key, blobs } of rememberedIn(
      memory,
      { share, count: rows.shares },
      remembered,
    )) {
      const manifest = manifests.get(key);
      if (manifest === undefined) continue;
      manifests.delete(key);
      counts.known += 1;
      if (isGoing(manifest)) counts.goingKnown += 1;
      if (!leaves(manifest)) continue;
      for (const [blob] of blobsOf(blobs())) if (shareOf(blob, sampled) === 0) sample.add(blob);
    }
    for (const manifest of manifests.values()) {
      unknowns.add(manifest);
      unread(manifest);
    }
  }
  return { unknowns: unknowns.total(), counts, leavingBlobs: sample.size * sampled };
}

const isGoing = (manifest: Manifest): boolean => (manifest.roles & roles.goes) !== 0;

/** Adds up the blobs of what leaves, less those of what stays, in as many turns as memory asks for. */
export async function sumKnown(
  looking: Looking,
  { unknowns, leavingBlobs }: MatchedManifests,
): Promise<BlobSums> {
  const turns = sharesFor(leavingBlobs, mostBlobs);
  let sums = sumBlobs(() => false).total(unknowns);
  for (let turn = 0; turn < turns; turn += 1) {
    const blobs = sumBlobs((key) => turns === 1 || shareOf(key, turns) === turn);
    for (const isAdding of [true, false]) {
      const note = isAdding ? blobs.add : blobs.strike;
      await everyKnown(looking, (manifest, blobs) => {
        if (leaves(manifest) === isAdding) note(manifest, blobs());
      });
    }
    sums = addSums(sums, blobs.total(unknowns));
  }
  return sums;
}

async function everyKnown(
  looking: Looking,
  visit: (manifest: Manifest, blobs: () => BlobLine) => void,
): Promise<void> {
  const { rows, memory, remembered } = looking;
  for (let share = 0; share < rows.shares; share += 1) {
    await looking.checkTime();
    const manifests = await manifestsOf(looking, share);
    for await (const { key, blobs } of rememberedIn(
      memory,
      { share, count: rows.shares },
      remembered,
    )) {
      const manifest = manifests.get(key);
      if (manifest !== undefined) visit(manifest, blobs);
    }
  }
}

/** Which keys of one share are in the registry or its trash today; `count` is no less than the shares of the rows. */
export async function presentIn(
  looking: Looking,
  { share, count }: { readonly share: number; readonly count: number },
): Promise<(key: string) => boolean> {
  const manifests = await manifestsOf(looking, Math.floor((share * looking.rows.shares) / count));
  return (key) => manifests.has(key);
}

/** Thrown where a slice ends in the middle; the next one begins again. */
export class OutOfTime extends Error {}
