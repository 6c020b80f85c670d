import type { Manifest } from './manifest.ts';
import { lasting, roles } from './role.ts';

/** Where condemned artifacts are, by position. */
export interface Neighbourhood {
  readonly repositories: ReadonlySet<number>;
  readonly projects: ReadonlySet<number>;
}

interface Ranked {
  readonly manifest: Manifest;
  readonly rank: number;
}

/**
 * Chooses which manifests to read, so many at most: those that go, then what is purged, then what may share layers with
 * what goes, nearest first, then all others, so that in the end everything is known; the largest of a kind first.
 */
export function chooseManifests(
  most: number,
  near: Neighbourhood,
): {
  readonly offer: (manifest: Manifest) => void;
  readonly chosen: () => readonly Manifest[];
} {
  let ranked: Ranked[] = [];
  const cut = (): void => {
    ranked = ranked.toSorted(byValue).slice(0, most);
  };
  return {
    offer: (manifest) => {
      ranked.push({ manifest, rank: rankOf(manifest, near) });
      if (ranked.length > 4 * most + 1_000) cut();
    },
    chosen: () => {
      cut();
      return ranked.map(({ manifest }) => manifest);
    },
  };
}

function rankOf(manifest: Manifest, { repositories, projects }: Neighbourhood): number {
  const stays = (manifest.roles & lasting) !== 0;
  if (!stays && (manifest.roles & roles.goes) !== 0) return 0;
  if (!stays && (manifest.roles & roles.due) !== 0) return 1;
  if (manifest.repositories.some((one) => repositories.has(one))) return 2;
  if (manifest.projects.some((one, at) => at % 2 === 0 && projects.has(one))) return 3;
  return stays ? 4 : 5;
}

function byValue(one: Ranked, other: Ranked): number {
  return (
    one.rank - other.rank ||
    other.manifest.cap - one.manifest.cap ||
    (one.manifest.digest < other.manifest.digest ? -1 : 1)
  );
}
