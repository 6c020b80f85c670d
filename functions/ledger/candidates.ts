import type { Manifest } from './manifest.ts';
import { lasting, roles } from './role.ts';

/** Where condemned artifacts are, by position. */
export interface Neighbourhood {
  readonly repositories: ReadonlySet<number>;
  readonly projects: ReadonlySet<number>;
  /** Projects that let an earlier run read next to nothing: one manifest of each is tried, the others come last. */
  readonly refusing?: ReadonlySet<number>;
}

interface RankedManifest {
  readonly manifest: Manifest;
  readonly rank: number;
}

/**
 * Chooses which manifests to read, up to a number of them: those that go, then what is purged, then what may share layers with
 * what goes, nearest first, then all others, so that in the end everything is known; the largest of a kind first.
 */
export function chooseManifests(
  most: number,
  near: Neighbourhood,
): {
  readonly offer: (manifest: Manifest) => void;
  readonly chosen: () => readonly Manifest[];
} {
  let ranked: RankedManifest[] = [];
  const tried = new Map<number, RankedManifest>();
  const refusing = near.refusing ?? new Set();
  const place = (one: RankedManifest): void => {
    const [project = -1] = one.manifest.projects;
    if (!one.manifest.projects.every((at, index) => index % 2 === 1 || refusing.has(at))) {
      ranked.push(one);
      return;
    }
    const other = tried.get(project);
    const isBetter = other === undefined || byValue(one, other) < 0;
    if (isBetter) tried.set(project, one);
    const late = isBetter ? other : one;
    if (late !== undefined) ranked.push({ ...late, rank: late.rank + lastRank + 1 });
  };
  const cut = (): void => {
    ranked = ranked.toSorted(byValue).slice(0, most);
  };
  return {
    offer: (manifest) => {
      place({ manifest, rank: rankOf(manifest, near) });
      if (ranked.length > 4 * most + 1_000) cut();
    },
    chosen: () => {
      cut();
      const tries = [...tried.values()].slice(0, Math.ceil(most / 4));
      const others = ranked.slice(0, Math.max(0, most - tries.length));
      // In the middle: where nothing but refusals comes first, reading is given up.
      const half = others.length >> 1;
      const all = [...others.slice(0, half), ...tries, ...others.slice(half)];
      return all.map(({ manifest }) => manifest);
    },
  };
}

const lastRank = 5;

function rankOf(manifest: Manifest, { repositories, projects }: Neighbourhood): number {
  const stays = (manifest.roles & lasting) !== 0;
  if (!stays && (manifest.roles & roles.goes) !== 0) return 0;
  if (!stays && (manifest.roles & roles.due) !== 0) return 1;
  if (manifest.repositories.some((one) => repositories.has(one))) return 2;
  if (manifest.projects.some((one, at) => at % 2 === 0 && projects.has(one))) return 3;
  return stays ? 4 : lastRank;
}

function byValue(one: RankedManifest, other: RankedManifest): number {
  return (
    one.rank - other.rank ||
    other.manifest.cap - one.manifest.cap ||
    (one.manifest.digest < other.manifest.digest ? -1 : 1)
  );
}
