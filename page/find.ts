import type { Rows } from './rows.ts';

export type Filter = 'fate' | 'project' | 'rule' | 'reason';
export type Sort = 'fate' | 'name' | 'size' | 'pushed' | 'pulled';

/** What is asked for; empty texts ask for nothing. */
export interface Asked {
  readonly text: string;
  readonly filters: Readonly<Record<Filter, string>>;
  readonly sort: Sort;
  readonly isDown: boolean;
}

/** Answers in a few milliseconds, as what it needs of each row is made once. */
export interface Finder {
  readonly find: (asked: Asked) => readonly number[];
  /** The values that a filter can take, with their numbers of rows, most first. */
  readonly values: (filter: Filter) => readonly (readonly [string, number])[];
}

const ranks: Readonly<Record<string, number>> = { delete: 0, untag: 1, keep: 2 };

export function finder(rows: Rows): Finder {
  const all = Array.from({ length: rows.count }, (_, index) => index);
  const texts: string[] = [];
  const facets = {
    fate: [] as string[],
    project: [] as string[],
    rule: [] as string[],
    reason: [] as string[],
  };
  const keys = {
    fate: [] as number[],
    name: [] as string[],
    size: [] as number[],
    pushed: [] as number[],
    pulled: [] as number[],
  };
  for (const index of all) {
    const row = rows.at(index);
    texts.push(
      `${row.name}:${(row.tags ?? []).join(' ')}@${row.digest} ${(row.labels ?? []).join(' ')}`.toLowerCase(),
    );
    for (const filter of ['fate', 'project', 'rule', 'reason'] as const)
      facets[filter].push(row[filter]);
    keys.fate.push((ranks[row.fate] ?? 3) - row.size / 1e15);
    keys.name.push(row.name);
    keys.size.push(row.size);
    keys.pushed.push(row.pushed ?? 0);
    keys.pulled.push(row.pulled ?? 0);
  }
  const find = ({ text, filters, sort, isDown }: Asked): readonly number[] => {
    const words = text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    const asked = (Object.entries(filters) as [Filter, string][]).filter(
      ([, value]) => value !== '',
    );
    const found = all.filter(
      (index) =>
        asked.every(([filter, value]) => facets[filter][index] === value) &&
        words.every((word) => texts[index]?.includes(word)),
    );
    return found.sort(order(keys[sort], isDown));
  };
  return { find, values: (filter) => counts(facets[filter]) };
}

function order(keys: readonly (string | number)[], isDown: boolean) {
  const way = isDown ? -1 : 1;
  return (one: number, other: number): number => {
    const a = keys[one];
    const b = keys[other];
    if (a === undefined || b === undefined || a === b) return one - other;
    return a < b ? -way : way;
  };
}

function counts(values: readonly string[]): readonly (readonly [string, number])[] {
  const found = new Map<string, number>();
  for (const value of values) if (value !== '') found.set(value, (found.get(value) ?? 0) + 1);
  return [...found].sort(([, a], [, b]) => b - a);
}
