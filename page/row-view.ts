import { inBytes, inNumbers } from '../functions/domain/format-numbers.ts';
import { element, given } from './dom.ts';
import type { Row } from './rows.ts';

const shownTags = 3;
const columnCount = 6;

const fates: Readonly<Record<string, string>> = {
  delete: 'goes',
  untag: 'loses tags',
  keep: 'stays',
};

export const inFate = (fate: string): string => fates[fate] ?? fate;

const inDay = (seconds: number | null, otherwise: string): string =>
  seconds === null ? otherwise : new Date(seconds * 1000).toISOString().slice(0, 10);

const inMinute = (seconds: number | null, otherwise: string): string =>
  seconds === null
    ? otherwise
    : `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** One line of the table; its button opens the explanation. */
export function rowView(
  row: Row,
  toggle: (line: HTMLElement, button: HTMLElement) => void,
): HTMLElement {
  const button = element('button', { type: 'button', class: 'open', 'aria-expanded': 'false' }, [
    given(row.name),
    element('span', { class: 'tags' }, tagsIn(row)),
  ]);
  const line = element('tr', {}, [
    element('td', {}, [element('span', { class: `fate ${row.fate}` }, [inFate(row.fate)])]),
    element('th', { scope: 'row' }, [button]),
    element('td', { class: 'number' }, [inBytes(row.size)]),
    element('td', { class: 'number minor' }, [inDay(row.pushed, '–')]),
    element('td', { class: 'number minor' }, [inDay(row.pulled, '–')]),
    element('td', { class: 'minor' }, [given(row.rule === '' ? row.reason : row.rule)]),
  ]);
  button.addEventListener('click', () => toggle(line, button));
  return line;
}

function tagsIn({ tags, digest }: Row): readonly Node[] {
  if (tags === null) return [document.createTextNode(' tags unknown')];
  if (tags.length === 0) return [document.createTextNode(` @${digest.slice(7, 19)} untagged`)];
  const shown = tags.slice(0, shownTags).map((tag) => element('bdi', {}, [`:${tag}`]));
  const rest = tags.length - shownTags;
  return rest > 0 ? [...shown, document.createTextNode(` and ${rest} more`)] : shown;
}

/** The explanation, and all that is known. */
export function detailView(row: Row): HTMLElement {
  const facts: readonly (readonly [string, string])[] = [
    ['Digest', row.digest],
    ['Tags', listed(row.tags)],
    ['Labels', listed(row.labels)],
    ['Kind', row.type],
    ['Size', `${inBytes(row.size)}, ${inNumbers(row.size)} bytes`],
    ['Pushed', inMinute(row.pushed, 'not known')],
    ['Pulled', inMinute(row.pulled, 'never, as far as Harbor knows')],
    ['Reason', row.reason],
    ...(row.goes === null ? [] : [['No longer kept from', inMinute(row.goes, '')] as const]),
  ];
  const list = facts.flatMap(([term, value]) => [
    element('dt', {}, [term]),
    element('dd', {}, [given(value)]),
  ]);
  const cell = element('td', { colspan: String(columnCount) }, [
    element('p', {}, [given(row.why)]),
    element('dl', {}, list),
  ]);
  return element('tr', { class: 'detail' }, [cell]);
}

function listed(texts: readonly string[] | null): string {
  if (texts === null) return 'not known';
  return texts.length === 0 ? 'none' : texts.join(', ');
}
