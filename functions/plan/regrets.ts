import { timesOf } from '../domain/artifact-times.ts';
import type { Artifact } from '../domain/artifact.ts';
import { byText } from '../domain/artifact-order.ts';
import { type Graph, graphOf, isUntaggedChild, relativesOf } from '../domain/graph.ts';
import { sha256Hex } from '../domain/hash.ts';
import {
  formatInstant,
  type Instant,
  type Known,
  knownOf,
  latestKnown,
} from '../domain/instant.ts';
import type { FoundRegrets, Regret } from '../domain/regret.ts';
import { fullName, type RepositoryFacts } from '../domain/repository.ts';
import { formerTag } from '../domain/trash.ts';
import type { CopyHold } from './trash-promises.ts';

/** Regrets that are kept one by one; the rest is kept as one. */
const mostKept = 200;

/** What can't be looked at, as a refusal shows it. */
const mostUnknown = 5;

/** Harbor's clock and ours differ by no more, or another rail refuses (guard/clocks-apart.ts). */
const clockTolerance = 5 * 60_000;

export interface Looking {
  /** When the roll-out began, by our clock. */
  readonly startedAt: Instant;
  /** Why a list of digests or of images in use holds a copy, if one does. */
  readonly holdOn: (artifact: Artifact, graph: Graph) => CopyHold | undefined;
}

export interface RegretsInRepository {
  readonly regrets: readonly Regret[];
  readonly unknown: readonly string[];
}

/**
 * What in a repository of the trash shows that a deletion since the roll-out began was missed: a copy was pulled since,
 * was restored, or is named by a list. Whoever pulls from the trash may be a person who looks, and may be somebody who
 * needs the image; that can't be told apart, so it counts. What can't be seen is unknown. Pure.
 */
export function regretsIn(facts: RepositoryFacts, looking: Looking): RegretsInRepository {
  const name = fullName(facts.head);
  if (facts.kind === 'unplannable') return { regrets: [], unknown: [`${name}: ${facts.because}`] };
  const since = looking.startedAt - clockTolerance;
  const graph = graphOf(facts.artifacts);
  const regrets: Regret[] = [];
  const unknown: string[] = [];
  for (const artifact of facts.artifacts) {
    if (isUntaggedChild(graph, artifact)) continue;
    const copy = `${name}@${artifact.digest}`;
    if (artifact.tags === 'unknown') unknown.push(`${copy}: its tags are not known`);
    const at = deletedAt(artifact);
    if (at !== 'unknown' && at < since) continue;
    for (const [kind, because] of signsOf(artifact, graph, { ...looking, since }))
      regrets.push({ key: keyOf(copy, kind, at), copy, because });
  }
  return { regrets, unknown };
}

/** All that was found, bounded: beyond the bound the rest stands as one. Pure. */
export function summedRegrets(found: readonly RegretsInRepository[]): FoundRegrets {
  const all = found
    .flatMap(({ regrets }) => regrets)
    .toSorted((one, other) => byText(one.copy, other.copy) || byText(one.key, other.key));
  const unknown = found.flatMap((one) => one.unknown);
  const rest = all.slice(mostKept);
  const more = unknown.length - mostUnknown;
  return {
    seen: [...all.slice(0, mostKept), ...asOne(rest)],
    count: all.length,
    unknown: more > 0 ? [...unknown.slice(0, mostUnknown), `and ${more} more`] : unknown,
  };
}

function asOne(rest: readonly Regret[]): readonly Regret[] {
  const [first] = rest;
  if (first === undefined) return [];
  const key = shortHash(rest.map((one) => one.key));
  return [{ ...first, key }];
}

/**
 * When it was deleted last: Harbor gave the copy its push time, or a tag of ours its own. Neither a tag that somebody
 * else put on it counts, nor the one that says it was restored.
 */
function deletedAt({ digest, pushedAt, tags }: Artifact): Known<Instant> {
  if (tags === 'unknown' || pushedAt === 'unknown') return 'unknown';
  const own = tags.filter(({ name }) => {
    const { kind } = formerTag(digest, name);
    return kind !== 'foreign' && kind !== 'restored';
  });
  const times = own.map((tag) => tag.pushedAt);
  return times.includes('unknown') ? 'unknown' : latestKnown([pushedAt, ...times]);
}

/** Every kind of sign that a copy bears, with the end of a sentence about it. */
function signsOf(
  artifact: Artifact,
  graph: Graph,
  { holdOn, since }: Looking & { readonly since: Instant },
): readonly (readonly [kind: string, because: string])[] {
  const { pulled } = timesOf(artifact, relativesOf(graph, artifact));
  const isRestored = knownOf(artifact.tags).some(
    ({ name }) => formerTag(artifact.digest, name).kind === 'restored',
  );
  const held = holdOn(artifact, graph);
  // A copy is made without a pull time, so each one that it has is that of a pull from the trash.
  const isPulled = pulled !== 'unknown' && pulled >= since;
  return [
    ...(isPulled
      ? [['pulled', `was pulled on ${formatInstant(pulled).slice(0, 16)}Z`] as const]
      : []),
    ...(isRestored ? [['restored', 'was restored'] as const] : []),
    ...(held === undefined
      ? []
      : [[listedAs(held), `is held by a list: ${held.because}`] as const]),
  ];
}

/** Whoever acknowledged that a list could not be read has not acknowledged that it names the copy. */
function listedAs({ isUnknown }: CopyHold): string {
  return isUnknown ? 'may-be-named' : 'named';
}

/** Names the sign. A later pull of the same copy is the same sign, another deletion of it is another. */
function keyOf(copy: string, kind: string, at: Known<Instant>): string {
  return shortHash([copy, kind, at]);
}

function shortHash(parts: readonly unknown[]): string {
  return sha256Hex(JSON.stringify(parts)).slice(0, 16);
}
