import { type BlobLine, blobsOf } from './blob-line.ts';
import { type Manifest, united } from './manifest.ts';
import { type Freed, isLarge, nothingUnknown } from './range.ts';
import {
  fateIn,
  lasting,
  projectScope,
  type Roles,
  roles,
  type ScopeName,
  scopeNames,
  scopes,
} from './role.ts';
import type { AllUnknowns } from './unknowns.ts';

/** A blob that condemned and staying manifests share. */
export interface SharedBlob {
  /** The first 24 hex digits of its digest. */
  readonly key: string;
  readonly bytes: number;
  /** Manifests that go, and those that stay, as far as they are known. */
  readonly goes: number;
  readonly stays: number;
  /** Positions of repositories in which it stays, the first few. */
  readonly repositories: readonly number[];
}

/** What some blobs come to. */
export interface BlobSums {
  readonly scopes: Readonly<Record<ScopeName, Freed>>;
  /** By position of the project: what its quota is relieved of. */
  readonly projects: ReadonlyMap<number, Freed>;
  /** Bytes of blobs that go in one place and stay in another. */
  readonly sharedBytes: number;
  /** The largest of these. */
  readonly shared: readonly SharedBlob[];
}

const shownShared = 10;
const shownRepositories = 3;
const leaving = roles.goes | roles.due;

interface Blob {
  readonly bytes: number;
  roles: Roles;
  /** Shared with manifests until it differs. */
  projects: readonly number[];
  goes: number;
  stays: number;
  repositories: readonly number[];
}

/**
 * Adds up blobs one manifest at a time: first all that leave (`add`), which are the only ones kept in memory, then
 * all others (`strike`). Only blobs that `isWanted` are looked at, so that many can be gone through in several turns.
 */
export function sumBlobs(isWanted: (key: string) => boolean): {
  readonly add: (manifest: Manifest, line: BlobLine) => void;
  readonly strike: (manifest: Manifest, line: BlobLine) => void;
  readonly total: (unknowns: AllUnknowns) => BlobSums;
} {
  const blobs = new Map<string, Blob>();
  return {
    add: (manifest, line) => {
      for (const [key, bytes] of blobsOf(line)) {
        if (!isWanted(key)) continue;
        const known = blobs.get(key);
        const blob = known ?? {
          bytes,
          roles: 0,
          projects: manifest.projects,
          goes: 0,
          stays: 0,
          repositories: nowhere,
        };
        note(blob, manifest);
        if (known === undefined) blobs.set(key, blob);
      }
    },
    strike: (manifest, line) => {
      for (const [key] of blobsOf(line)) {
        const blob = isWanted(key) ? blobs.get(key) : undefined;
        if (blob !== undefined) note(blob, manifest);
      }
    },
    total: (unknowns) => totalOf(blobs, unknowns),
  };
}

/** True if it leaves (its blobs are added), false if it stays (they are struck out). */
export function leaves(manifest: Manifest): boolean {
  return (manifest.roles & leaving) !== 0;
}

function note(blob: Blob, manifest: Manifest): void {
  blob.roles |= manifest.roles;
  if (blob.projects !== manifest.projects) blob.projects = united(blob.projects, manifest.projects);
  if ((manifest.roles & roles.goes) !== 0) blob.goes += 1;
  if ((manifest.roles & lasting) === 0) return;
  blob.stays += manifest.staying;
  if (blob.repositories.length < shownRepositories) {
    const more = new Set([...blob.repositories, ...manifest.repositories]);
    blob.repositories = [...more].slice(0, shownRepositories);
  }
}

function totalOf(blobs: ReadonlyMap<string, Blob>, unknowns: AllUnknowns): BlobSums {
  const sums = { storage: none, now: none, trashRises: none, trashFalls: none };
  const projects = new Map<number, Freed>();
  let sharedBytes = 0;
  let shared: SharedBlob[] = [];
  for (const [key, blob] of blobs) {
    const { bytes } = blob;
    for (const name of scopeNames) {
      if (fateIn(scopes[name], blob.roles) !== 'goes') continue;
      sums[name] = plus(sums[name], bytes, isLarge(bytes, unknowns.scopes[name]));
    }
    for (let at = 0; at < blob.projects.length; at += 2) {
      if (fateIn(projectScope, blob.projects[at + 1] ?? 0) !== 'goes') continue;
      const project = blob.projects[at] ?? 0;
      const large = isLarge(bytes, unknowns.projects.get(project) ?? nothingUnknown);
      projects.set(project, plus(projects.get(project) ?? none, bytes, large));
    }
    if ((blob.roles & roles.goes) === 0 || (blob.roles & lasting) === 0) continue;
    sharedBytes += bytes;
    const { goes, stays, repositories } = blob;
    shared.push({ key, bytes, goes, stays, repositories });
    if (shared.length >= 100 * shownShared) shared = largest(shared);
  }
  return { scopes: sums, projects, sharedBytes, shared: largest(shared) };
}

const nowhere: readonly number[] = [];
const none: Freed = { small: 0, large: 0 };

const plus = ({ small, large }: Freed, bytes: number, isBig: boolean): Freed =>
  isBig ? { small, large: large + bytes } : { small: small + bytes, large };

function largest(shared: readonly SharedBlob[]): SharedBlob[] {
  return shared
    .toSorted((a, b) => b.bytes - a.bytes || (a.key < b.key ? -1 : 1))
    .slice(0, shownShared);
}

/** Sums over different blobs. */
export function addSums(one: BlobSums, other: BlobSums): BlobSums {
  const projects = new Map(one.projects);
  for (const [project, freed] of other.projects) {
    projects.set(project, both(projects.get(project) ?? none, freed));
  }
  return {
    scopes: {
      storage: both(one.scopes.storage, other.scopes.storage),
      now: both(one.scopes.now, other.scopes.now),
      trashRises: both(one.scopes.trashRises, other.scopes.trashRises),
      trashFalls: both(one.scopes.trashFalls, other.scopes.trashFalls),
    },
    projects,
    sharedBytes: one.sharedBytes + other.sharedBytes,
    shared: largest([...one.shared, ...other.shared]),
  };
}

const both = (one: Freed, other: Freed): Freed => ({
  small: one.small + other.small,
  large: one.large + other.large,
});
