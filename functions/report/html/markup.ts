import { visible } from './visible.ts';

declare const brand: unique symbol;

/** HTML that is safe to send. Only `markup` makes it. */
export interface Markup {
  readonly [brand]: true;
  readonly text: string;
}

/** What may stand in a template: text is escaped, markup is not, nothing is nothing. */
export type Content = Markup | string | number | undefined | readonly Content[];

/** A template whose every value is escaped, for text and for quoted attributes. */
export function markup(pieces: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = pieces[0] ?? '';
  for (const [index, value] of values.entries()) text += inText(value) + (pieces[index + 1] ?? '');
  return made(text);
}

/** Text of our own build, not of the registry: the page's script and style, and base64. */
export function trusted(text: string): Markup {
  return made(text);
}

function made(text: string): Markup {
  return { text } as Markup;
}

function inText(value: Content): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escape(value);
  if ('text' in value) return value.text;
  return value.map(inText).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function escape(text: string): string {
  return visible(text).replace(/[&<>"'`]/g, (one) => entities[one] ?? '');
}
