import type { GcExecution } from './gc-state.ts';
import type { RegistryRow, ReplicationPolicyRow } from './replication.ts';
import type { RetentionPolicy, RetentionRule } from './retention/policy.ts';
import type { ImmutableRuleRow, LabelRow, ProjectRow, RobotPermission } from './rows.ts';
import { type State, nextId } from './state.ts';

export interface SeedRobot {
  readonly name: string;
  readonly secret?: string;
  readonly level?: 'system' | 'project';
  /** Of a project's robot. */
  readonly project?: string;
  readonly permissions: readonly RobotPermission[];
  /** Unix seconds; -1 for ever. */
  readonly expiresAt?: number;
  readonly disabled?: boolean;
}

export interface SeedRule {
  readonly tags: string;
  readonly repositories?: string;
  readonly tagDecoration?: 'matches' | 'excludes';
  readonly repositoryDecoration?: 'repoMatches' | 'repoExcludes';
  readonly disabled?: boolean;
}

export interface SeedReplication {
  readonly name: string;
  readonly enabled?: boolean;
  readonly replicateDeletion?: boolean;
  readonly trigger?: 'event_based' | 'manual' | 'scheduled';
  /** Patterns on `project/repository`; none is everything. */
  readonly names?: readonly string[];
  /** A pull from another registry instead of a push to it. */
  readonly pull?: boolean;
}

export interface SeedRetention {
  readonly rules: readonly RetentionRule[];
  /** Six fields; empty runs by hand only. */
  readonly cron?: string;
}

export interface SeedUser {
  readonly username: string;
  readonly password?: string;
  readonly isAdmin?: boolean;
  /** By project: 1 administrator, 2 developer, 3 guest, 4 maintainer. */
  readonly roles?: Readonly<Record<string, number>>;
  /** The password is an OIDC CLI secret, which counts on some paths only (T32). */
  readonly oidcCli?: boolean;
}

export type SeedGc = Partial<Pick<GcExecution, 'status' | 'kind' | 'result' | 'createdAt'>>;

/** Everything but content; times are ms since the epoch. */
export interface SettingsSeeder {
  label: (spec: { name: string; project?: string; color?: string }) => LabelRow;
  immutableRule: (project: string, rule: SeedRule) => ImmutableRuleRow;
  robot: (robot: SeedRobot) => { username: string; secret: string };
  user: (user: SeedUser) => { username: string; secret: string };
  registry: (name: string) => RegistryRow;
  replicationPolicy: (policy: SeedReplication) => ReplicationPolicyRow;
  /** Harbor's own; answers its id. */
  retentionPolicy: (project: string, policy: SeedRetention) => number;
  /** A collection in the history; answers its id. */
  gcExecution: (execution?: SeedGc) => number;
  /** The project's hard limit in bytes; -1 for unlimited. */
  quota: (project: string, hard: number) => void;
  readOnly: (on: boolean) => void;
}

export function projectCalled(state: State, name: string): ProjectRow {
  const project = state.projectsByName.get(name);
  if (project === undefined)
    throw new Error(`no project "${name}" in the embedded Harbor: seed it first`);
  return project;
}

function seedRobot(state: State, spec: SeedRobot): { username: string; secret: string } {
  const level = spec.level ?? 'system';
  const id = nextId(state, 'robot');
  const prefix = state.configuration.robotNamePrefix;
  const name =
    level === 'project' ? `${prefix}${spec.project ?? ''}+${spec.name}` : `${prefix}${spec.name}`;
  const now = state.clock.now();
  const secret = spec.secret ?? `Secret-${id}-${spec.name}`;
  const robot = {
    id,
    name,
    level,
    projectId: level === 'project' ? projectCalled(state, spec.project ?? '').id : 0,
    secret,
    description: '',
    duration: -1,
    expiresAt: spec.expiresAt ?? -1,
    disabled: spec.disabled ?? false,
    permissions: spec.permissions,
    creatorRef: 1,
    creatorType: 'local',
    createdAt: now,
    updatedAt: now,
  };
  state.robots.set(id, robot);
  state.robotsByName.set(name, robot);
  return { username: name, secret };
}

function seedUser(state: State, spec: SeedUser): { username: string; secret: string } {
  const now = state.clock.now();
  const id = nextId(state, 'user');
  const secret = spec.password ?? `Password-${id}`;
  state.users.set(id, {
    id,
    username: spec.username,
    password: secret,
    email: `${spec.username}@example.org`,
    realname: spec.username,
    comment: '',
    isAdmin: spec.isAdmin ?? false,
    oidcCli: spec.oidcCli ?? false,
    createdAt: now,
    updatedAt: now,
  });
  for (const [project, roleId] of Object.entries(spec.roles ?? {}))
    projectCalled(state, project).members.push({ id: nextId(state, 'member'), userId: id, roleId });
  return { username: spec.username, secret };
}

