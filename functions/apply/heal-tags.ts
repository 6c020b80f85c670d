import type { Artifact, Digest } from '../domain/artifact.ts';
import type { Place } from '../domain/trash.ts';
import type { WriteAnswer } from '../ports.ts';
import type { HealingProblem } from './heal.ts';
import type { Hands } from './hands.ts';

/** Which tag a push has lost, and on what it belongs. */
export type LostTag =
  | { readonly kind: 'none' }
  | { readonly kind: 'clear'; readonly tag: string; readonly digest: Digest }
  | { readonly kind: 'unclear'; readonly problem: HealingProblem };

interface Seen {
  /** Tags that the run deleted here. */
  readonly names: ReadonlySet<string>;
  /** What was pushed here since. */
  readonly pushed: readonly Artifact[];
}

/**
 * A tag that a push moves while the old image or tag is deleted is lost, and the pushed image ends untagged (harbor.md
 * T47). Only one missing tag and one untagged newcomer say together what belongs where: anything else is told, not
 * guessed. @throws RetentionError if Harbor can't be asked
 */
export async function findLostTags(place: Place, seen: Seen, hands: Hands): Promise<LostTag> {
  const children = new Set(seen.pushed.flatMap((artifact) => artifact.children));
  const bare: Digest[] = [];
  for (const artifact of seen.pushed) {
    if (artifact.tags === 'unknown' || artifact.tags.length > 0) continue;
    if (children.has(artifact.digest)) continue;
    // Rows listed while others delete are torn (harbor.md T48).
    if (await hands.harbor.isUntagged(place, artifact)) bare.push(artifact.digest);
  }
  if (bare.length === 0) return { kind: 'none' };
  const missing: string[] = [];
  for (const tag of seen.names) {
    if ((await hands.harbor.readTag(place, tag)) === undefined) missing.push(tag);
  }
  const [tag] = missing;
  const [digest] = bare;
  if (tag === undefined || digest === undefined) return { kind: 'none' };
  if (missing.length === 1 && bare.length === 1) return { kind: 'clear', tag, digest };
  return { kind: 'unclear', problem: unclear(place, { missing, bare }) };
}

/** Undefined once the tag is there, on whatever: it never takes one from somebody else. */
export async function putTagBack(
  place: Place,
  lost: { readonly tag: string; readonly digest: Digest },
  hands: Hands,
): Promise<HealingProblem | undefined> {
  const answer = await hands.harbor.createTag({ ...place, digest: lost.digest }, lost.tag);
  if (answer.kind === 'done' || answer.kind === 'conflict') return undefined;
  if ((await hands.harbor.readTag(place, lost.tag)) !== undefined) return undefined;
  return {
    on: `${place.project}/${place.repository}:${lost.tag}`,
    message: `A push that moved this tag while its old image was deleted lost it, and it could not be put back: ${inWords(answer)}`,
    remedy: `Put it back: ${command(place, lost)}`,
  };
}

const shown = 5;

function unclear(
  place: Place,
  { missing, bare }: { readonly missing: readonly string[]; readonly bare: readonly Digest[] },
): HealingProblem {
  const some = (all: readonly string[]): string =>
    all.length <= shown
      ? all.join(', ')
      : `${all.slice(0, shown).join(', ')} and ${all.length - shown} more`;
  return {
    on: `${place.project}/${place.repository}`,
    message: `Pushed untagged while this run deleted tags here: ${some(bare)}. If a push moved one of these tags meanwhile, it is lost: ${some(missing)}.`,
    remedy: `If one of them was meant to have the tag: ${command(place, { tag: 'TAG', digest: bare.length === 1 ? (bare[0] ?? '') : 'DIGEST' })}`,
  };
}

function command({ project, repository }: Place, lost: { tag: string; digest: string }): string {
  const name = encodeURIComponent(encodeURIComponent(repository));
  return `curl -sf -u "$HARBOR_USER:$HARBOR_PASSWORD" -X POST -H 'Content-Type: application/json' -d '{"name":"${lost.tag}"}' "$HARBOR_URL/api/v2.0/projects/${project}/repositories/${name}/artifacts/${lost.digest}/tags"`;
}

function inWords(answer: WriteAnswer): string {
  return 'because' in answer ? answer.because : answer.kind;
}
