import type { Shelf } from './shelf.ts';

/** A time that never was; JSON shows it as the year 1. */
export const NEVER = 0;

export interface LabelRow {
  readonly id: number;
  name: string;
  description: string;
  color: string;
  readonly scope: 'g' | 'p';
  /** 0 for a global label. */
  readonly projectId: number;
  readonly createdAt: number;
  updatedAt: number;
}

export interface TagRow {
  readonly id: number;
  readonly name: string;
  artifact: ArtifactRow;
  pushedAt: number;
  pulledAt: number;
}

export interface Platform {
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string;
}

export interface ReferenceRow {
  readonly child: ArtifactRow;
  readonly platform: Platform | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
  readonly urls: readonly string[] | undefined;
}

export interface AccessoryRow {
  readonly id: number;
  /** The accessory's own artifact. */
  readonly artifact: ArtifactRow;
  readonly subjectDigest: string;
  readonly subjectRepository: string;
  /** 0 as long as the subject has not been pushed. */
  subjectId: number;
  readonly type: string;
  readonly createdAt: number;
}

export interface ArtifactRow {
  readonly id: number;
  readonly project: ProjectRow;
  readonly repository: RepositoryRow;
  readonly digest: string;
  readonly type: string;
  readonly mediaType: string;
  readonly manifestMediaType: string;
  readonly artifactType: string;
  readonly size: number;
  readonly icon: string;
  readonly pushedAt: number;
  pulledAt: number;
  readonly extraAttrs: Readonly<Record<string, unknown>> | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
  /** Undefined rather than an empty list: most children have none, and there are very many of them. */
  tags: TagRow[] | undefined;
  labels: LabelRow[] | undefined;
  references: ReferenceRow[] | undefined;
  /** The indexes that name this one. */
  parents: ArtifactRow[] | undefined;
  /** Set when this artifact is an accessory of another. */
  accessory: AccessoryRow | undefined;
  /** Digests of what it is made of, its own manifest included; undefined while only imagined by the seeder. */
  blobs: readonly string[] | undefined;
  deleted: boolean;
}

export interface RepositoryRow {
  readonly id: number;
  readonly project: ProjectRow;
  /** Without the project. */
  readonly shortName: string;
  /** With the project, as the API shows it. */
  readonly name: string;
  readonly createdAt: number;
  updatedAt: number;
  pullCount: number;
  readonly shelf: Shelf;
  readonly byDigest: Map<string, ArtifactRow>;
  readonly tags: Map<string, TagRow>;
  /** Accessories by their subject's digest; the subject need not exist. */
  readonly accessories: Map<string, AccessoryRow[]>;
}

export interface Selector {
  readonly kind: string;
  readonly decoration: string;
  readonly pattern: string;
  readonly extras?: string;
}

export interface ImmutableRuleRow {
  readonly id: number;
  disabled: boolean;
  priority: number;
  action: string;
  template: string;
  tagSelectors: readonly Selector[] | null;
  scopeSelectors: Readonly<Record<string, readonly Selector[]>>;
}

export interface QuotaRow {
  readonly id: number;
  hard: number;
  /** Bytes, as last refreshed. */
  used: number;
  readonly createdAt: number;
  updatedAt: number;
}

export interface ProjectRow {
  readonly id: number;
  readonly name: string;
  readonly ownerId: number;
  readonly ownerName: string;
  /** Above 0: a proxy cache of that registry. */
  readonly registryId: number;
  readonly metadata: Map<string, string>;
  readonly allowlistId: number;
  readonly createdAt: number;
  updatedAt: number;
  readonly repositories: Map<string, RepositoryRow>;
  readonly shelf: Shelf;
  readonly members: MemberRow[];
  readonly immutableRules: ImmutableRuleRow[];
  readonly quota: QuotaRow;
  /** Deleted repositories of which hidden rows are left, by short name (T24). */
  readonly orphans: Map<string, RepositoryRow>;
  /** How many of its artifacts the seeder only imagined so far. */
  imagined: number;
  /** `project_blob`: which blobs the project has a claim on. */
  readonly blobLinks: Set<string>;
  /** How many artifacts of the project are made of a blob. */
  readonly blobUses: Map<string, number>;
}

export interface MemberRow {
  readonly id: number;
  readonly userId: number;
  readonly roleId: number;
}

export interface UserRow {
  readonly id: number;
  readonly username: string;
  readonly password: string;
  readonly email: string;
  readonly realname: string;
  readonly comment: string;
  readonly isAdmin: boolean;
  /** Signs in by an OIDC CLI secret, which counts on some paths only. */
  readonly oidcCli: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface Access {
  readonly resource: string;
  readonly action: string;
}

export interface RobotPermission {
  readonly kind: string;
  readonly namespace: string;
  readonly access: readonly Access[];
}

export interface RobotRow {
  readonly id: number;
  /** The full name, prefix included. */
  readonly name: string;
  readonly level: 'system' | 'project';
  readonly projectId: number;
  secret: string;
  description: string;
  /** Days; -1 for ever. */
  duration: number;
  /** Unix seconds; -1 for ever. */
  expiresAt: number;
  disabled: boolean;
  permissions: readonly RobotPermission[];
  readonly creatorRef: number;
  readonly creatorType: string;
  readonly createdAt: number;
  updatedAt: number;
}

export interface BlobRow {
  readonly digest: string;
  readonly size: number;
  readonly contentType: string;
  /** The last touch: upload, HEAD, PUT of the manifest, mark. */
  updatedAt: number;
  status: 'none' | 'delete' | 'deleting' | 'deletefailed';
  /** Undefined for what the seeder only imagined. */
  readonly content: Buffer | undefined;
}

export interface WebhookRow {
  readonly id: number;
  readonly projectId: number;
  readonly name: string;
  readonly enabled: boolean;
  readonly eventTypes: readonly string[];
  readonly targets: readonly Readonly<Record<string, unknown>>[];
  readonly createdAt: number;
}
