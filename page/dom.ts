import { visible } from '../functions/report/html/visible.ts';

type Child = Node | string;

/** An element with attributes and children; texts become text, never markup. */
export function element(
  tag: string,
  attributes: Readonly<Record<string, string>> = {},
  children: readonly Child[] = [],
): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  for (const child of children) made.append(typeof child === 'string' ? visible(child) : child);
  return made;
}

/** A text that anybody may have given, whatever its direction of writing. */
export const given = (text: string): HTMLElement => element('bdi', {}, [text]);

/** What the page must hold. @throws if it does not */
export function byId<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page holds no #${id}`);
  return found as T;
}
