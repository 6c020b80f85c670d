import type {
  ArtifactListing,
  ArtifactScope,
  HarborReader,
  ProjectHead,
} from '../../functions/ports.ts';
import {
  type Generated,
  generatedRepository,
  generatedSignature,
  generatedSurvey,
} from './generated.ts';

const trash: ProjectHead = {
  name: 'retention-trash',
  id: 1_000_000,
  isPublic: false,
  isProxyCache: false,
  repositoryCount: 0,
  retentionId: undefined,
  scansOnPush: false,
};

/** A Harbor that makes its artifacts up as they are asked for: no server, no network, no time. It can only be read. */
export function generatedHarbor(generated: Generated): HarborReader {
  const { harbor } = generatedSurvey(generated).registry;
  let sent = 0;
  const answer = <T>(value: T): Promise<T> => {
    sent += 1;
    return Promise.resolve(value);
  };
  async function* list(scope: ArtifactScope): AsyncGenerator<ArtifactListing> {
    let rows = 0;
    for (const head of scope.repositories) {
      rows += head.artifactCount;
      const { artifacts } = generatedRepository(head);
      yield await Promise.resolve({ kind: 'complete', head, artifacts });
    }
    sent += Math.ceil(rows / 100);
  }
  return {
    identify: () => answer(harbor),
    address: () => Promise.resolve(harbor.url),
    listProjects: () => answer([...generated.projects, trash]),
    listRepositories: () => {
      sent += Math.ceil(generated.heads.length / 100);
      return Promise.resolve(generated.heads);
    },
    readImmutableRules: () => answer([]),
    readHarborRetention: () => Promise.resolve('none'),
    readReplications: () => answer([]),
    readOwnExpiry: () => answer('never'),
    confirmsLabels: () => Promise.resolve(true),
    readClaims: () => answer([]),
    readQuota: () => answer({ hard: -1, used: 0 }),
    listArtifacts: list,
    readMembers: (_place, members) =>
      answer(
        new Map(
          members.map(({ digest }) => [
            digest,
            { kind: 'there', artifact: generatedSignature(digest), immutableTags: [] },
          ]),
        ),
      ),
    requests: () => ({ sent, retried: 0, lowerBound: sent, waitedMs: 0 }),
  };
}
