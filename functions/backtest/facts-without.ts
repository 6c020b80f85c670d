import type { Artifact, Digest } from '../domain/artifact.ts';
import { type Instant, type Known, knownOf } from '../domain/instant.ts';
import type { RepositoryFacts } from '../domain/repository.ts';
import type { Absence, Absences } from './absences.ts';

/**
 * The facts of a night as they would be, had the backtest's removals been made: without what went, and with what came
 * again as it came. Returns are marked before (find-returns.ts).
 */
export function factsWithout(facts: RepositoryFacts, absences: Absences): RepositoryFacts {
  if (absences.rows.size === 0 && absences.tags.size === 0) return facts;
  const left = (rows: readonly Artifact[]): readonly Artifact[] =>
    rows.flatMap((artifact) => asItWouldBe(artifact, absences));
  if (facts.kind === 'unplannable') {
    const seen = left(facts.seen);
    return { ...facts, head: withFewer(facts, [facts.seen, seen]), seen };
  }
  const artifacts = left(facts.artifacts);
  const { hidden } = facts;
  return {
    ...facts,
    head: withFewer(facts, [facts.artifacts, artifacts]),
    artifacts,
    ...(hidden === undefined ? {} : { hidden: left(hidden) }),
  };
}

/** Harbor's count is of listed artifacts without untagged children. */
function withFewer(
  { head }: RepositoryFacts,
  [before, after]: readonly [readonly Artifact[], readonly Artifact[]],
): RepositoryFacts['head'] {
  const left = new Set(after.map(({ digest }) => digest));
  const gone = before.filter(({ digest }) => !left.has(digest));
  const children = childrenIn(before);
  const counted = gone.filter((one) => isCounted(one, children));
  return { ...head, artifactCount: Math.max(0, head.artifactCount - counted.length) };
}

/** The digests that indexes among these list. */
export function childrenIn(artifacts: readonly Artifact[]): ReadonlySet<Digest> {
  return new Set(artifacts.flatMap(({ children }) => children));
}

/** Whether Harbor counts it: an untagged child of an index counts with the index. */
export function isCounted({ digest, tags }: Artifact, children: ReadonlySet<Digest>): boolean {
  return tags === 'unknown' || tags.length > 0 || !children.has(digest);
}

function asItWouldBe(artifact: Artifact, { rows, tags }: Absences): readonly Artifact[] {
  const absence = rows.get(artifact.digest);
  if (absence !== undefined && absence.id === artifact.id)
    return absence.backAt === undefined ? [] : [asItCame(artifact, absence, absence.backAt)];
  const own = tags.get(artifact.id);
  if (own === undefined || artifact.tags === 'unknown') return [artifact];
  const left = artifact.tags.filter((tag) => {
    const removed = own.get(tag.name);
    return removed === undefined || isAfter(tag.pushedAt, removed.at);
  });
  return [left.length === artifact.tags.length ? artifact : { ...artifact, tags: left }];
}

/** A new push of the same digest: it has the tags that came with or after it, and no pull from before. */
function asItCame(artifact: Artifact, { at }: Absence, backAt: Instant): Artifact {
  const { tags, pulledAt } = artifact;
  const own = knownOf(tags).filter((tag) => isAfter(tag.pushedAt, at));
  return {
    ...artifact,
    pushedAt: backAt,
    pulledAt: isAfter(pulledAt, at) ? pulledAt : 'unknown',
    tags: tags === 'unknown' ? tags : own,
  };
}

const isAfter = (time: Known<Instant>, at: Instant): boolean => time !== 'unknown' && time > at;
