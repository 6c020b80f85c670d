import type { HarborFacts } from '../domain/registry.ts';
import { RetentionError } from '../errors.ts';
import type {
  Changes,
  Harbor,
  HarborGarbage,
  HarborInspector,
  HarborReader,
  HarborWriter,
} from '../ports.ts';
import type { HarborCredential } from './secrets-manager.ts';

export interface OnDemand {
  /** Reads the credential again at every call. */
  credential(): Promise<HarborCredential>;
  connect(credential: HarborCredential): Promise<Harbor>;
}

interface Connected {
  readonly harbor: Harbor;
  readonly credential: HarborCredential;
}

const sameCredential = (a: HarborCredential, b: HarborCredential): boolean =>
  a.username === b.username &&
  a.password === b.password &&
  a.url === b.url &&
  JSON.stringify(a.reach) === JSON.stringify(b.reach);

const nothingSent = { sent: 0, retried: 0, lowerBound: 0, waitedMs: 0 };

/**
 * A Harbor that signs in when it is first asked. So a missing secret fails inside the run, which then
 * leaves a report that says so. A credential that Harbor does not accept is read again once, because
 * it may have been rotated since.
 */
export function harborOnDemand(source: OnDemand): Harbor {
  let connected: Promise<Connected> | undefined;
  let known: Harbor | undefined;
  const open = async (credential: HarborCredential): Promise<Connected> => {
    known = await source.connect(credential);
    return { harbor: known, credential };
  };
  const connection = (): Promise<Connected> => (connected ??= source.credential().then(open));
  const reader = async (): Promise<HarborReader> => (await connection()).harbor.reader;

  async function identify(): Promise<HarborFacts> {
    const before = await connection();
    try {
      return await before.harbor.reader.identify();
    } catch (error) {
      if (!(error instanceof RetentionError) || error.code !== 'harbor-not-signed-in') throw error;
      const fresh = await source.credential();
      if (sameCredential(fresh, before.credential)) throw error;
      connected = open(fresh);
      return (await reader()).identify();
    }
  }

  return {
    reader: {
      identify,
      address: async () => (await reader()).address(),
      listProjects: async () => (await reader()).listProjects(),
      listRepositories: async (projects, most) => (await reader()).listRepositories(projects, most),
      readImmutableRules: async (project) => (await reader()).readImmutableRules(project),
      readHarborRetention: async (project) => (await reader()).readHarborRetention(project),
      readReplications: async () => (await reader()).readReplications(),
      readOwnExpiry: async () => (await reader()).readOwnExpiry(),
      confirmsLabels: async (project) => (await reader()).confirmsLabels(project),
      readClaims: async (project) => (await reader()).readClaims(project),
      readQuota: async (project) => (await reader()).readQuota(project),
      async *listArtifacts(scope) {
        yield* (await reader()).listArtifacts(scope);
      },
      readMembers: async (...asked) => (await reader()).readMembers(...asked),
      requests: () => known?.reader.requests() ?? nothingSent,
    },
    manifests: {
      readArtifact: async (place, digest) =>
        (await connection()).harbor.manifests.readArtifact(place, digest),
      readBlobs: async (place, digest) =>
        (await connection()).harbor.manifests.readBlobs(place, digest),
    },
    changes: changing(async () => (await connection()).harbor.changes),
  };
}

/** The ports that look closely and change, after the same sign-in. */
function changing(changes: () => Promise<Changes>): Changes {
  const looking = async (): Promise<HarborInspector> => (await changes()).inspector;
  const writing = async (): Promise<HarborWriter> => (await changes()).writer;
  const collecting = async (): Promise<HarborGarbage> => (await changes()).garbage;
  return {
    inspector: {
      readArtifact: async (place, digest) => (await looking()).readArtifact(place, digest),
      readMembers: async (...asked) => (await looking()).readMembers(...asked),
      readTag: async (place, tag) => (await looking()).readTag(place, tag),
      isUntagged: async (place, artifact) => (await looking()).isUntagged(place, artifact),
      listRegistryTags: async (place) => (await looking()).listRegistryTags(place),
      readRepository: async (head) => (await looking()).readRepository(head),
      readLabels: async (projectId) => (await looking()).readLabels(projectId),
      readProjectLabels: async (projectId) => (await looking()).readProjectLabels(projectId),
      readManifest: async (place, digest) => (await looking()).readManifest(place, digest),
      readBlobs: async (place, digest) => (await looking()).readBlobs(place, digest),
      listPushedSince: async (place, since, until) =>
        (await looking()).listPushedSince(place, since, until),
      readLog: async (project, span) => (await looking()).readLog(project, span),
    },
    writer: {
      copyArtifact: async (from, to) => (await writing()).copyArtifact(from, to),
      deleteArtifact: async (place, digest) => (await writing()).deleteArtifact(place, digest),
      createTag: async (place, tag) => (await writing()).createTag(place, tag),
      deleteRepository: async (place) => (await writing()).deleteRepository(place),
      claimProject: async (place, description) =>
        (await writing()).claimProject(place, description),
      addLabel: async (place, labelId) => (await writing()).addLabel(place, labelId),
      putManifest: async (place, manifest) => (await writing()).putManifest(place, manifest),
      removeTag: async (place, tag) => (await writing()).removeTag(place, tag),
    },
    garbage: {
      listCollections: async () => (await collecting()).listCollections(),
      readCollection: async (id) => (await collecting()).readCollection(id),
      confirmReadable: async (id) => (await collecting()).confirmReadable(id),
      startCollection: async (how) => (await collecting()).startCollection(how),
    },
  };
}
