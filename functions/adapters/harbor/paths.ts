/** Where Harbor's API begins below the base URL (docs/harbor.md#addresses). */
const api = '/api/v2.0';

/**
 * A repository name (without the project) in a path: encoded twice, here only.
 * Encoded once, the slash becomes real and the route is missed (docs/harbor.md#t4-encoded-twice).
 */
function repositorySegment(repository: string): string {
  return encodeURIComponent(encodeURIComponent(repository));
}

const project = (name: string): string => `${api}/projects/${encodeURIComponent(name)}`;

const repository = (projectName: string, name: string): string =>
  `${project(projectName)}/repositories/${repositorySegment(name)}`;

/** Every address that the reader uses. Arguments are names as Harbor writes them, not encoded. */
export const paths = {
  systemInfo: `${api}/systeminfo`,
  currentUser: `${api}/users/current`,
  projects: `${api}/projects`,
  project,
  repositories: `${api}/repositories`,
  projectRepositories: (name: string): string => `${project(name)}/repositories`,
  repository,
  projectArtifacts: (name: string): string => `${project(name)}/artifacts`,
  artifacts: (projectName: string, name: string): string =>
    `${repository(projectName, name)}/artifacts`,
  artifact: (projectName: string, name: string, reference: string): string =>
    `${repository(projectName, name)}/artifacts/${encodeURIComponent(reference)}`,
  tags: (projectName: string, name: string, digest: string): string =>
    `${repository(projectName, name)}/artifacts/${encodeURIComponent(digest)}/tags`,
  artifactLabels: (projectName: string, name: string, digest: string): string =>
    `${repository(projectName, name)}/artifacts/${encodeURIComponent(digest)}/labels`,
  /** Below `/v2` the full name stands unencoded (docs/harbor.md#addresses). */
  manifest: (projectName: string, name: string, digest: string): string =>
    `/v2/${projectName}/${name}/manifests/${digest}`,
  /** On /v2 the full name stands unencoded (docs/harbor.md#addresses). */
  registryTags: (projectName: string, name: string): string =>
    `/v2/${projectName}/${name}/tags/list`,
  /** From Harbor 2.13 on. */
  projectLog: (name: string): string => `${project(name)}/auditlog-exts`,
  labels: `${api}/labels`,
  immutableRules: (name: string): string => `${project(name)}/immutabletagrules`,
  retention: (id: string): string => `${api}/retentions/${encodeURIComponent(id)}`,
  retentionExecutions: (id: string): string =>
    `${api}/retentions/${encodeURIComponent(id)}/executions`,
  retentionTasks: (id: string, execution: number): string =>
    `${api}/retentions/${encodeURIComponent(id)}/executions/${execution}/tasks`,
  retentionTask: (id: string, execution: number, task: number): string =>
    `${api}/retentions/${encodeURIComponent(id)}/executions/${execution}/tasks/${task}`,
  collections: `${api}/system/gc`,
  collection: (id: number): string => `${api}/system/gc/${id}`,
  collectionSchedule: `${api}/system/gc/schedule`,
  quotas: `${api}/quotas`,
  robots: `${api}/robots`,
  replicationPolicies: `${api}/replication/policies`,
} as const;

/** Harbor's `q`: comma-separated `key=value`, all of them must hold (docs/harbor.md#queries). */
export function filter(terms: Readonly<Record<string, string>>): string {
  return Object.entries(terms)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** A range that includes both ends; an open end is left out. */
export function range(from: number, to?: number): string {
  return `[${from}~${to ?? ''}]`;
}

/** One of several values. */
export function anyOf(values: readonly (number | string)[]): string {
  return `{${values.join(' ')}}`;
}

/** A query string; values are encoded once. */
export function query(values: Readonly<Record<string, string | number | boolean>>): string {
  const pairs = Object.entries(values).map(
    ([key, value]) => `${key}=${encodeURIComponent(String(value))}`,
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
