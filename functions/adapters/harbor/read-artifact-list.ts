import type { Gathered, ListingContext } from './artifact-lists.ts';
import { tooHeavy, tooLarge } from '../../domain/capacity.ts';
import type { RepositoryHead } from '../../domain/repository.ts';
import type { ArtifactScope } from '../../ports.ts';
import { confirmLabels } from './confirm-labels.ts';
import { addPulledChildren } from './pulled-children.ts';
import { HarborFailure } from './failure.ts';
import { keysetPages, type KeysetList } from './paging.ts';
import { anyOf, paths, range } from './paths.ts';
import { weightOfRow, whatIsWrong, type WireArtifact, wireArtifact } from './wire.ts';

/**
 * Asks for every field that judging uses. Harbor leaves out what is not asked for, and that would look like "has none"
 * (docs/harbor.md#t8-flags).
 */
const flags = { with_tag: true, with_label: true, with_accessory: true } as const;

export function nothingOf(head: RepositoryHead): Gathered {
  return {
    head,
    rows: [],
    hidden: [],
    confirmed: new Set(),
    weight: 0,
    problem: undefined,
    tooLarge: undefined,
    labelsDoubtful: () => false,
    hidesLabels: false,
    lacksChildren: false,
  };
}

/** Names a row within `Gathered.confirmed`. */
export function rowKey(row: { readonly id: number; readonly digest: string }): string {
  return `${row.id}@${row.digest}`;
}

/** Reads one list, of the whole scope or of one repository, and sorts its rows by repository. */
export async function gather(
  context: ListingContext,
  scope: ArtifactScope,
  only: RepositoryHead | undefined,
): Promise<readonly Gathered[]> {
  const heads = only === undefined ? scope.repositories : [only];
  const byId = new Map(heads.map((head): [number, Gathered] => [head.id, nothingOf(head)]));
  let count = 0;
  for await (const page of keysetPages(context.client, artifactList(context, scope, only))) {
    for (const row of page) if (place(row.value, byId, scope)) count += 1;
    scope.onPage?.(page.length);
    if (only === undefined) refuseTooHeavy(byId, scope);
    // Nobody else waits for the rest of its list.
    if (heads.length === 1 && byId.get(heads[0]?.id ?? 0)?.tooLarge !== undefined) break;
  }
  note(context, scope, { only, what: 'artifacts', rows: count });
  await confirmLabels(context, scope, byId);
  if (scope.confirmUntagged) await confirmUntagged(context, scope, { only, byId });
  if (!scope.withChildren) {
    const list = narrowedList(context, scope, only);
    if (!(await addPulledChildren(context, scope, { byId, list }))) {
      const quiet = { ...context, note: () => undefined };
      return await gather(quiet, { ...scope, withChildren: true }, only);
    }
    if (only === undefined) refuseTooHeavy(byId, scope);
  }
  return [...byId.values()];
}

/** The scope by the project-wide list, whatever it was listed by. */
function narrowedList(
  context: ListingContext,
  scope: ArtifactScope,
  only: RepositoryHead | undefined,
): KeysetList {
  const own = only === undefined ? scope : { ...scope, by: 'range' as const, repositories: [only] };
  return artifactList(context, own, undefined);
}

/** Each repository is then read by itself, so that what is too heavy there costs nothing else. @throws HarborFailure */
function refuseTooHeavy(byId: ReadonlyMap<number, Gathered>, scope: ArtifactScope): void {
  let weight = 0;
  let rows = 0;
  for (const one of byId.values()) {
    weight += one.weight;
    rows += one.rows.length + one.hidden.length;
  }
  const why = tooHeavy(weight, rows, scope.maxWeight);
  if (why !== undefined) throw HarborFailure.unexpected(paths.projectArtifacts(scope.project), why);
}

function artifactList(
  context: ListingContext,
  scope: ArtifactScope,
  only: RepositoryHead | undefined,
): KeysetList {
  const first = scope.repositories[0];
  const last = scope.repositories.at(-1);
  const asked =
    scope.by === 'ids'
      ? anyOf(scope.repositories.map(({ id }) => id))
      : range(first?.id ?? 0, last?.id);
  const ids: Readonly<Record<string, string>> = only === undefined ? { repository_id: asked } : {};
  return {
    path:
      only === undefined
        ? paths.projectArtifacts(scope.project)
        : paths.artifacts(scope.project, only.name),
    column: 'id',
    field: 'id',
    terms: { ...ids, ...(scope.withChildren ? { base: '*' } : {}) },
    flags,
    kind: 'artifacts',
    shortPages: context.shortPages,
  };
}

