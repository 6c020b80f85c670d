import { bounds } from '../../domain/bounds.ts';
import { formatInstant, type Instant } from '../../domain/instant.ts';
import type { PushedArtifact } from '../../ports.ts';
import { checked } from './parse-row.ts';
import type { HarborClient } from './client.ts';
import { HarborFailure } from './failure.ts';
import { keysetPages, tooManyRows } from './paging.ts';
import { paths } from './paths.ts';
import { toArtifact, weightOfRow, wireArtifact, wireRepository } from './wire.ts';

interface Where {
  readonly project: string;
  readonly repository?: string;
}

/** `until` is left open where everything since is meant. */
interface Span {
  readonly since: Instant;
  readonly until?: Instant | undefined;
}

const seconds = (at: Instant): string => formatInstant(at).slice(0, 19);

/** Everything pushed since; before Harbor 2.12, which has no list of a project, one repository after the other. */
export async function listPushedSince(
  client: HarborClient,
  where: Where,
  span: Span,
): Promise<readonly PushedArtifact[]> {
  try {
    return await listOne(client, where, span);
  } catch (error) {
    const isOld = error instanceof HarborFailure && error.status === 404 && error.isMissingRoute;
    if (where.repository !== undefined || !isOld) throw error;
  }
  const found: PushedArtifact[] = [];
  for (const repository of await repositoriesOf(client, where.project)) {
    found.push(...(await listOne(client, { ...where, repository }, span)));
  }
  return found;
}

async function listOne(
  client: HarborClient,
  { project, repository }: Where,
  { since, until }: Span,
): Promise<readonly PushedArtifact[]> {
  const path =
    repository === undefined
      ? paths.projectArtifacts(project)
      : paths.artifacts(project, repository);
  const found: PushedArtifact[] = [];
  let weight = 0;
  const end = until === undefined ? '' : seconds(until + 1_000);
  for await (const page of keysetPages(client, {
    path,
    column: 'id',
    field: 'id',
    terms: { base: '*', push_time: `[${seconds(since)}~${end}]` },
    flags: { with_tag: true, with_label: false, with_accessory: true },
    kind: 'artifacts',
  })) {
    for (const row of page) {
      const wire = checked(wireArtifact, row, path);
      const name = wire.repository_name?.slice(project.length + 1) ?? repository;
      if (name === undefined)
        throw HarborFailure.unexpected(path, 'the repository of a row is not named.');
      found.push({ repository: name, artifact: toArtifact(wire) });
      weight += weightOfRow(wire);
    }
    if (weight > bounds.rowsOfALook) throw HarborFailure.unexpected(path, tooManyRows);
  }
  return found;
}

async function repositoriesOf(client: HarborClient, project: string): Promise<readonly string[]> {
  const path = paths.projectRepositories(project);
  const list = { path, column: 'repository_id', field: 'id', kind: 'small' };
  const names: string[] = [];
  for await (const page of keysetPages(client, list)) {
    for (const row of page)
      names.push(checked(wireRepository, row, path).name.slice(project.length + 1));
  }
  return names;
}
