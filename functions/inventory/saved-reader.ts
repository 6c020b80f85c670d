import type { Digest } from '../domain/artifact.ts';
import type { RepositoryFacts } from '../domain/repository.ts';
import type { ArtifactListing, ArtifactNow, ArtifactScope, HarborReader } from '../ports.ts';
import type { SavedInventory } from './saved-inventory.ts';

/** Answers as the Harbor did when the inventory was saved; sends no requests. */
export function savedInventoryReader({ head, repositories }: SavedInventory): HarborReader {
  const byName = new Map(
    repositories.map((facts) => [`${facts.head.project}/${facts.head.name}`, facts]),
  );
  const projectOf = (name: string) => head.projects.find((project) => project.name === name);
  return {
    identify: () => Promise.resolve(head.harbor),
    address: () => Promise.resolve(head.harbor.url),
    listProjects: () =>
      Promise.resolve(
        head.projects.map((project) => ({
          ...project,
          retentionId: undefined,
          scansOnPush: false,
        })),
      ),
    listRepositories: () => Promise.resolve(repositories.map((facts) => facts.head)),
    readImmutableRules: (project) =>
      Promise.resolve(projectOf(project.name)?.immutableRules ?? 'unknown'),
    readHarborRetention: (project) =>
      Promise.resolve(projectOf(project.name)?.harborRetention ?? 'unknown'),
    readReplications: () => Promise.resolve(head.replications),
    readOwnExpiry: () => Promise.resolve('unknown'),
    confirmsLabels: () => Promise.resolve(true),
    readClaims: () => Promise.resolve([]),
    readQuota: () => Promise.resolve('unknown'),
    listArtifacts: (scope) => listSaved(scope, byName),
    readMembers: ({ project, repository }, members) =>
      Promise.resolve(membersIn(byName.get(`${project}/${repository}`), members)),
    requests: () => ({ sent: 0, retried: 0, lowerBound: 0, waitedMs: 0 }),
  };
}

/** What the run that was saved had read; of anything else nothing is known. */
function membersIn(
  facts: RepositoryFacts | undefined,
  members: readonly { readonly digest: Digest }[],
): ReadonlyMap<Digest, ArtifactNow> {
  const hidden = facts?.kind === 'complete' ? (facts.hidden ?? []) : [];
  const asked = new Set(members.map(({ digest }) => digest));
  return new Map(
    hidden
      .filter(({ digest }) => asked.has(digest))
      .map((artifact) => [artifact.digest, { kind: 'there', artifact, immutableTags: [] }]),
  );
}

async function* listSaved(
  scope: ArtifactScope,
  byName: ReadonlyMap<string, RepositoryFacts>,
): AsyncGenerator<ArtifactListing> {
  for (const head of scope.repositories) {
    const facts = await Promise.resolve(byName.get(`${head.project}/${head.name}`));
    if (facts?.kind === 'complete') {
      const { artifacts, hidden } = facts;
      const shown = scope.pulledSince === undefined || hidden === undefined ? {} : { hidden };
      yield { kind: 'complete', head, artifacts, ...shown };
    } else {
      yield {
        kind: 'incomplete',
        head,
        artifacts: facts?.seen ?? [],
        because: facts?.because ?? 'it is not in the saved inventory.',
      };
    }
  }
}
