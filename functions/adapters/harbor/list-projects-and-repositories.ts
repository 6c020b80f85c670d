import type * as z from 'zod';
import type { RepositoryHead } from '../../domain/repository.ts';
import type { ProjectHead } from '../../ports.ts';
import { checked } from './parse-row.ts';
import type { HarborClient } from './client.ts';
import { HarborFailure } from './failure.ts';
import { keysetPages } from './paging.ts';
import { paths } from './paths.ts';
import { wireProject, wireRepository } from './wire.ts';

/** All projects that this identity may see. @throws HarborFailure */
export async function readProjects(client: HarborClient): Promise<readonly ProjectHead[]> {
  const projects: ProjectHead[] = [];
  const list = { path: paths.projects, column: 'project_id', field: 'project_id', kind: 'small' };
  for await (const page of keysetPages(client, list)) {
    projects.push(...page.map((row) => toProject(checked(wireProject, row, paths.projects))));
  }
  return projects;
}

function toProject(project: z.output<typeof wireProject>): ProjectHead {
  const isPublic = project.metadata?.['public'];
  const retentionId = project.metadata?.['retention_id'];
  const { metadata } = project;
  return {
    name: project.name,
    id: project.project_id,
    isPublic: isPublic === undefined ? 'unknown' : isPublic === 'true',
    isProxyCache: (project.registry_id ?? 0) > 0,
    repositoryCount: project.repo_count,
    retentionId: retentionId === '' ? undefined : retentionId,
    scansOnPush:
      metadata?.['auto_scan'] === 'true' || metadata?.['auto_sbom_generation'] === 'true',
  };
}

/**
 * All repositories of the given projects, from the one list that holds them all; of each project no more than `most` says.
 * @throws HarborFailure
 */
export async function readRepositories(
  client: HarborClient,
  projects: readonly ProjectHead[],
  most: (project: string) => number = () => Infinity,
): Promise<readonly RepositoryHead[]> {
  const taken = new Map<string, number>();
  const byId = new Map(projects.map((project) => [project.id, project]));
  const heads: RepositoryHead[] = [];
  const list = { path: paths.repositories, column: 'repository_id', field: 'id', kind: 'small' };
  for await (const page of keysetPages(client, list)) {
    for (const row of page) {
      const wire = checked(wireRepository, row, paths.repositories);
      const project = byId.get(wire.project_id);
      // A project that is newer than the list of projects: not judged this time.
      if (project === undefined) continue;
      const before = taken.get(project.name) ?? 0;
      if (before >= most(project.name)) continue;
      taken.set(project.name, before + 1);
      heads.push(toHead(wire, project.name));
    }
  }
  return heads;
}

/** One repository as it is now. @throws HarborFailure */
export async function readHead(
  client: HarborClient,
  head: RepositoryHead,
): Promise<RepositoryHead> {
  const path = paths.repository(head.project, head.name);
  const { body } = await client.get(path, 'small');
  return toHead(checked(wireRepository, { id: head.id, value: body }, path), head.project);
}

/** `name` in answers is with the project: the first segment goes exactly once (docs/harbor.md#addresses). */
function toHead(wire: z.output<typeof wireRepository>, project: string): RepositoryHead {
  if (!wire.name.startsWith(`${project}/`)) {
    throw HarborFailure.unexpected(
      paths.repositories,
      `repository ${wire.name} does not belong to project ${project}.`,
    );
  }
  return {
    project,
    name: wire.name.slice(project.length + 1),
    id: wire.id,
    createdAt: wire.creation_time,
    updatedAt: wire.update_time,
    pullCount: wire.pull_count,
    artifactCount: wire.artifact_count,
  };
}
