import type { Timetable } from './clock.ts';
import type {
  ArtifactRow,
  BlobRow,
  ImmutableRuleRow,
  LabelRow,
  ProjectRow,
  RepositoryRow,
  RobotRow,
  UserRow,
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
  readonly configuration: Configuration;
  readonly counters: Map<Counter, number>;
  /** Grows with every change of a list; what is cached per list is thrown away with it. */
  revision: number;
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
}

export function addProject(state: State, project: NewProject): ProjectRow {
  const id = nextId(state, 'project');
  const now = state.clock.now();
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
    blobLinks: new Set(),
    blobUses: new Map(),
  };
  state.projects.set(id, row);
  state.projectsByName.set(row.name, row);
  state.revision += 1;
  return row;
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
    storageLinks: new Set(),
  };
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
