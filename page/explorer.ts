import { inNumbers } from '../functions/domain/format-numbers.ts';
import { byId, element } from './dom.ts';
import { type Asked, type Filter, finder, type Finder, type Sort } from './find.ts';
import { detailView, inFate, rowView } from './row-view.ts';
import type { Rows } from './rows.ts';

const pageSize = 50;
const filters = ['fate', 'project', 'rule', 'reason'] as const;

/** The search over all artifacts that the page holds. */
export function startExplorer(rows: Rows): void {
  const { find, values } = finder(rows);
  const search = byId<HTMLInputElement>('search');
  let sort: { readonly by: Sort; readonly isDown: boolean } = { by: 'fate', isDown: false };
  let found: readonly number[] = [];
  let page = 0;
  const show = (): void => {
    showRows(rows, found.slice(page * pageSize, (page + 1) * pageSize));
    showPlace(page, found.length);
  };
  const ask = (): void => {
    found = find(asked(search.value, sort));
    page = 0;
    const all = rows.count === found.length ? '' : ` of ${inNumbers(rows.count)}`;
    byId('count').textContent = `${inNumbers(found.length)}${all} artifacts`;
    show();
  };
  for (const filter of filters) fillFilter(filter, values, ask);
  search.addEventListener('input', ask);
  turnBy(
    () => found.length,
    (step) => {
      page += step;
      show();
    },
  );
  sortBy((by) => {
    sort = { by, isDown: sort.by === by ? !sort.isDown : by !== 'name' && by !== 'fate' };
    ask();
    return sort.isDown;
  });
  followLinks(search, ask);
  ask();
}

function asked(text: string, sort: { readonly by: Sort; readonly isDown: boolean }): Asked {
  const value = (filter: Filter): string => byId<HTMLSelectElement>(`filter-${filter}`).value;
  return {
    text,
    filters: {
      fate: value('fate'),
      project: value('project'),
      rule: value('rule'),
      reason: value('reason'),
    },
    sort: sort.by,
    isDown: sort.isDown,
  };
}

function fillFilter(filter: Filter, values: Finder['values'], ask: () => void): void {
  const select = byId<HTMLSelectElement>(`filter-${filter}`);
  for (const [value, count] of values(filter)) {
    const words = filter === 'fate' ? inFate(value) : value;
    select.append(element('option', { value }, [`${words} (${inNumbers(count)})`]));
  }
  select.addEventListener('change', ask);
}

function showRows(rows: Rows, indexes: readonly number[]): void {
  const lines = indexes.map((index) => {
    const row = rows.at(index);
    return rowView(row, (line, button) => {
      const isOpen = button.getAttribute('aria-expanded') === 'true';
      button.setAttribute('aria-expanded', String(!isOpen));
      if (isOpen) line.nextElementSibling?.remove();
      else line.after(detailView(row));
    });
  });
  const nothing = element('tr', {}, [
    element('td', { colspan: '6', class: 'none' }, ['Nothing is found.']),
  ]);
  byId('found').replaceChildren(...(lines.length === 0 ? [nothing] : lines));
}

function showPlace(page: number, count: number): void {
  const last = Math.min(count, (page + 1) * pageSize);
  byId('place').textContent =
    count === 0
      ? ''
      : `${inNumbers(page * pageSize + 1)}–${inNumbers(last)} of ${inNumbers(count)}`;
  byId<HTMLButtonElement>('previous').disabled = page === 0;
  byId<HTMLButtonElement>('next').disabled = last === count;
}

function turnBy(count: () => number, turn: (step: number) => void): void {
  for (const [id, step] of [
    ['previous', -1],
    ['next', 1],
  ] as const) {
    byId(id).addEventListener('click', () => {
      if (count() === 0) return;
      turn(step);
      byId('artifacts-table').scrollIntoView({ block: 'start' });
    });
  }
}

function sortBy(chosen: (sort: Sort) => boolean): void {
  const heads = document.querySelectorAll<HTMLElement>('[data-sort]');
  for (const head of heads) {
    head.querySelector('button')?.addEventListener('click', () => {
      const isDown = chosen(head.dataset['sort'] as Sort);
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', isDown ? 'descending' : 'ascending');
    });
  }
}

/** The name of a repository anywhere in the page leads to its artifacts. */
function followLinks(search: HTMLInputElement, ask: () => void): void {
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('[data-find]') : null;
    if (link === null) return;
    search.value = `${link.getAttribute('data-find') ?? ''}:`;
    for (const filter of filters) byId<HTMLSelectElement>(`filter-${filter}`).value = '';
    ask();
  });
}
