import { fullName, type RepositoryFacts, type RepositoryHead } from '../domain/repository.ts';
import type { HarborReader } from '../ports.ts';
import type { Part } from './parts.ts';

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
    };
    for await (const listing of harbor.listArtifacts(asked)) {
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

function notRead(head: RepositoryHead, unread: string): RepositoryFacts {
  const because = `${fullName(head)} is not planned: ${unread}`;
  return { kind: 'unplannable', head, seen: [], because };
}
