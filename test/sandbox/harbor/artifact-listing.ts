import { badRequest } from './errors.ts';
import { type Column, type ListSpec, type Listed, comparison, pageOf, testsOf } from './listing.ts';
import { type ListQuery, type Match, exactly } from './query.ts';
import type { ArtifactRow, ProjectRow, RepositoryRow } from './rows.ts';
import { type ViewName, firstFrom, viewOf } from './shelf.ts';
import { type State } from './state.ts';
import { since } from './version.ts';

/** What a list of artifacts is of: a repository or a project; undefined for one that does not exist. */
export type Place = RepositoryRow | ProjectRow;

const column = (
  key: string,
  kind: Column<ArtifactRow>['kind'],
  get: Column<ArtifactRow>['get'],
): Column<ArtifactRow> => ({ key, kind, get });

const columns: readonly Column<ArtifactRow>[] = [
  column('id', 'integer', (row) => row.id),
  column('type', 'text', (row) => row.type),
  column('media_type', 'text', (row) => row.mediaType),
  column('manifest_media_type', 'text', (row) => row.manifestMediaType),
  column('artifact_type', 'text', (row) => row.artifactType),
  column('project_id', 'integer', (row) => row.project.id),
  column('repository_id', 'integer', (row) => row.repository.id),
  column('repository_name', 'text', (row) => row.repository.name),
  column('digest', 'text', (row) => row.digest),
  column('size', 'integer', (row) => row.size),
  column('icon', 'text', (row) => row.icon),
  column('push_time', 'time', (row) => row.pushedAt),
  column('pull_time', 'time', (row) => row.pulledAt),
];

function tagsTest(match: Match): (row: ArtifactRow) => boolean {
  if (match.kind === 'fuzzy')
    return (row) => row.tags?.some((tag) => tag.name.includes(match.value)) === true;
  if (match.kind !== 'exact')
    throw badRequest(
      'the value of "tags" query can only be fuzzy match value or exact match value',
    );
  if (match.value === '*') return (row) => row.tags !== undefined;
  if (match.value === 'nil') return (row) => row.tags === undefined;
  return (row) => row.tags?.some((tag) => tag.name === match.value) === true;
}

function labelsTest(match: Match): (row: ArtifactRow) => boolean {
  if (match.kind !== 'all' || match.values.some((value) => !/^\d+$/.test(value)))
    throw badRequest(
      'the value of "labels" query can only be integer list with intersetion relationship',
    );
  const wanted = match.values.map(Number);
  return (row) => wanted.every((id) => row.labels?.some((label) => label.id === id) === true);
}

function baseTest(match: Match): () => boolean {
  if (match.kind !== 'exact' || match.value !== '*')
    throw badRequest('the value of "base" query can only be exact match value with "*"');
  return () => true;
}

export function artifactSpec(state: State): ListSpec<ArtifactRow> {
  const known = since(state.version, 12)
    ? columns
    : columns.filter((one) => one.key !== 'artifact_type');
  return {
    columns: known,
    special: { tags: tagsTest, labels: labelsTest, base: baseTest },
    defaultSort: [
      { key: 'push_time', descending: true },
      { key: 'id', descending: since(state.version, 3) },
    ],
    sortable: since(state.version, 3),
  };
}

function viewFor(query: ListQuery): ViewName {
  const all = exactly(query, 'base') === '*';
  switch (exactly(query, 'tags') ?? '') {
    case '*':
      return 'tagged';
    case 'nil':
      return all ? 'bare' : 'untagged';
    default:
      return all ? 'base' : 'listed';
  }
}

/** The least id a query asks for, if it says so in one of the forms of keyset paging. */
function leastId(query: ListQuery): number | undefined {
  const range = query.filters.get('id');
  if (range?.kind === 'range' && range.max === '' && /^\d+$/.test(range.min))
    return Number(range.min);
  const above = exactly(query, 'id__gt');
  return above !== undefined && /^\d+$/.test(above) ? Number(above) + 1 : undefined;
}

const indexedKeys = new Set(['base', 'id', 'id__gt', 'pull_time', 'repository_id', 'tags']);