/**
 * Puts a row to its repository; one that can't be understood spoils its repository, or, without one, the list.
 * Answers whether it was wanted.
 */
function place(value: unknown, byId: ReadonlyMap<number, Gathered>, scope: ArtifactScope): boolean {
  const parsed = wireArtifact.safeParse(value);
  if (parsed.success) {
    const { data } = parsed;
    if (data.project_id !== scope.projectId) {
      throw HarborFailure.unexpected(
        paths.projectArtifacts(scope.project),
        `artifact ${data.digest} of project ${data.project_id} came, project ${scope.projectId} was asked for.`,
      );
    }
    // A repository that is not in the scope is newer than the list of repositories: not judged this time.
    const gathered = byId.get(data.repository_id);
    if (gathered === undefined) return false;
    keep(gathered, data, scope.maxArtifacts);
    return true;
  }
  const problem = `an artifact of the list ${whatIsWrong(parsed.error)}`;
  const owner = repositoryIdOf(value);
  const gathered = owner === undefined ? undefined : byId.get(owner);
  if (gathered === undefined) {
    throw HarborFailure.unexpected(paths.projectArtifacts(scope.project), problem);
  }
  gathered.problem ??= problem;
  return true;
}

function keep(gathered: Gathered, row: WireArtifact, most: number | undefined): void {
  if (gathered.tooLarge !== undefined) return;
  gathered.rows.push(row);
  gathered.weight += weightOfRow(row);
  gathered.tooLarge =
    tooLarge(gathered.rows.length, most) ?? tooHeavy(gathered.weight, gathered.rows.length, most);
  if (gathered.tooLarge !== undefined) gathered.rows.length = 0;
}

/** The repository of a row that may be malformed. */
export function repositoryIdOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('repository_id' in value)) return undefined;
  return typeof value.repository_id === 'number' ? value.repository_id : undefined;
}

/** Untagged children belong to their index; everything else counts in Harbor's `artifact_count`. */
export function topLevel(rows: readonly WireArtifact[]): readonly WireArtifact[] {
  const children = new Set(
    rows.flatMap((row) => row.references.map((child) => child.child_digest)),
  );
  return rows.filter((row) => row.tags.length > 0 || !children.has(row.digest));
}

const hasTags = (row: WireArtifact): boolean => row.tags.length > 0;

/**
 * An empty tag list may be a sub-query that failed (docs/harbor.md#t9-empty-tag-lists) or a row torn by a deletion
 * (T48): those that a list of untagged artifacts does not show as well have unknown tags.
 */
async function confirmUntagged(
  context: ListingContext,
  scope: ArtifactScope,
  { only, byId }: { only: RepositoryHead | undefined; byId: ReadonlyMap<number, Gathered> },
): Promise<void> {
  const doubtful = [...byId.values()].some((one) =>
    topLevel(one.rows).some((row) => row.tags.length === 0),
  );
  if (!doubtful) return;
  const list = artifactList(context, { ...scope, withChildren: false }, only);
  const tagged = new Set(
    [...byId.values()].flatMap(({ rows }) => rows.filter(hasTags).map(rowKey)),
  );
  const seen: WireArtifact[] = [];
  let isFiltered = true;
  let count = 0;
  for await (const page of keysetPages(context.client, {
    ...list,
    terms: { ...list.terms, tags: 'nil' },
    flags: { with_tag: true },
    kind: 'untagged',
  })) {
    for (const row of page) {
      const parsed = wireArtifact.safeParse(row.value);
      if (!parsed.success) continue;
      if (byId.has(parsed.data.repository_id)) count += 1;
      seen.push(parsed.data);
      // A tagged row means that the filter was ignored, or a tag came just now: the list proves nothing.
      isFiltered &&= !hasTags(parsed.data) && !tagged.has(rowKey(parsed.data));
    }
  }
  if (isFiltered) for (const row of seen) byId.get(row.repository_id)?.confirmed.add(rowKey(row));
  note(context, scope, { only, what: 'untagged', rows: count });
}

function note(
  context: ListingContext,
  scope: ArtifactScope,
  list: { only: RepositoryHead | undefined; what: 'artifacts' | 'untagged'; rows: number },
): void {
  context.note({
    project: scope.project,
    ...(list.only === undefined || context.projectWide ? {} : { repository: list.only.name }),
    what: list.what,
    rows: list.rows,
  });
}
