import type { Artifact } from '../domain/artifact.ts';
import { defined } from '../domain/defined.ts';
import { weightOfParts } from '../domain/bounds.ts';
import { tooHeavy } from '../domain/capacity.ts';
import { fullName, type RepositoryFacts, type RepositoryHead } from '../domain/repository.ts';
import type { HarborReader } from '../ports.ts';
import type { Instant } from '../domain/instant.ts';
import { type Part, type PartScope, weightOf } from './cut-into-parts.ts';
import { silentRepositories } from './pulled-since.ts';

/** What reading needs to know of policy and survey. */
export interface ReadOptions {
  /** List the untagged children of indexes as well. */
  readonly withChildren: boolean;
  /** Otherwise: since when pulls of these matter in a project, by the instant of the run. */
  readonly pulls?: { readonly since: (project: string) => Instant; readonly now: Instant };
  readonly confirmUntagged: boolean;
  /** Labels that save what bears them, in a project. */
  readonly confirmLabels?: (project: string) => readonly string[];
  /** Projects of which nothing is planned, and why. */
  readonly unplannable: Readonly<Record<string, string>>;
  /** Facts of an earlier run, of those repositories for which they will do. */
  readonly kept?: (
    part: string,
    heads: readonly RepositoryHead[],
  ) => Promise<readonly RepositoryFacts[]>;
  /** Called with every page: its project, and the number of artifacts that it lists. */
  readonly onPage?: (project: string, artifacts: number) => void;
  /** A repository with more is not read to its end. */
  readonly maxArtifacts?: number | undefined;
}

/** Reads all repositories of a part; a repository that is not provably whole comes out unplannable. */
export async function readPart(
  harbor: HarborReader,
  part: Part,
  options: ReadOptions,
): Promise<readonly RepositoryFacts[]> {
  const read = partReader(harbor, options, roomOf(part, options.maxArtifacts));
  const facts: RepositoryFacts[] = [];
  for (const scope of part) {
    const { unread, kept } = scope;
    if (unread !== undefined) {
      facts.push(...scope.repositories.map((head) => notRead(head, unread)));
      continue;
    }
    const old = kept === undefined ? [] : ((await options.kept?.(kept, scope.repositories)) ?? []);
    facts.push(...old);
    const has = new Set(old.map(({ head }) => head.id));
    const repositories = scope.repositories.filter(({ id }) => !has.has(id));
    facts.push(...(await read({ ...scope, repositories }, options.withChildren)));
  }
  return options.pulls === undefined
    ? facts
    : await withSilent(facts, { part, read, now: options.pulls.now });
}

type ReadScope = (scope: PartScope, withChildren: boolean) => Promise<readonly RepositoryFacts[]>;

/** Reads scopes one after the other; what they weigh together is bounded. */
function partReader(
  harbor: HarborReader,
  options: ReadOptions,
  most: number | undefined,
): ReadScope {
  let room = most;
  return async ({ project, projectId, repositories, by }, withChildren) => {
    if (repositories.length === 0) return [];
    const { confirmUntagged, maxArtifacts } = options;
    const since = withChildren ? undefined : options.pulls?.since(project);
    const facts: RepositoryFacts[] = [];
    const asked = {
      project,
      projectId,
      repositories,
      by,
      withChildren,
      confirmUntagged,
      confirmLabels: options.confirmLabels?.(project) ?? [],
      onPage: (artifacts: number) => options.onPage?.(project, artifacts),
      ...defined({ pulledSince: since, maxArtifacts, maxWeight: room }),
    };
    for await (const listing of harbor.listArtifacts(asked)) {
      const { head, artifacts } = listing;
      const hidden = listing.kind === 'complete' ? (listing.hidden ?? []) : [];
      const all = [...artifacts, ...hidden];
      const weight = weightOfAll(all);
      const heavy = tooHeavy(weight, all.length, room);
      if (heavy !== undefined) {
        facts.push(notRead(head, heavy));
        continue;
      }
      if (room !== undefined) room = Math.max(0, room - weight);
      const because =
        listing.kind === 'incomplete' ? listing.because : options.unplannable[head.project];
      facts.push(
        because === undefined
          ? { kind: 'complete', head, artifacts, ...(hidden.length === 0 ? {} : { hidden }) }
          : { kind: 'unplannable', head, seen: all, because },
      );
    }
    return facts;
  };
}

/** The same facts, where it takes all children to see whether pull times live. */
async function withSilent(
  facts: readonly RepositoryFacts[],
  { part, read, now }: { readonly part: Part; readonly read: ReadScope; readonly now: Instant },
): Promise<readonly RepositoryFacts[]> {
  const silent = new Set(silentRepositories(facts, now).map(({ head }) => head.id));
  if (silent.size === 0) return facts;
  const again = new Map<number, RepositoryFacts>();
  for (const scope of part) {
    const repositories = scope.repositories.filter(({ id }) => silent.has(id));
    for (const one of await read({ ...scope, repositories }, true)) again.set(one.head.id, one);
  }
  return facts.map((one) => again.get(one.head.id) ?? one);
}

/** Beyond what its repositories are known to hold, a part may weigh so much, in artifacts. */
const leastRoom = 5_000;

/**
 * What the artifacts of a part may weigh together: several parts are read at the same time, and each was let in by what
 * Harbor counts in it. What weighs one artifact each always fits.
 */
function roomOf(part: Part, most: number | undefined): number | undefined {
  if (most === undefined) return undefined;
  let expected = 0;
  for (const scope of part) expected += weightOf(scope);
  return Math.max(expected, Math.min(most, 2 * expected + leastRoom));
}

function weightOfAll(artifacts: readonly Artifact[]): number {
  let weight = 0;
  for (const { tags, labels, children, accessories } of artifacts) {
    const counts = [tags, labels, children, accessories].map((all) =>
      all === 'unknown' ? 0 : all.length,
    );
    weight += weightOfParts(counts.reduce((sum, count) => sum + count, 0));
  }
  return weight;
}

function notRead(head: RepositoryHead, unread: string): RepositoryFacts {
  const because = `${fullName(head)} is not planned: ${unread}`;
  return { kind: 'unplannable', head, seen: [], because };
}
