/**
 * What two exchanges may differ in, and nothing else: the one list of volatile things (recordings/README.md).
 *
 * - ids: a recorded one stands for one of ours throughout a file, and greater ones for greater ones;
 * - times: likewise; the year 1 stays itself;
 * - what is random or secret;
 * - the order of some nested lists.
 */

/** Members that hold an id, and whose; `id` alone is that of the list it stands in. */
export const idMembers: Readonly<Record<string, string>> = {
  artifact_id: 'artifact',
  subject_artifact_id: 'artifact',
  child_id: 'artifact',
  parent_id: 'artifact',
  project_id: 'project',
  repository_id: 'repository',
  owner_id: 'user',
  user_id: 'user',
  creator_ref: 'user',
  entity_id: 'user',
  policy_id: 'retention',
  retention_id: 'retention',
  execution_id: 'execution',
  registry_id: 'registry',
  role_id: 'exactly',
};

/** Nested lists and objects whose `id` is of a kind of its own. */
export const nestedKinds: Readonly<Record<string, string>> = {
  tags: 'tag',
  labels: 'label',
  accessories: 'accessory',
  cve_allowlist: 'allowlist',
  ref: 'project',
  rules: 'exactly',
  scope: 'project',
  dest_registry: 'registry',
  src_registry: 'registry',
};

/** The kind of `id` at the top of an answer, by the last word of the path that names a list. */
export const pathKinds: readonly (readonly [RegExp, string])[] = [
  [/\/accessories$/, 'accessory'],
  [/\/tags$/, 'tag'],
  [/\/artifacts(\/[^/]+)?$/, 'artifact'],
  [/\/repositories(\/[^/]+)?$/, 'repository'],
  [/\/labels(\/\d+)?$/, 'label'],
  [/\/immutabletagrules$/, 'rule'],
  [/\/robots(\/\d+)?$/, 'robot'],
  [/\/quotas(\/\d+)?$/, 'quota'],
  [/\/members(\/\d+)?$/, 'member'],
  [/\/users(\/\d+)?$/, 'user'],
  [/\/tasks$/, 'task'],
  [/\/executions$/, 'execution'],
  [/\/retentions\/\d+$/, 'retention'],
  [/\/(auditlog-exts|audit-logs|logs)$/, 'audit'],
  [/\/registries(\/\d+)?$/, 'registry'],
  [/\/replication\/policies(\/\d+)?$/, 'replication'],
  [/\/webhook\/policies(\/\d+)?$/, 'webhook'],
  [/\/system\/gc(\/\d+)?$/, 'gc'],
  [/\/projects(\/[^/]+)?$/, 'project'],
];

/** Kinds whose ids are made while one request runs, in no order that means anything. */
export const unorderedKinds: ReadonlySet<string> = new Set([
  'tag',
  'accessory',
  'member',
  'task',
  'artifact',
]);

/** Members that may differ altogether, as long as they are of the same type. */
export const randomMembers: ReadonlySet<string> = new Set([
  'secret',
  'token',
  'access_token',
  'current_time',
  'issued_at',
  'job_id',
]);

/** Members that may differ if they are above 0. */
export const volatileAboveZero: ReadonlySet<string> = new Set(['expires_at']);

/** Nested lists in no order, and what tells their items apart; `manifests` are those of `/referrers`. */
export const unorderedMembers: Readonly<Record<string, readonly string[]>> = {
  tags: ['name'],
  labels: ['name'],
  accessories: ['digest'],
  references: ['child_digest'],
  manifests: ['digest'],
  access: ['resource', 'action'],
};

/** Members that are times of whole seconds, so that equal ones need not be one moment: by kind of their list. */
export const coarseTimes: ReadonlySet<string> = new Set([
  'quota/update_time',
  'task/start_time',
  'task/end_time',
  'execution/end_time',
]);

/** Times that something in the background writes, whenever it comes to it: equal ones stay equal, in no order. */
export const backgroundTimes: ReadonlySet<string> = new Set(['repository/update_time']);

/** Words before a number that make it an id. */
export const idsInText: readonly (readonly [RegExp, string])[] = [
  [/artifact (\d+)/, 'artifact'],
  [/repository (\d+)/, 'repository'],
  [/label (\d+)/, 'label'],
  [/project id (\d+)/, 'project'],
];

/** Headers that are compared when recorded, and must be absent when not. */
export const comparedHeaders = [
  'content-type',
  'location',
  'x-total-count',
  'link',
  'docker-content-digest',
  'docker-distribution-api-version',
  'etag',
  'oci-subject',
  'oci-filters-applied',
  'www-authenticate',
] as const;

/** Compared when recorded, but not always recorded. */
export const sometimesRecordedHeaders = ['content-length', 'range', 'x-request-id'] as const;

export const ZERO_TIME = '0001-01-01T00:00:00.000Z';
const timePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

export const isTime = (value: unknown): value is string =>
  typeof value === 'string' && timePattern.test(value);
export const isTimeMember = (name: string): boolean => name.endsWith('_time') || name === 'created';

/** Placeholders of the recordings: anything may stand there. */
const placeholder = /<(?:uuid|state|token|present|secret:[^>]*)>/g;

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** Does a text with placeholders stand for that one? */
export function matchesPlaceholders(recorded: string, actual: string): boolean {
  const parts = recorded.split(placeholder);
  return parts.length > 1 && new RegExp(`^${parts.map(escaped).join('[^/]*')}$`, 's').test(actual);
}

/** The methods of a 405 come in any order. */
export const sortMethods = (text: string): string =>
  text.replace(
    /but \[([A-Z,]+)\] are/,
    (_, list: string) => `but [${list.split(',').sort().join(',')}] are`,
  );

/** A build's commit is not the version. */
export const withoutCommit = (version: string): string => version.replace(/-[0-9a-f]{8}$/, '');
