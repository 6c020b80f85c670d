import type { ArtifactRow } from './rows.ts';

/**
 * The artifacts of a repository or project in order of their id, with the subsets that lists are made of.
 * A subset is built when first asked for and then kept up to date, so that a page by keyset costs a page.
 */
export interface Shelf {
  readonly rows: ArtifactRow[];
  readonly views: Map<ViewName, ArtifactRow[]>;
}

/**
 * `base`: all but accessories; `listed`: of these what is tagged or no index's child;
 * `tagged`, `untagged`: halves of `listed`; `bare`: all untagged of `base`; `unsorted`: what 2.5 counts, accessories too.
 */
export type ViewName = 'base' | 'listed' | 'tagged' | 'untagged' | 'bare' | 'unsorted';

const membership: Readonly<Record<ViewName, (row: ArtifactRow) => boolean>> = {
  base: (row) => row.accessory === undefined,
  listed: (row) =>
    row.accessory === undefined && (row.tags !== undefined || row.parents === undefined),
  tagged: (row) => row.accessory === undefined && row.tags !== undefined,
  untagged: (row) =>
    row.accessory === undefined && row.tags === undefined && row.parents === undefined,
  unsorted: (row) => row.tags !== undefined || row.parents === undefined,
  bare: (row) => row.accessory === undefined && row.tags === undefined,
};

export const createShelf = (): Shelf => ({ rows: [], views: new Map() });

/** The place of the first row whose id is at least `id`. */
export function firstFrom(rows: readonly ArtifactRow[], id: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.id ?? 0) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function viewOf(shelf: Shelf, name: ViewName): readonly ArtifactRow[] {
  const built = shelf.views.get(name);
  if (built !== undefined) return built;
  const view = shelf.rows.filter(membership[name]);
  shelf.views.set(name, view);
  return view;
}

function insert(rows: ArtifactRow[], row: ArtifactRow): void {
  const last = rows.at(-1);
  if (last === undefined || last.id < row.id) rows.push(row);
  else rows.splice(firstFrom(rows, row.id), 0, row);
}

function settle(view: ArtifactRow[], row: ArtifactRow, belongs: boolean): void {
  const place = firstFrom(view, row.id);
  const present = view[place] === row;
  if (belongs && !present) insert(view, row);
  if (!belongs && present) view.splice(place, 1);
}

export function putOnShelf(shelf: Shelf, row: ArtifactRow): void {
  insert(shelf.rows, row);
  refreshOnShelf(shelf, row);
}

export function takeOffShelf(shelf: Shelf, row: ArtifactRow): void {
  settle(shelf.rows, row, false);
  for (const view of shelf.views.values()) settle(view, row, false);
}

/** To be called when tags, parents or the accessory link of a row have changed. */
export function refreshOnShelf(shelf: Shelf, row: ArtifactRow): void {
  for (const [name, view] of shelf.views) settle(view, row, membership[name](row));
}
