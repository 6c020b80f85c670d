import { iconOf, typeOf } from './artifact-kinds.ts';
import { ownSize } from './blobs.ts';
import { digestOf, imagine } from './content.ts';
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST, isIndexType } from './media-types.ts';
import type { ArtifactRow, LabelRow, Platform, ProjectRow, ReferenceRow } from './rows.ts';
import { type SettingsSeeder, createSettingsSeeder, projectCalled } from './seeder-settings.ts';
import { type State, addArtifact, addProject, ensureRepository, nextId } from './state.ts';
import { addLabel, addParent, createAccessory, putTag } from './tables.ts';

export interface SeedProject {
  readonly public?: boolean;
  /** Makes it a proxy cache of that registry. */
  readonly registryId?: number;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Bytes; -1 for unlimited. */
  readonly storageLimit?: number;
  readonly createdAt?: number;
}

export interface SeedAccessory {
  /** `signature.cosign`, `signature.notation`, `sbom.harbor`, `accelerator.nydus`, `subject.accessory`. */
  readonly type: string;
  readonly digest?: string;
  readonly tags?: readonly string[];
  readonly size?: number;
  readonly accessories?: readonly SeedAccessory[];
}

export interface SeedArtifact {
  readonly digest?: string;
  readonly tags?: readonly string[];
  readonly size?: number;
  readonly pushedAt?: number;
  readonly pulledAt?: number;
  readonly manifestMediaType?: string;
  readonly mediaType?: string;
  readonly artifactType?: string;
  /** Harbor's word; follows from the media type if left out. */
  readonly type?: string;
  readonly labels?: readonly LabelRow[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly extraAttrs?: Readonly<Record<string, unknown>>;
  /** So many untagged children, one per platform; the artifact is then an index. */
  readonly platforms?: number | readonly Platform[];
  /** Children spelt out; they may have children themselves. */
  readonly children?: readonly (SeedArtifact & { readonly platform?: Platform })[];
  readonly accessories?: readonly SeedAccessory[];
}

export interface SeedPush extends SeedArtifact {
  readonly project: string;
  readonly repository: string;
  /** The tags' own time of pulling; an artifact's pull by digest moves none. */
  readonly tagPulledAt?: number;
}

/** Changes the state without HTTP; times are ms since the epoch. */
export interface Seeder extends SettingsSeeder {
  project: (name: string, options?: SeedProject) => ProjectRow;
  push: (artifact: SeedPush) => ArtifactRow;
  /** Attaches an accessory to what is already there. */
  accessory: (accessory: SeedAccessory & { subject: ArtifactRow }) => ArtifactRow;
  /** Attaches a label, the project's or a global one, by name. */
  attachLabel: (artifact: ArtifactRow, label: string) => void;
  /** Puts a tag on another artifact, as a push would. */
  moveTag: (spec: {
    project: string;
    repository: string;
    tag: string;
    to: string;
    at?: number;
  }) => void;
}

const somePlatforms: readonly Platform[] = [
  { architecture: 'amd64', os: 'linux' },
  { architecture: 'arm64', os: 'linux', variant: 'v8' },
  { architecture: 'arm', os: 'linux', variant: 'v7' },
  { architecture: 'ppc64le', os: 'linux' },
  { architecture: 's390x', os: 'linux' },
  { architecture: '386', os: 'linux' },
  { architecture: 'arm', os: 'linux', variant: 'v5' },
  { architecture: 'mips64le', os: 'linux' },
  { architecture: 'riscv64', os: 'linux' },
];

function platformsOf(platforms: SeedArtifact['platforms']): readonly Platform[] {
  if (typeof platforms !== 'number') return platforms ?? [];
  return Array.from(
    { length: platforms },
    (_, index) => somePlatforms[index % somePlatforms.length] as Platform,
  );
}

interface Place {
  readonly state: State;
  readonly project: ProjectRow;
  readonly repository: ReturnType<typeof ensureRepository>;
}

const attrsOf = (platform: Platform | undefined): Readonly<Record<string, unknown>> => ({
  architecture: platform?.architecture ?? 'amd64',
  author: '',
  config: {},
  created: '2024-01-02T03:04:05Z',
  os: platform?.os ?? 'linux',
});
const plainAttrs = attrsOf(undefined);

function childrenOf(place: Place, spec: SeedArtifact, at: number): ReferenceRow[] | undefined {
  const platforms = platformsOf(spec.platforms);
  if (platforms.length === 0 && spec.children === undefined) return undefined;
  const share = Math.floor((spec.size ?? 50_000_000) / Math.max(platforms.length, 1));
  const imagined = platforms.map((platform) => ({
    size: share,
    pushedAt: at,
    platform,
    ...(spec.digest === undefined
      ? {}
      : { digest: digestOf(`${spec.digest}/${JSON.stringify(platform)}`) }),
  }));
  return [...imagined, ...(spec.children ?? [])].map((child) => ({
    child: addOne(
      place,
      { pushedAt: at, ...child },
      { platform: child.platform, subject: undefined },
    ),
    platform: child.platform,
    annotations: undefined,
    urls: undefined,
  }));
}

interface Role {
  readonly platform: Platform | undefined;
  readonly subject: ArtifactRow | undefined;
}

function rowOf(place: Place, spec: SeedArtifact, role: Role): ArtifactRow {
  const at = spec.pushedAt ?? place.state.clock.now();
  const references = childrenOf(place, spec, at);
  const manifestMediaType =
    spec.manifestMediaType ?? (references === undefined ? OCI_MANIFEST : OCI_INDEX);
  const isIndex = isIndexType(manifestMediaType);
  const mediaType = spec.mediaType ?? (isIndex ? manifestMediaType : OCI_CONFIG);
  const type = spec.type ?? typeOf(mediaType);
  let size = isIndex ? 1_000 : (spec.size ?? 50_000_000);
  for (const reference of references ?? []) size += reference.child.size;
  const attrs = role.platform === undefined ? plainAttrs : attrsOf(role.platform);
  const fields = {
    id: nextId(place.state, 'artifact'),
    project: place.project,
    repository: place.repository,
    type,
    mediaType,
    manifestMediaType,
    artifactType: spec.artifactType ?? (isIndex ? '' : mediaType),
    size,
    icon: iconOf(type),
    pushedAt: at,
    pulledAt: spec.pulledAt ?? 0,
    extraAttrs: spec.extraAttrs ?? (type === 'IMAGE' && !isIndex ? attrs : undefined),
    annotations: spec.annotations,
    tags: undefined,
    labels: undefined,
    references,
    parents: undefined,
    accessory: undefined,
    blobs: undefined,
    deleted: false,
  };
  const digest =
    spec.digest ?? digestOf(imagine({ ...fields, subjectDigest: role.subject?.digest }).manifest);
  return { ...fields, digest };
}

const accessoryMedia: Readonly<Record<string, string>> = {
  'signature.cosign': 'application/vnd.dev.cosign.artifact.sig.v1+json',
  'signature.notation': 'application/vnd.cncf.notary.signature',
  'sbom.harbor': 'application/vnd.goharbor.harbor.sbom.v1',
};

function addOne(place: Place, spec: SeedArtifact, role: Role): ArtifactRow {
  const { state } = place;
  if (spec.digest !== undefined) {
    const existing = place.repository.byDigest.get(spec.digest);
    if (existing !== undefined) return existing;
  }
  const row = rowOf(place, spec, role);
  addArtifact(state, row);
  place.project.imagined += 1;
  place.project.quota.used += ownSize(row);
  for (const reference of row.references ?? []) addParent(state, reference.child, row);
  for (const name of spec.tags ?? []) putTag(state, row, { name, at: row.pushedAt });
  for (const label of spec.labels ?? []) addLabel(row, label);
  for (const accessory of spec.accessories ?? []) addAccessory(place, row, accessory);
  return row;
}

function addAccessory(place: Place, subject: ArtifactRow, spec: SeedAccessory): ArtifactRow {
  const mediaType = accessoryMedia[spec.type] ?? 'application/vnd.oci.empty.v1+json';
  const row = addOne(
    place,
    {
      mediaType,
      size: spec.size ?? 700,
      pushedAt: subject.pushedAt,
      tags: spec.tags ?? [],
      ...(spec.digest === undefined ? {} : { digest: spec.digest }),
    },
    { platform: undefined, subject },
  );
  createAccessory(place.state, {
    artifact: row,
    subjectDigest: subject.digest,
    type: spec.type,
    at: subject.pushedAt,
  });
  for (const nested of spec.accessories ?? []) addAccessory(place, row, nested);
  return row;
}

export function createSeeder(state: State): Seeder {
  return {
    ...createSettingsSeeder(state),
    project: (name, options = {}) =>
      addProject(state, {
        name,
        metadata: new Map(
          Object.entries({ public: String(options.public ?? false), ...options.metadata }),
        ),
        ...(options.registryId === undefined ? {} : { registryId: options.registryId }),
        ...(options.storageLimit === undefined ? {} : { storageLimit: options.storageLimit }),
        ...(options.createdAt === undefined ? {} : { createdAt: options.createdAt }),
      }),
    push: (spec) => {
      const project = projectCalled(state, spec.project);
      const repository = ensureRepository(state, project, spec.repository);
      const row = addOne({ state, project, repository }, spec, {
        platform: undefined,
        subject: undefined,
      });
      for (const name of spec.tags ?? []) {
        const tag = putTag(state, row, { name, at: spec.pushedAt ?? state.clock.now() });
        if (spec.tagPulledAt !== undefined) tag.pulledAt = spec.tagPulledAt;
      }
      return row;
    },
    accessory: ({ subject, ...spec }) =>
      addAccessory(
        { state, project: subject.project, repository: subject.repository },
        subject,
        spec,
      ),
    attachLabel: (artifact, name) => {
      const known = [...state.labels.values()].filter(
        (label) =>
          label.name === name && (label.projectId === 0 || label.projectId === artifact.project.id),
      );
      const [label] = known;
      if (label === undefined)
        throw new Error(`no label "${name}" for ${artifact.repository.name}: seed it first`);
      addLabel(artifact, label);
    },
    moveTag: ({ project, repository, tag, to, at }) => {
      const row = projectCalled(state, project).repositories.get(repository)?.byDigest.get(to);
      if (row === undefined)
        throw new Error(`no artifact ${project}/${repository}@${to} to move the tag to`);
      putTag(state, row, { name: tag, at: at ?? state.clock.now() });
    },
  };
}
