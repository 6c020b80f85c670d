import type { NotedList } from './artifact-lists.ts';
import { pageSize } from './page-sizes.ts';

/** Counts how few requests would have done (docs/harbor.md#speed). */
export interface RequestBound {
  /** Something that must be read: the sign-in, before and after the lists; rules of a project. */
  readonly once: () => void;
  readonly listed: (what: 'projects' | 'repositories', rows: number) => void;
  readonly note: (list: NotedList) => void;
  readonly total: () => number;
}

const pages = (rows: number): number => Math.max(1, Math.ceil(rows / pageSize));

/**
 * Signing in, full pages for projects, repositories and, per project (before Harbor 2.12 per
 * repository), artifacts; what must be read once per project; a list of untagged artifacts where one is needed.
 */
export function requestBound(): RequestBound {
  let single = 0;
  const heads = new Map<string, number>();
  const lists = new Map<string, number>();
  return {
    once: () => {
      single += 1;
    },
    listed: (what, rows) => heads.set(what, rows),
    note: (list) => {
      const key = JSON.stringify([list.what, list.project, list.repository ?? '']);
      lists.set(key, (lists.get(key) ?? 0) + list.rows);
    },
    total: () => {
      let sum = single;
      for (const rows of heads.values()) sum += pages(rows);
      for (const rows of lists.values()) sum += pages(rows);
      return sum;
    },
  };
}
