import type { AccessoryRow, ArtifactRow, LabelRow, RepositoryRow, TagRow } from './rows.ts';
import { refreshOnShelf } from './shelf.ts';
import { type State, nextId } from './state.ts';

/** Keeps lists and counts right after a change of tags, parents or accessory links. */
export function touchLists(state: State, row: ArtifactRow): void {
  refreshOnShelf(row.repository.shelf, row);
  refreshOnShelf(row.project.shelf, row);
  state.revision += 1;
}

export function attachTag(state: State, row: ArtifactRow, tag: TagRow): void {
  row.tags = [tag, ...(row.tags ?? [])];
  touchLists(state, row);
}

export function detachTag(state: State, tag: TagRow): void {
  const row = tag.artifact;
  const left = row.tags?.filter((one) => one !== tag) ?? [];
  row.tags = left.length > 0 ? left : undefined;
  touchLists(state, row);
}

/** A tag that does not exist yet. */
export function createTag(
  state: State,
  row: ArtifactRow,
  spec: { readonly name: string; readonly at: number; readonly pulledAt?: number },
): TagRow {
  const tag: TagRow = {
    id: nextId(state, 'tag'),
    name: spec.name,
    artifact: row,
    pushedAt: spec.at,
    pulledAt: spec.pulledAt ?? 0,
  };
  row.repository.tags.set(spec.name, tag);
  attachTag(state, row, tag);
  return tag;
}

/** Puts a name on an artifact as a push does: it moves if need be; the same place again changes nothing. */
export function putTag(
  state: State,
  row: ArtifactRow,
  spec: { readonly name: string; readonly at: number; readonly pulledAt?: number },
): TagRow {
  const existing = row.repository.tags.get(spec.name);
  if (existing === undefined) return createTag(state, row, spec);
  if (existing.artifact === row) return existing;
  detachTag(state, existing);
  existing.artifact = row;
  existing.pushedAt = spec.at;
  attachTag(state, row, existing);
  return existing;
}

export function removeTag(state: State, tag: TagRow): void {
  detachTag(state, tag);
  tag.artifact.repository.tags.delete(tag.name);
}

export interface NewAccessory {
  readonly artifact: ArtifactRow;
  readonly subjectDigest: string;
  readonly type: string;
  readonly at: number;
}

/** Makes an artifact an accessory of a digest in its repository, whether or not that exists. */
export function createAccessory(state: State, spec: NewAccessory): AccessoryRow {
  const { repository } = spec.artifact;
  const accessory: AccessoryRow = {
    id: nextId(state, 'accessory'),
    artifact: spec.artifact,
    subjectDigest: spec.subjectDigest,
    subjectRepository: repository.name,
    subjectId: repository.byDigest.get(spec.subjectDigest)?.id ?? 0,
    type: spec.type,
    createdAt: spec.at,
  };
  const others = repository.accessories.get(spec.subjectDigest) ?? [];
  repository.accessories.set(spec.subjectDigest, [...others, accessory]);
  spec.artifact.accessory = accessory;
  touchLists(state, spec.artifact);
  return accessory;
}

export function removeAccessoryLink(state: State, accessory: AccessoryRow): void {
  const { repository } = accessory.artifact;
  const left = (repository.accessories.get(accessory.subjectDigest) ?? []).filter(
    (one) => one !== accessory,
  );
  if (left.length > 0) repository.accessories.set(accessory.subjectDigest, left);
  else repository.accessories.delete(accessory.subjectDigest);
  accessory.artifact.accessory = undefined;
  touchLists(state, accessory.artifact);
}

export function addParent(state: State, child: ArtifactRow, parent: ArtifactRow): void {
  child.parents = [...(child.parents ?? []), parent];
  touchLists(state, child);
}

export function removeParent(state: State, child: ArtifactRow, parent: ArtifactRow): void {
  const left = child.parents?.filter((one) => one !== parent) ?? [];
  child.parents = left.length > 0 ? left : undefined;
  touchLists(state, child);
}

export function addLabel(row: ArtifactRow, label: LabelRow): void {
  row.labels = [...(row.labels ?? []), label];
}

export function removeLabel(row: ArtifactRow, label: LabelRow): void {
  const left = row.labels?.filter((one) => one !== label) ?? [];
  row.labels = left.length > 0 ? left : undefined;
}

/** Every change of content counts as an update from v2.15.2 on. */
export function touchRepository(state: State, repository: RepositoryRow): void {
  repository.updatedAt = state.clock.now();
}
