import type { HarborFacts } from '../domain/registry.ts';
import { RetentionError } from '../errors.ts';
import type { Harbor, HarborGarbage, HarborInspector, HarborWriter } from '../ports.ts';
import type { HarborCredential } from './secrets-manager.ts';

export interface OnDemand {
  /** Reads the credential anew at every call. */
  credential(): Promise<HarborCredential>;
  connect(credential: HarborCredential): Promise<Harbor>;
}

interface Connected {
  readonly reader: Harbor;
  readonly credential: HarborCredential;
}

const sameCredential = (a: HarborCredential, b: HarborCredential): boolean =>
  a.username === b.username && a.password === b.password && a.url === b.url;

const nothingSent = { sent: 0, retried: 0, lowerBound: 0, waitedMs: 0 };

/**
 * A reader that signs in when it is first asked. So a missing secret fails inside the run, which then
 * leaves a report that says so. A credential that Harbor does not accept is read again once, because
 * it may have been rotated since.
 */
export function harborOnDemand(source: OnDemand): Harbor {
  let connected: Promise<Connected> | undefined;
  let known: Harbor | undefined;
  const open = async (credential: HarborCredential): Promise<Connected> => {
    known = await source.connect(credential);
    return { reader: known, credential };
  };
  const connection = (): Promise<Connected> => (connected ??= source.credential().then(open));
  const reader = async (): Promise<Harbor> => (await connection()).reader;

  async function identify(): Promise<HarborFacts> {
    const before = await connection();
    try {
      return await before.reader.identify();
    } catch (error) {
      if (!(error instanceof RetentionError) || error.code !== 'harbor-not-signed-in') throw error;
      const fresh = await source.credential();
      if (sameCredential(fresh, before.credential)) throw error;
      connected = open(fresh);
      return (await reader()).identify();
    }
  }

  return {
    identify,
    listProjects: async () => (await reader()).listProjects(),
    listRepositories: async (projects) => (await reader()).listRepositories(projects),
    readImmutableRules: async (project) => (await reader()).readImmutableRules(project),
    readHarborRetention: async (project) => (await reader()).readHarborRetention(project),
    readReplications: async () => (await reader()).readReplications(),
    confirmsLabels: async (project) => (await reader()).confirmsLabels(project),
    readQuota: async (project) => (await reader()).readQuota(project),
    async *listArtifacts(scope) {
      yield* (await reader()).listArtifacts(scope);
    },
    ...changing(reader),
    requests: () => known?.requests() ?? nothingSent,
  };
}

/** The methods that look closely and change, behind the same sign-in. */
function changing(reader: () => Promise<Harbor>): HarborInspector & HarborWriter & HarborGarbage {
  return {
    readArtifact: async (place, digest) => (await reader()).readArtifact(place, digest),
    readMembers: async (place, members) => (await reader()).readMembers(place, members),
    readTag: async (place, tag) => (await reader()).readTag(place, tag),
    isUntagged: async (place, artifact) => (await reader()).isUntagged(place, artifact),
    listRegistryTags: async (place) => (await reader()).listRegistryTags(place),
    readRepository: async (head) => (await reader()).readRepository(head),
    deleteRepository: async (place) => (await reader()).deleteRepository(place),
    readLabels: async (projectId) => (await reader()).readLabels(projectId),
    addLabel: async (place, labelId) => (await reader()).addLabel(place, labelId),
    listCollections: async () => (await reader()).listCollections(),
    readCollection: async (id) => (await reader()).readCollection(id),
    startCollection: async (how) => (await reader()).startCollection(how),
    readManifest: async (place, digest) => (await reader()).readManifest(place, digest),
    readBlobs: async (place, digest) => (await reader()).readBlobs(place, digest),
    putManifest: async (place, manifest) => (await reader()).putManifest(place, manifest),
    listPushedSince: async (place, since) => (await reader()).listPushedSince(place, since),
    copyArtifact: async (from, to) => (await reader()).copyArtifact(from, to),
    deleteArtifact: async (place, digest) => (await reader()).deleteArtifact(place, digest),
    createTag: async (place, tag) => (await reader()).createTag(place, tag),
    removeTag: async (place, tag) => (await reader()).removeTag(place, tag),
  };
}