function seedRule(state: State, projectName: string, rule: SeedRule): ImmutableRuleRow {
  const selector = (decoration: string, pattern: string) => ({
    kind: 'doublestar',
    decoration,
    pattern,
  });
  const row: ImmutableRuleRow = {
    id: nextId(state, 'rule'),
    disabled: rule.disabled ?? false,
    priority: 0,
    action: 'immutable',
    template: 'immutable_template',
    tagSelectors: [selector(rule.tagDecoration ?? 'matches', rule.tags)],
    scopeSelectors: {
      repository: [selector(rule.repositoryDecoration ?? 'repoMatches', rule.repositories ?? '**')],
    },
  };
  projectCalled(state, projectName).immutableRules.push(row);
  return row;
}

function seedLabel(
  state: State,
  spec: { name: string; project?: string; color?: string },
): LabelRow {
  const now = state.clock.now();
  const label: LabelRow = {
    id: nextId(state, 'label'),
    name: spec.name,
    description: '',
    color: spec.color ?? '#0065AB',
    scope: spec.project === undefined ? 'g' : 'p',
    projectId: spec.project === undefined ? 0 : projectCalled(state, spec.project).id,
    createdAt: now,
    updatedAt: now,
  };
  state.labels.set(label.id, label);
  return label;
}

function seedRegistry(state: State, name: string): RegistryRow {
  const row: RegistryRow = {
    id: nextId(state, 'registry'),
    name,
    type: 'harbor',
    url: `https://${name}.example`,
    accessKey: 'mirror',
    insecure: false,
    createdAt: state.clock.now(),
  };
  state.registries.set(row.id, row);
  return row;
}

function seedReplication(state: State, spec: SeedReplication): ReplicationPolicyRow {
  const other = seedRegistry(state, `${spec.name}-registry`).id;
  const row: ReplicationPolicyRow = {
    id: nextId(state, 'policy'),
    name: spec.name,
    enabled: spec.enabled ?? true,
    replicateDeletion: spec.replicateDeletion ?? false,
    override: true,
    trigger: { type: spec.trigger ?? 'event_based' },
    filters: (spec.names ?? []).map((value) => ({ type: 'name', value })),
    destNamespace: '',
    destReplaceCount: -1,
    srcRegistryId: spec.pull === true ? other : 0,
    destRegistryId: spec.pull === true ? 0 : other,
    createdAt: state.clock.now(),
  };
  state.replicationPolicies.set(row.id, row);
  return row;
}

function seedRetention(state: State, name: string, spec: SeedRetention): number {
  const project = projectCalled(state, name);
  const id = nextId(state, 'retention');
  const policy: RetentionPolicy = {
    algorithm: 'or',
    rules: spec.rules,
    trigger: { kind: 'Schedule', settings: { cron: spec.cron ?? '' } },
    scope: { level: 'project', ref: project.id },
  };
  state.retentions.policies.set(id, { id, projectId: project.id, policy });
  project.metadata.set('retention_id', String(id));
  return id;
}

function seedGc(state: State, spec: SeedGc): number {
  const at = spec.createdAt ?? state.clock.now();
  const status = spec.status ?? 'Success';
  const finished =
    status === 'Success' ? { freedSpace: 0, purgedBlobs: 0, purgedManifests: 0 } : undefined;
  const execution: GcExecution = {
    id: nextId(state, 'execution'),
    kind: spec.kind ?? 'MANUAL',
    parameters: { deleteUntagged: false, dryRun: false, workers: 1, deleteTag: false },
    status,
    result: spec.result ?? finished,
    log: 'seeded\n',
    createdAt: at,
    updatedAt: at,
  };
  state.gc.executions.push(execution);
  return execution.id;
}

export const createSettingsSeeder = (state: State): SettingsSeeder => ({
  label: (spec) => seedLabel(state, spec),
  immutableRule: (project, rule) => seedRule(state, project, rule),
  robot: (robot) => seedRobot(state, robot),
  user: (user) => seedUser(state, user),
  registry: (name) => seedRegistry(state, name),
  replicationPolicy: (policy) => seedReplication(state, policy),
  retentionPolicy: (project, policy) => seedRetention(state, project, policy),
  gcExecution: (execution = {}) => seedGc(state, execution),
  quota: (project, hard) => {
    projectCalled(state, project).quota.hard = hard;
  },
  readOnly: (on) => {
    state.configuration.readOnly = on;
  },
});
