import type * as z from 'zod';
import type { Known } from '../../domain/instant.ts';
import type { Place } from '../../domain/trash.ts';
import type { HarborInspector } from '../../ports.ts';
import { readBlobs } from './blobs.ts';
import { readManifest } from './manifest.ts';
import { listPushedSince } from './pushed-since.ts';
import { readLog } from './audit-log.ts';
import { checked } from './parse-row.ts';
import type { HarborClient } from './client.ts';
import { HarborFailure } from './failure.ts';
import { readMembers } from './members.ts';
import { offsetList } from './paging.ts';
import { readHead } from './list-projects-and-repositories.ts';
import { filter, paths, query } from './paths.ts';
import { orMissing, readArtifact } from './single.ts';
import { toArtifact, wireArtifact, wireLabel, wireRegistryTags } from './wire.ts';

/** Reads single things through a client. */
export function harborInspector(client: HarborClient, account = ''): HarborInspector {
  return {
    readArtifact: (place, digest) => readArtifact(client, place, digest),
    readMembers: (place, members) => readMembers({ client, place }, members),
    readTag: async (place, tag) => {
      const path = paths.artifact(place.project, place.repository, tag) + query({ with_tag: true });
      const answer = await orMissing(client, path);
      if (answer === undefined) return undefined;
      const artifact = toArtifact(checked(wireArtifact, { id: 0, value: answer }, path));
      const isThere = artifact.tags !== 'unknown' && artifact.tags.some((one) => one.name === tag);
      return isThere ? artifact.digest : undefined;
    },
    isUntagged: async (place, { id, digest }) => {
      const path =
        paths.artifacts(place.project, place.repository) +
        query({ q: filter({ tags: 'nil', base: '*', digest }), page: 1, page_size: 2 });
      const { body } = await client.get(path, 'artifact');
      const rows: readonly unknown[] = Array.isArray(body) ? body : [];
      return rows.some((value) => {
        const row = wireArtifact.safeParse(value);
        return row.success && row.data.id === id && row.data.digest === digest;
      });
    },
    listRegistryTags: (place) => registryTags(client, place),
    readRepository: async (head) => {
      const path = paths.repository(head.project, head.name);
      return (await orMissing(client, path)) === undefined
        ? undefined
        : await readHead(client, head);
    },
    readLabels: (projectId) => readLabels(client, projectId),
    readProjectLabels: async (projectId) =>
      (await labelsIn(client, { scope: 'p', project_id: projectId })).map(
        ({ id, name, description, creation_time: madeAt }) => ({ id, name, description, madeAt }),
      ),
    readManifest: (place, digest) => readManifest(client, place, digest),
    readBlobs: (place, digest) => readBlobs(client, place, digest),
    listPushedSince: (place, since, until) => listPushedSince(client, place, { since, until }),
    readLog: (project, span) => readLog(client, project, { ...span, username: account }),
  };
}

/** A project's own label hides a global one of the same name. */
async function readLabels(
  client: HarborClient,
  projectId: number,
): Promise<ReadonlyMap<string, number>> {
  const labels = new Map<string, number>();
  const scopes: readonly Readonly<Record<string, string | number>>[] = [
    { scope: 'g' },
    { scope: 'p', project_id: projectId },
  ];
  for (const scope of scopes)
    for (const label of await labelsIn(client, scope)) labels.set(label.name, label.id);
  return labels;
}

async function labelsIn(
  client: HarborClient,
  terms: Readonly<Record<string, string | number>>,
): Promise<readonly z.output<typeof wireLabel>[]> {
  const values = await offsetList(client, paths.labels, { kind: 'small', terms });
  return values.map((value, index) => checked(wireLabel, { id: index + 1, value }, paths.labels));
}

/**
 * Everything but a clear list is unknown: a denial on /v2 is 401, for missing things as well (docs/harbor.md#access).
 */
async function registryTags(client: HarborClient, place: Place): Promise<Known<readonly string[]>> {
  try {
    const { body } = await client.get(paths.registryTags(place.project, place.repository), 'small');
    const list = wireRegistryTags.safeParse(body);
    return list.success ? (list.data.tags ?? []) : 'unknown';
  } catch (error) {
    if (error instanceof HarborFailure) return 'unknown';
    throw error;
  }
}
