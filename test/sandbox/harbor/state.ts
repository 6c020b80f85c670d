import type { AuditRow } from './audit.ts';
import type { Timetable } from './clock.ts';
import { type GcState, createGcState } from './gc-state.ts';
import { type RetentionState, createRetentionState } from './retention/state.ts';
import type { RegistryRow, ReplicationPolicyRow } from './replication.ts';
import { type PendingPulls, createPendingPulls } from './pulls.ts';
import type {
  ArtifactRow,
  BlobRow,
  ImmutableRuleRow,
  LabelRow,
  ProjectRow,
  RepositoryRow,
  RobotRow,
  UserRow,
  WebhookRow,
} from './rows.ts';
import { createShelf, putOnShelf } from './shelf.ts';
import { type Version, parseVersion } from './version.ts';

/** What makes ids; all tables but these count from one, and ids only grow. */
export type Counter =
  | 'project'
  | 'repository'
  | 'artifact'
  | 'tag'
  | 'accessory'
  | 'label'
  | 'user'
  | 'member'
  | 'robot'
  | 'rule'
  | 'registry'
  | 'execution'
  | 'task'
  | 'retention'
  | 'audit'
  | 'policy'
  | 'webhook'
  | 'upload';

/** Everything the emulated Harbor knows. One object, plain tables; `routes/` read and change it. */
export interface State {
  readonly clock: Timetable;
  readonly version: Version;
  readonly adminPassword: string;
  readonly projects: Map<number, ProjectRow>;
  readonly projectsByName: Map<string, ProjectRow>;
  readonly repositories: Map<number, RepositoryRow>;
  readonly users: Map<number, UserRow>;
  readonly robots: Map<number, RobotRow>;
  readonly robotsByName: Map<string, RobotRow>;
  readonly labels: Map<number, LabelRow>;
  readonly blobs: Map<string, BlobRow>;
  readonly auditLog: AuditRow[];
  /** What the storage registry has, by the repository's full name: there before Harbor knows of it, and after. */
  readonly storage: Map<string, Storage>;
  /** Digests whose artifacts were deleted, for GC. */
  readonly trashed: Set<string>;
  /** Blobs on their way in. */
  readonly uploads: Map<string, { readonly repository: string; readonly content: Buffer }>;
  readonly pulls: PendingPulls;
  readonly gc: GcState;
  readonly retentions: RetentionState;
  readonly registries: Map<number, RegistryRow>;
  readonly replicationPolicies: Map<number, ReplicationPolicyRow>;
  readonly webhooks: Map<number, WebhookRow>;
  readonly configuration: Configuration;
  readonly counters: Map<Counter, number>;
  /** Grows with every change of a list; what is cached per list is thrown away with it. */
  revision: number;
}

export interface Storage {
  /** Blobs linked in the repository. */
  readonly layers: Set<string>;
  /** Manifests. */
  readonly revisions: Set<string>;
}

export interface Configuration {
  readOnly: boolean;
  robotNamePrefix: string;
  quotaPerProject: boolean;
}

export const ADMIN_ID = 1;

export interface StateOptions {
  readonly clock: Timetable;
  readonly version: string;
  readonly adminPassword: string;
}

export function createState(options: StateOptions): State {
  const now = options.clock.now();
  const admin: UserRow = {
    id: ADMIN_ID,
    username: 'admin',
    password: options.adminPassword,
    email: '',
    realname: 'system admin',
    comment: 'admin user',
    isAdmin: true,
    oidcCli: false,
    createdAt: now,
    updatedAt: now,
  };
  return {
    clock: options.clock,
    version: parseVersion(options.version),
    adminPassword: options.adminPassword,
    projects: new Map(),
    projectsByName: new Map(),
    repositories: new Map(),
    users: new Map([[admin.id, admin]]),
    robots: new Map(),
    robotsByName: new Map(),
    labels: new Map(),
    blobs: new Map(),
    auditLog: [],
    storage: new Map(),
    trashed: new Set(),
    uploads: new Map(),
    pulls: createPendingPulls(),
    gc: createGcState(),
    retentions: createRetentionState(),
    registries: new Map(),
    replicationPolicies: new Map(),
    webhooks: new Map(),
    configuration: { readOnly: false, robotNamePrefix: 'robot$', quotaPerProject: true },
    counters: new Map([['user', 2]]),
    revision: 0,
  };
}

