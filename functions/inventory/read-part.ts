import type { Artifact } from '../domain/artifact.ts';
import { weightOfParts } from '../domain/bounds.ts';
import { tooHeavy } from '../domain/capacity.ts';
import { fullName, type RepositoryFacts, type RepositoryHead } from '../domain/repository.ts';
import type { HarborReader } from '../ports.ts';
import { type Part, weightOf } from './cut-into-parts.ts';

/** What reading needs to know of policy and survey. */
export interface ReadOptions {
  readonly withChildren: boolean;
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
  const facts: RepositoryFacts[] = [];
  let room = roomOf(part, options.maxArtifacts);
  for (const scope of part) {
    const { withChildren, confirmUntagged, maxArtifacts } = options;
    const { unread, kept, ...whole } = scope;
    if (unread !== undefined) {
      facts.push(...scope.repositories.map((head) => notRead(head, unread)));
      continue;
    }
    const confirmLabels = options.confirmLabels?.(scope.project) ?? [];
    const limit = maxArtifacts === undefined ? {} : { maxArtifacts };
    const old = kept === undefined ? [] : ((await options.kept?.(kept, scope.repositories)) ?? []);
    facts.push(...old);
    const has = new Set(old.map(({ head }) => head.id));
    const repositories = scope.repositories.filter(({ id }) => !has.has(id));
    if (repositories.length === 0) continue;
    const asked = {
      ...whole,
      repositories,
      withChildren,
      confirmUntagged,
      confirmLabels,
      ...limit,
      onPage: (artifacts: number) => options.onPage?.(scope.project, artifacts),
      ...(room === undefined ? {} : { maxWeight: room }),
    };
    for await (const listing of harbor.listArtifacts(asked)) {
      const weight = weightOfAll(listing.artifacts);
      const heavy = tooHeavy(weight, listing.artifacts.length, room);
      if (heavy !== undefined) {
        facts.push(notRead(listing.head, heavy));
        continue;
      }
      if (room !== undefined) room = Math.max(0, room - weight);
      const because =
        listing.kind === 'incomplete' ? listing.because : options.unplannable[listing.head.project];
      facts.push(
        because === undefined
          ? { kind: 'complete', head: listing.head, artifacts: listing.artifacts }
          : { kind: 'unplannable', head: listing.head, seen: listing.artifacts, because },
      );
    }
  }
  return facts;
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
