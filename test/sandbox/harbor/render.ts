import { omitEmpty, renderTime } from './json.ts';
import type {
  AccessoryRow,
  ArtifactRow,
  LabelRow,
  ReferenceRow,
  RepositoryRow,
  TagRow,
} from './rows.ts';
import { type State } from './state.ts';
import { viewOf } from './shelf.ts';
import { since } from './version.ts';

export interface ArtifactFlags {
  readonly tag: boolean;
  readonly label: boolean;
  readonly accessory: boolean;
  readonly scan: boolean;
  readonly sbom: boolean;
  /** Undefined unless asked for. */
  readonly immutable: ((tag: TagRow) => boolean) | undefined;
}

export function renderTag(tag: TagRow, immutable: boolean): Record<string, unknown> {
  return {
    artifact_id: tag.artifact.id,
    id: tag.id,
    immutable,
    name: tag.name,
    pull_time: renderTime(tag.pulledAt),
    push_time: renderTime(tag.pushedAt),
    repository_id: tag.artifact.repository.id,
  };
}

export function renderLabel(label: LabelRow): Record<string, unknown> {
  return omitEmpty({
    color: label.color,
    creation_time: renderTime(label.createdAt),
    description: label.description,
    id: label.id,
    name: label.name,
    project_id: label.projectId,
    scope: label.scope,
    update_time: renderTime(label.updatedAt),
  });
}

/** Icons are digests of pictures that come with Harbor. */
const accessoryIcons: Readonly<Record<string, string>> = {
  'signature.cosign': 'sha256:20401d5b3a0f6dbc607c8d732eb08471af4ae6b19811a4efce8c6a724aed2882',
  'signature.notation': 'sha256:3ac706e102bbe9362b400aa162df58135d35e66b9c3bee2165de92022d25fe34',
  'sbom.harbor': 'sha256:c19f80c357cd7e90d2a01b9ae3e2eb62ce447a2662bb590a19177d72d550bdae',
  'accelerator.nydus': 'sha256:dfcb6617cd9c144358dc1b305b87bbe34f0b619f1e329116e6aee2e41f2e34cf',
};

export function renderAccessory(state: State, accessory: AccessoryRow): Record<string, unknown> {
  return {
    artifact_id: accessory.artifact.id,
    creation_time: renderTime(accessory.createdAt),
    digest: accessory.artifact.digest,
    icon: accessoryIcons[accessory.type] ?? '',
    id: accessory.id,
    size: accessory.artifact.size,
    subject_artifact_digest: accessory.subjectDigest,
    subject_artifact_id: accessory.subjectId,
    ...(since(state.version, 8) ? { subject_artifact_repo: accessory.subjectRepository } : {}),
    type: accessory.type,
  };
}

function renderReference(parent: ArtifactRow, reference: ReferenceRow): Record<string, unknown> {
  return {
    ...(reference.annotations === undefined ? {} : { annotations: reference.annotations }),
    child_digest: reference.child.digest,
    child_id: reference.child.id,
    parent_id: parent.id,
    ...(reference.platform === undefined
      ? {}
      : { platform: { OsFeatures: null, ...omitEmpty({ ...reference.platform }) } }),
    urls: reference.urls ?? null,
  };
}

const additions: Readonly<Record<string, readonly string[]>> = {
  IMAGE: ['build_history'],
  CHART: ['values.yaml', 'readme.md', 'dependencies'],
};

function renderAdditions(row: ArtifactRow): Record<string, unknown> {
  const names = row.extraAttrs === undefined ? undefined : additions[row.type];
  if (names === undefined) return {};
  const repository = encodeURIComponent(encodeURIComponent(row.repository.shortName));
  const base = `/api/v2.0/projects/${row.project.name}/repositories/${repository}/artifacts/${row.digest}/additions`;
  const links = names.map((name) => [name, { absolute: false, href: `${base}/${name}` }]);
  return { addition_links: Object.fromEntries(links) };
}

export const accessoriesOf = (row: ArtifactRow): readonly AccessoryRow[] =>
  row.repository.accessories.get(row.digest) ?? [];

const orNull = <T>(items: readonly T[] | undefined, render: (item: T) => unknown): unknown =>
  items === undefined || items.length === 0 ? null : items.map(render);

export function renderArtifact(
  state: State,
  row: ArtifactRow,
  flags: ArtifactFlags,
): Record<string, unknown> {
  const withNames = since(state.version, 12);
  return {
    accessories: flags.accessory
      ? orNull(accessoriesOf(row), (one) => renderAccessory(state, one))
      : null,
    ...renderAdditions(row),
    ...(row.annotations === undefined ? {} : { annotations: row.annotations }),
    ...(withNames && row.artifactType !== '' ? { artifact_type: row.artifactType } : {}),
    digest: row.digest,
    ...(row.extraAttrs === undefined ? {} : { extra_attrs: row.extraAttrs }),
    icon: row.icon,
    id: row.id,
    labels: flags.label ? orNull(row.labels, renderLabel) : null,
    manifest_media_type: row.manifestMediaType,
    media_type: row.mediaType,
    project_id: row.project.id,
    pull_time: renderTime(row.pulledAt),
    push_time: renderTime(row.pushedAt),
    references: orNull(row.references, (reference) => renderReference(row, reference)),
    repository_id: row.repository.id,
    ...(withNames ? { repository_name: row.repository.name } : {}),
    ...(row.size > 0 ? { size: row.size } : {}),
    tags: flags.tag
      ? orNull(row.tags, (tag) => renderTag(tag, flags.immutable?.(tag) ?? false))
      : null,
    type: row.type,
  };
}

export function renderRepository(repository: RepositoryRow): Record<string, unknown> {
  return {
    artifact_count: viewOf(repository.shelf, 'listed').length,
    creation_time: renderTime(repository.createdAt),
    id: repository.id,
    name: repository.name,
    project_id: repository.project.id,
    pull_count: repository.pullCount,
    update_time: renderTime(repository.updatedAt),
  };
}
