import * as z from 'zod';
import { bounds } from '../../domain/bounds.ts';
import type { HarborClient } from './client.ts';
import { HarborFailure } from './failure.ts';
import { newPageSizes, pageSize } from './page-sizes.ts';
import { filter, query, range } from './paths.ts';

/**
 * A list read by ascending id, which neither deletions nor pushes in between can upset
 * (docs/harbor.md#t11-rows-that-move).
 */
export interface KeysetList {
  readonly path: string;
  /** The filterable column that is the id: `id`, `repository_id`, `project_id`. */
  readonly column: string;
  /** The field of a row that holds it. */
  readonly field: string;
  /** Other filters. */
  readonly terms?: Readonly<Record<string, string>>;
  readonly flags?: Readonly<Record<string, boolean>>;
  /** The kind of request that the pace measures: requests of one kind cost about the same. */
  readonly kind: string;
  /**
   * Harbor 2.5.x drops accessories after the query: short and empty pages are no fault there
   * (docs/harbor.md#t12-links-and-short-pages).
   */
  readonly shortPages?: boolean;
  /** Called with the count of the first page; false leaves the list at that, and nothing of it comes. */
  readonly onTotal?: (total: number) => boolean;
}

/** A row with its id; the rest is still unchecked. */
export interface Row {
  readonly id: number;
  readonly value: unknown;
}

interface Page {
  readonly rows: readonly Row[];
  readonly total: number;
}

const arrayOfAny = z.array(z.unknown());

/**
 * The pages of a list, in order. The count of every page is held against its rows, and every id against the
 * range that was asked for: a filter or sort that Harbor ignored is noticed (docs/harbor.md#t10-unknown-keys).
 * @throws HarborFailure if the list is not provably whole
 */
export async function* keysetPages(
  client: HarborClient,
  list: KeysetList,
): AsyncGenerator<readonly Row[]> {
  const sizes = newPageSizes();
  let from = 1;
  let number = 1;
  for (;;) {
    const place = { from, number };
    // While pages are counted their size must stay.
    const may = { grow: number === 1, shrink: number === 1 };
    const { page, size } = await sizes.read(
      (size, hurry) => readWholePage(client, list, { ...place, size, hurry }),
      may,
    );
    if (from === 1 && number === 1 && list.onTotal?.(page.total) === false) return;
    if (page.rows.length > 0) yield page.rows;
    if (number * size >= page.total) return;
    const last = page.rows.at(-1);
    // An empty page below the total (2.5.x): the cursor can't move, the page number can.
    number = last === undefined ? number + 1 : 1;
    from = last === undefined ? from : last.id + 1;
  }
}

interface PageRequest {
  readonly from: number;
  readonly number: number;
  readonly size: number;
  /** A smaller page is left to try. */
  readonly hurry: boolean;
}

/** A push or deletion between Harbor's two queries makes a page differ from its count once, not twice. */
async function readWholePage(
  client: HarborClient,
  list: KeysetList,
  place: PageRequest,
): Promise<Page> {
  const first = await readPage(client, list, place);
  if (list.shortPages === true || isWhole(first, place)) return first;
  const second = await readPage(client, list, place);
  if (isWhole(second, place)) return second;
  throw HarborFailure.unexpected(
    list.path,
    `X-Total-Count says ${second.total} from id ${place.from} on, the page holds ${second.rows.length} of at most ${place.size}; twice. The list is not whole.`,
  );
}

function isWhole(page: Page, { size }: PageRequest): boolean {
  return page.rows.length === Math.min(size, page.total);
}

async function readPage(client: HarborClient, list: KeysetList, place: PageRequest): Promise<Page> {
  const path =
    list.path +
    query({
      page: place.number,
      page_size: place.size,
      sort: list.column,
      q: filter({ ...list.terms, [list.column]: range(place.from) }),
      ...list.flags,
    });
  const kind = place.size === pageSize ? list.kind : `${list.kind} by ${place.size}`;
  const answer = await client.get(path, kind, place.hurry);
  const items = arrayOfAny.safeParse(answer.body);
  if (!items.success) throw HarborFailure.unexpected(path, 'a list was expected.');
  if (answer.total === undefined) {
    throw HarborFailure.unexpected(path, 'X-Total-Count is missing or no number.');
  }
  let previous = place.from - 1;
  const rows = items.data.map((value): Row => {
    const id = idOf(value, list.field);
    if (id === undefined || id <= previous) {
      throw HarborFailure.unexpected(
        path,
        `rows with rising ${list.field} above ${previous} were asked for, one says ${String(id)}: Harbor, or a proxy, ignored filter or order.`,
      );
    }
    previous = id;
    return { id, value };
  });
  return { rows, total: answer.total };
}

function idOf(value: unknown, field: string): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const id: unknown = Object.entries(value).find(([key]) => key === field)?.[1];
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? id : undefined;
}

/** A short list that can only be read by page number. @throws HarborFailure if it is not provably whole */
export async function offsetList(
  client: HarborClient,
  path: string,
  {
    kind,
    terms = {},
  }: { readonly kind: string; readonly terms?: Readonly<Record<string, string | number>> },
): Promise<readonly unknown[]> {
  const sizes = newPageSizes();
  const rows: unknown[] = [];
  for (;;) {
    const read = async (size: number, hurry: boolean) => {
      // Each size divides those above it, so that what came is a whole number of pages.
      const page = rows.length / size + 1;
      const here = path + query({ ...terms, page, page_size: size });
      return { here, ...(await client.get(here, kind, hurry)) };
    };
    const { page } = await sizes.read(read, { grow: false, shrink: true });
    const items = arrayOfAny.safeParse(page.body);
    if (!items.success) throw HarborFailure.unexpected(page.here, 'a list was expected.');
    if (page.total === undefined) {
      throw HarborFailure.unexpected(page.here, 'X-Total-Count is missing or no number.');
    }
    rows.push(...items.data);
    if (rows.length >= page.total) return rows;
    if (items.data.length === 0) {
      throw HarborFailure.unexpected(
        page.here,
        `X-Total-Count says ${page.total}, ${rows.length} came: the list is not whole.`,
      );
    }
    if (rows.length > bounds.rowsOfALook) throw HarborFailure.unexpected(path, tooManyRows);
  }
}

/** What a list is refused for that grows beyond what one look takes in. */
export const tooManyRows = `the list has more than ${bounds.rowsOfALook} rows, which is the bound of what is read at once.`;