export function nextId(state: State, counter: Counter): number {
  const id = (state.counters.get(counter) ?? 0) + 1;
  state.counters.set(counter, id);
  return id;
}

export interface NewProject {
  readonly name: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly owner?: { readonly id: number; readonly name: string };
  readonly registryId?: number;
  /** Bytes; -1 for unlimited. */
  readonly storageLimit?: number;
  readonly createdAt?: number;
}

export function addProject(state: State, project: NewProject): ProjectRow {
  const id = nextId(state, 'project');
  const now = project.createdAt ?? state.clock.now();
  const owner = project.owner ?? { id: ADMIN_ID, name: 'admin' };
  const row: ProjectRow = {
    id,
    name: project.name,
    ownerId: owner.id,
    ownerName: owner.name,
    registryId: project.registryId ?? 0,
    metadata: new Map(project.metadata),
    allowlistId: id,
    createdAt: now,
    updatedAt: now,
    repositories: new Map(),
    shelf: createShelf(),
    members: [{ id: nextId(state, 'member'), userId: owner.id, roleId: 1 }],
    immutableRules: [],
    quota: { id, hard: project.storageLimit ?? -1, used: 0, createdAt: now, updatedAt: now },
    orphans: new Map(),
    imagined: 0,
    blobLinks: new Set(),
    blobUses: new Map(),
  };
  state.projects.set(id, row);
  state.projectsByName.set(row.name, row);
  state.revision += 1;
  return row;
}

/** What an earlier repository of the name left behind shows again in the new one (docs/harbor.md#t24-hidden-rows). */
function adoptOrphans(project: ProjectRow, row: RepositoryRow): void {
  const former = project.orphans.get(row.shortName);
  if (former === undefined) return;
  for (const [digest, artifact] of former.byDigest) row.byDigest.set(digest, artifact);
  for (const [digest, accessories] of former.accessories) row.accessories.set(digest, accessories);
}

/** The repository of that short name, made if it is not there. */
export function ensureRepository(
  state: State,
  project: ProjectRow,
  shortName: string,
): RepositoryRow {
  const existing = project.repositories.get(shortName);
  if (existing !== undefined) return existing;
  const now = state.clock.now();
  const row: RepositoryRow = {
    id: nextId(state, 'repository'),
    project,
    shortName,
    name: `${project.name}/${shortName}`,
    createdAt: now,
    updatedAt: now,
    pullCount: 0,
    shelf: createShelf(),
    byDigest: new Map(),
    tags: new Map(),
    accessories: new Map(),
  };
  adoptOrphans(project, row);
  project.repositories.set(shortName, row);
  state.repositories.set(row.id, row);
  state.revision += 1;
  return row;
}

export function addArtifact(state: State, row: ArtifactRow): void {
  row.repository.byDigest.set(row.digest, row);
  putOnShelf(row.repository.shelf, row);
  putOnShelf(row.project.shelf, row);
  state.revision += 1;
}

export function findRule(project: ProjectRow, id: number): ImmutableRuleRow | undefined {
  return project.immutableRules.find((rule) => rule.id === id);
}

/** The storage registry's side of a repository, by its full name. */
export function storageOf(state: State, repository: string): Storage {
  const existing = state.storage.get(repository);
  if (existing !== undefined) return existing;
  const storage: Storage = { layers: new Set(), revisions: new Set() };
  state.storage.set(repository, storage);
  return storage;
}
