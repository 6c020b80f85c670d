import type { ArtifactRow, ProjectRow, RepositoryRow } from './rows.ts';
import { type State } from './state.ts';
import { viewOf } from './shelf.ts';

export interface ProjectView {
  readonly id: number;
  readonly name: string;
  readonly quotaUsed: number;
}

export interface RepositoryView {
  readonly id: number;
  /** With the project. */
  readonly name: string;
  /** As Harbor counts: without untagged children and accessories. */
  readonly listed: number;
}

export interface TagView {
  readonly name: string;
  readonly digest: string;
  readonly pushedAt: number;
  readonly pulledAt: number;
}

export interface ArtifactView {
  readonly id: number;
  readonly repository: string;
  readonly digest: string;
  readonly type: string;
  readonly tags: readonly string[];
  readonly labels: readonly string[];
  readonly children: readonly string[];
  readonly accessories: readonly string[];
  /** The subject's digest, when it is an accessory. */
  readonly accessoryOf: string | undefined;
  readonly pushedAt: number;
  readonly pulledAt: number;
  readonly size: number;
}

const artifactView = (row: ArtifactRow): ArtifactView => ({
  id: row.id,
  repository: row.repository.name,
  digest: row.digest,
  type: row.type,
  tags: (row.tags ?? []).map((tag) => tag.name).sort(),
  labels: (row.labels ?? []).map((label) => label.name).sort(),
  children: (row.references ?? []).map((reference) => reference.child.digest),
  accessories: (row.repository.accessories.get(row.digest) ?? [])
    .map((one) => one.artifact.digest)
    .sort(),
  accessoryOf: row.accessory?.subjectDigest,
  pushedAt: row.pushedAt,
  pulledAt: row.pulledAt,
  size: row.size,
});

const repositoryView = (row: RepositoryRow): RepositoryView => ({
  id: row.id,
  name: row.name,
  listed: viewOf(row.shelf, 'listed').length,
});

const projectView = (row: ProjectRow): ProjectView => ({
  id: row.id,
  name: row.name,
  quotaUsed: row.quota.used,
});

export function viewState(state: State): {
  projects: () => ProjectView[];
  repositories: (project?: string) => RepositoryView[];
  artifacts: (project: string, repository?: string) => ArtifactView[];
  tags: (project: string, repository: string) => TagView[];
} {
  const find = (project: string): ProjectRow | undefined => state.projectsByName.get(project);
  return {
    projects: () => [...state.projects.values()].map(projectView),
    repositories: (project) =>
      [...state.repositories.values()]
        .filter((row) => project === undefined || row.project.name === project)
        .map(repositoryView),
    artifacts: (project, repository) => {
      const place =
        repository === undefined ? find(project) : find(project)?.repositories.get(repository);
      return place?.shelf.rows.map(artifactView) ?? [];
    },
    tags: (project, repository) =>
      [...(find(project)?.repositories.get(repository)?.tags.values() ?? [])].map((tag) => ({
        name: tag.name,
        digest: tag.artifact.digest,
        pushedAt: tag.pushedAt,
        pulledAt: tag.pulledAt,
      })),
  };
}
