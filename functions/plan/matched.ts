import type { Artifact, Digest } from '../domain/artifact.ts';
import { listedImages, type ListedEntry } from '../domain/image-list.ts';
import { type Known, knownOf } from '../domain/instant.ts';
import type { Policy } from '../domain/policy.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import type { RepositoryFacts } from '../domain/repository.ts';
import { keyOf, type SeenRepository, type WrittenName } from '../domain/written-name.ts';

/** What of a policy and its lists matched something so far: keys of names, and numbers of entries. Plain JSON. */
export interface Matched {
  readonly names: readonly string[];
  readonly inUse: readonly number[];
  readonly digests: readonly number[];
}

export const nothingMatched: Matched = { names: [], inUse: [], digests: [] };

/** Adds what one repository matches. What matched already is not asked again. Pure. */
export function matchedIn(
  facts: RepositoryFacts,
  known: Matched,
  { policy, registry }: { readonly policy: Policy; readonly registry: Lists },
): Matched {
  const artifacts = facts.kind === 'complete' ? facts.artifacts : facts.seen;
  const { project, name: repository } = facts.head;
  const seen: SeenRepository = {
    project,
    repository,
    tags: artifacts.flatMap(({ tags }) => knownOf(tags).map((tag) => tag.name)),
    labels: artifacts.flatMap(({ labels }) => knownOf(labels)),
    types: new Set(artifacts.map(({ type }) => type)),
    mediaTypes: shown(artifacts.map(({ configType }) => configType)),
    artifactTypes: shown(artifacts.map(({ artifactType }) => artifactType)),
    isWhole: facts.kind === 'complete' && artifacts.every(isKnown),
  };
  const before = new Set(known.names);
  const names = policy.writtenNames.flatMap((one) => {
    if (before.has(keyOf(one))) return [];
    return one.matchesIn?.(seen) === true || one.matchesProject?.(project) === true
      ? [keyOf(one)]
      : [];
  });
  const digests = new Set(digestsIn(artifacts));
  const entriesIn = (entries: readonly ListedEntry[], already: readonly number[]): number[] =>
    newlyMatched(entries, new Set(already), { seen, digests });
  const { inUse, listedDigests } = registry;
  const inUseToo = entriesIn(inUse.entries, known.inUse);
  const listedToo =
    listedDigests === 'unknown' ? [] : entriesIn(listedDigests.entries, known.digests);
  if (names.length + inUseToo.length + listedToo.length === 0) return known;
  return {
    names: [...known.names, ...names],
    inUse: [...known.inUse, ...inUseToo],
    digests: [...known.digests, ...listedToo],
  };
}

function shown(types: readonly (string | undefined)[]): Known<ReadonlySet<string>> {
  const known = types.filter((type) => type !== undefined);
  return known.length < types.length ? 'unknown' : new Set(known);
}

function isKnown({ tags, labels }: Artifact): boolean {
  return tags !== 'unknown' && labels !== 'unknown';
}

/** Those of children and accessories as well: a list may name them. */
function digestsIn(artifacts: readonly Artifact[]): readonly Digest[] {
  return artifacts.flatMap(({ digest, children, accessories }) => [
    digest,
    ...children,
    ...knownOf(accessories).map((one) => one.digest),
  ]);
}

type Lists = Pick<RegistryFacts, 'inUse' | 'listedDigests'>;

function newlyMatched(
  entries: readonly ListedEntry[],
  already: ReadonlySet<number>,
  given: { readonly seen: SeenRepository; readonly digests: ReadonlySet<string> },
): number[] {
  if (entries.length === already.size) return [];
  const { seen, digests } = given;
  const path = `${seen.project}/${seen.repository}`;
  const references = new Set(seen.tags.map((tag) => `${path}:${tag}`));
  return entries.flatMap((entry, index) => {
    if (already.has(index)) return [];
    const matches =
      entry.digests.some((digest) => digests.has(digest)) ||
      entry.references.some((reference) => references.has(reference)) ||
      (entry.patterns.length > 0 && matchesPattern(entry, references));
    return matches ? [index] : [];
  });
}

function matchesPattern(entry: ListedEntry, references: ReadonlySet<string>): boolean {
  const { patterns } = listedImages([entry]);
  return patterns.some(({ matches }) => [...references].some(matches));
}

/** What of a policy matched nothing in a whole run. */
export interface Unmatched {
  readonly names: readonly Pick<WrittenName, 'place' | 'text' | 'protects'>[];
  readonly lists: readonly {
    readonly list: 'inUse' | 'digests';
    readonly entries: number;
    readonly unmatched: number;
    /** The first few. */
    readonly examples: readonly string[];
  }[];
}

const examples = 5;

/** What matched nothing, once every repository was looked at. Pure. */
export function unmatchedOf(
  { names, inUse, digests }: Matched,
  { policy, registry }: { readonly policy: Policy; readonly registry: Lists & Projects },
): Unmatched {
  const matched = new Set(names);
  const empty = registry.projects.map(({ name }) => name);
  return {
    names: policy.writtenNames
      .filter(
        (one) =>
          !matched.has(keyOf(one)) &&
          !empty.some((project) => one.matchesProject?.(project) === true),
      )
      .map(({ place, text, protects }) => ({ place, text, protects })),
    lists: [
      ...listOf('inUse', registry.inUse.entries, inUse),
      ...(registry.listedDigests === 'unknown'
        ? []
        : listOf('digests', registry.listedDigests.entries, digests)),
    ],
  };
}

type Projects = { readonly projects: readonly { readonly name: string }[] };

function listOf(
  list: 'inUse' | 'digests',
  entries: readonly ListedEntry[],
  matched: readonly number[],
): Unmatched['lists'] {
  if (entries.length === 0) return [];
  const found = new Set(matched);
  const rest = entries.filter((_, index) => !found.has(index));
  const shown = rest.slice(0, examples).map(({ written }) => written);
  return [{ list, entries: entries.length, unmatched: rest.length, examples: shown }];
}
