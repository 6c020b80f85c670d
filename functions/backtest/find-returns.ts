import type { Artifact, Digest } from '../domain/artifact.ts';
import { type Instant, knownOf } from '../domain/instant.ts';
import type { RepositoryFacts } from '../domain/repository.ts';
import type { Absence, Absences } from './absences.ts';

/** All rows that facts hold, shown by the list or not. */
export function rowsIn(facts: RepositoryFacts): readonly Artifact[] {
  if (facts.kind === 'unplannable') return facts.seen;
  const { artifacts, hidden = [] } = facts;
  return hidden.length === 0 ? artifacts : [...artifacts, ...hidden];
}

/**
 * Marks what came again since it went: an artifact with a tag, or a push, that is younger than its removal, and all
 * that hangs on what is there, because whoever pushes an index pushes its children again. What is marked already stays
 * as it is, so that a night may be gone through twice.
 */
export function findReturns(facts: RepositoryFacts, { rows }: Absences, takenAt: Instant): void {
  const all = rowsIn(facts);
  const byDigest = new Map<Digest, Artifact>();
  const present: Artifact[] = [];
  const back = new Map<Absence, Instant>();
  const backAt = (absence: Absence): Instant | undefined => absence.backAt ?? back.get(absence);
  for (const artifact of all) {
    byDigest.set(artifact.digest, artifact);
    const absence = rows.get(artifact.digest);
    const at = absence === undefined ? undefined : comesBackAt(artifact, absence);
    if (absence !== undefined && at !== undefined && absence.backAt === undefined)
      back.set(absence, at);
    const isGone = absence?.id === artifact.id && at === undefined;
    if (!isGone) present.push(artifact);
  }
  // Grows while it is gone through, until nothing is known to have come earlier.
  for (const artifact of present) {
    for (const digest of hangingOn(artifact)) {
      const absence = rows.get(digest);
      if (absence === undefined || absence.backAt !== undefined) continue;
      const own = rows.get(artifact.digest);
      const ownBack = own?.id === artifact.id ? backAt(own) : undefined;
      const at = ownBack ?? pushedAfter(artifact, absence.at) ?? takenAt;
      if (at >= (back.get(absence) ?? Infinity)) continue;
      back.set(absence, at);
      const row = byDigest.get(digest);
      if (row !== undefined) present.push(row);
    }
  }
  for (const [absence, at] of back) {
    absence.backAt = at;
    if (absence.as === 'head') absence.of.closedAt ??= at;
  }
}

/** When a row that was taken, or its digest in another row, was pushed or tagged again; undefined: it was not. */
function comesBackAt(artifact: Artifact, { id, at, backAt }: Absence): Instant | undefined {
  if (backAt !== undefined) return backAt;
  const pushes = knownOf(artifact.tags).map(({ pushedAt }) => pushedAt);
  const after = [artifact.pushedAt, ...pushes].filter((one) => one !== 'unknown' && one > at);
  if (after.length > 0) return Math.min(...after.map(Number));
  // Another row is another push, whatever its clock says.
  return artifact.id === id ? undefined : at + 1;
}

function hangingOn({ children, accessories }: Artifact): readonly Digest[] {
  if (children.length === 0 && (accessories === 'unknown' || accessories.length === 0)) return none;
  return [...children, ...knownOf(accessories).map(({ digest }) => digest)];
}

const none: readonly Digest[] = [];

/** The push of something that was not taken, if it lists what went before. */
function pushedAfter({ pushedAt }: Artifact, at: Instant): Instant | undefined {
  return pushedAt !== 'unknown' && pushedAt > at ? pushedAt : undefined;
}
