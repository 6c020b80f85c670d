import type { Digest } from '../domain/artifact.ts';
import { lasting, type Roles } from './role.ts';

/** One manifest in one place, as a line of a run's rows. Projects and repositories by their position in the survey. */
export type ManifestRow = readonly [
  digest: Digest,
  cap: number,
  role: Roles,
  project: number,
  repository: number,
];

/** A digest in all its places. */
export interface Manifest {
  readonly digest: Digest;
  /** Bytes, an upper bound. */
  readonly cap: number;
  readonly roles: Roles;
  /** Position of a project and the roles there, one after the other. */
  readonly projects: readonly number[];
  /** Repositories that it is in, the first few; one of them is read. */
  readonly repositories: readonly number[];
  /** Places in which it stays. */
  readonly staying: number;
}

/** Twenty-four hex digits: among a billion blobs two alike are a matter of one in 10^10. */
export const keyOf = (digest: Digest): string => digest.slice(7, 31);

/** Which of `count` equal shares of all keys this one is in; `count` is a power of two, up to 256. */
export function shareOf(key: string, count: number): number {
  return (Number.parseInt(key.slice(0, 2), 16) * count) >> 8;
}

const shownPlaces = 3;

type Mutable = { -readonly [K in keyof Manifest]: Manifest[K] } & {
  projects: number[];
  repositories: number[];
};

/** Rows of one share, by key. */
export function joinRows(): {
  readonly add: (row: ManifestRow) => void;
  readonly manifests: ReadonlyMap<string, Manifest>;
} {
  const manifests = new Map<string, Mutable>();
  const add = ([digest, cap, role, project, repository]: ManifestRow): void => {
    const key = keyOf(digest);
    const known = manifests.get(key);
    const staying = (role & lasting) === 0 ? 0 : 1;
    if (known === undefined) {
      const fresh = { digest, cap, roles: role, projects: [project, role], staying };
      manifests.set(key, { ...fresh, repositories: [repository] });
      return;
    }
    known.cap = Math.min(known.cap, cap);
    known.roles |= role;
    known.staying += staying;
    unite(known.projects, project, role);
    if (known.repositories.length < shownPlaces) known.repositories.push(repository);
  };
  return { add, manifests };
}

/** Adds roles in a project to a list of projects and roles. */
function unite(projects: number[], project: number, more: Roles): void {
  for (let at = 0; at < projects.length; at += 2) {
    if (projects[at] === project) {
      projects[at + 1] = (projects[at + 1] ?? 0) | more;
      return;
    }
  }
  projects.push(project, more);
}

/** Two lists of projects and roles as one; the first itself if the second adds nothing. */
export function united(one: readonly number[], other: readonly number[]): readonly number[] {
  let both: number[] | undefined;
  for (let at = 0; at < other.length; at += 2) {
    const project = other[at] ?? 0;
    const more = other[at + 1] ?? 0;
    if (holds(both ?? one, project, more)) continue;
    both ??= [...one];
    unite(both, project, more);
  }
  return both ?? one;
}

function holds(projects: readonly number[], project: number, wanted: Roles): boolean {
  for (let at = 0; at < projects.length; at += 2) {
    if (projects[at] === project) return ((projects[at + 1] ?? 0) & wanted) === wanted;
  }
  return false;
}