/** The repositories that `repository_id` leaves; undefined when it can't be answered by looking up. */
function repositoriesFor(place: Place, query: ListQuery): readonly Place[] | undefined {
  const match = query.filters.get('repository_id');
  if (match === undefined) return [place];
  if (!('repositories' in place)) return undefined;
  const all = [...place.repositories.values()];
  if (match.kind === 'exact')
    return all.filter((repository) => String(repository.id) === match.value);
  if (match.kind !== 'range') return undefined;
  const min = match.min === '' ? 0 : Number(match.min);
  const max = match.max === '' ? Number.POSITIVE_INFINITY : Number(match.max);
  if (Number.isNaN(min) || Number.isNaN(max)) return undefined;
  return all.filter((repository) => repository.id >= min && repository.id <= max);
}

/** Merges sorted runs by id until `count` rows are there. */
function mergeById(
  runs: { readonly rows: readonly ArtifactRow[]; from: number }[],
  count: number,
): ArtifactRow[] {
  const [only] = runs;
  if (only !== undefined && runs.length === 1) return only.rows.slice(only.from, only.from + count);
  const merged: ArtifactRow[] = [];
  while (merged.length < count) {
    let best: (typeof runs)[number] | undefined;
    let bestId = Number.POSITIVE_INFINITY;
    for (const run of runs) {
      const id = run.rows[run.from]?.id ?? Number.POSITIVE_INFINITY;
      if (id < bestId) [best, bestId] = [run, id];
    }
    const row = best?.rows[best.from];
    if (best === undefined || row === undefined) break;
    merged.push(row);
    best.from += 1;
  }
  return merged;
}

/** A page of `sort=id` with nothing but indexed keys costs a page, not the list. */
function keysetPage(
  place: Place,
  query: ListQuery,
  wasPulled: ((row: ArtifactRow) => boolean) | undefined,
): Listed<ArtifactRow> | undefined {
  const [sort] = query.sort;
  if (query.sort.length !== 1 || sort?.key !== 'id' || sort.descending) return undefined;
  if (query.page > 1 || query.pageSize <= 0) return undefined;
  if ([...query.filters.keys()].some((key) => !indexedKeys.has(key))) return undefined;
  const tags = exactly(query, 'tags');
  if (query.filters.has('tags') && tags !== '*' && tags !== 'nil') return undefined;
  if (query.filters.has('base') && exactly(query, 'base') !== '*') return undefined;
  const from = leastId(query);
  if (from === undefined && (query.filters.has('id') || query.filters.has('id__gt')))
    return undefined;
  const places = repositoriesFor(place, query);
  if (places === undefined) return undefined;
  const runs = places.map((one) => {
    const rows = viewOf(one.shelf, viewFor(query));
    const first = firstFrom(rows, from ?? 0);
    if (wasPulled === undefined) return { rows, from: first };
    return { rows: rows.slice(first).filter(wasPulled), from: 0 };
  });
  let total = 0;
  for (const run of runs) total += run.rows.length - run.from;
  return { rows: mergeById(runs, query.pageSize), total };
}

interface Cached {
  readonly key: string;
  readonly rows: readonly ArtifactRow[];
}
const sorted = new WeakMap<Place, Cached>();

function sortedRows(state: State, place: Place, query: ListQuery): readonly ArtifactRow[] {
  // Whoever pages by offset asks for the same order again and again.
  const key = JSON.stringify([state.revision, [...query.filters], query.sort]);
  const cached = sorted.get(place);
  if (cached?.key === key) return cached.rows;
  const spec = artifactSpec(state);
  const tests = testsOf(spec, query);
  const all = exactly(query, 'base') === '*';
  const counted: ViewName = since(state.version, 6) ? 'listed' : 'unsorted';
  const rows = viewOf(place.shelf, all ? 'base' : counted).filter((row) =>
    tests.every((test) => test(row)),
  );
  rows.sort(comparison(spec, query.sort));
  sorted.set(place, { key, rows });
  return rows;
}

/** One page of the artifacts of a place, as Harbor lists them. */
export function listArtifacts(state: State, place: Place, query: ListQuery): Listed<ArtifactRow> {
  const modern = since(state.version, 6);
  const pulled = query.filters.get('pull_time');
  const only = { ...query, filters: new Map(pulled === undefined ? [] : [['pull_time', pulled]]) };
  const [wasPulled] = testsOf(artifactSpec(state), only);
  const fast = modern ? keysetPage(place, query, wasPulled) : undefined;
  if (fast !== undefined) return fast;
  const rows = sortedRows(state, place, query);
  const page = pageOf(rows, query);
  // 2.5 drops accessories after the query: short pages in the middle, and a total that counts them (T12).
  return {
    rows: modern ? page : page.filter((row) => row.accessory === undefined),
    total: rows.length,
  };
}
