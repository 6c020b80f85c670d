import { markup, type Markup } from './markup.ts';

// Lengths stand in attributes of SVG: the page's policy forbids style attributes.

const places = (value: number): string => value.toFixed(2).replace(/\.?0+$/, '');

/** A bar of `stays` and `goes` beside `most`, the length of the longest; `text` says it in words. */
export function bar(
  { stays, goes }: { readonly stays: number; readonly goes: number },
  most: number,
  text: string,
): Markup {
  const scale = most > 0 ? 100 / most : 0;
  // What is there must be seen, however little it is.
  const length = (value: number): number => (value > 0 ? Math.max(value * scale, 0.8) : 0);
  const first = length(stays);
  const second = length(goes);
  return markup`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="${text}"><rect class="stays" width="${places(first)}" height="8"/><rect class="goes" x="${places(Math.min(first, 100 - second))}" width="${places(second)}" height="8"/></svg>`;
}

/** One column per value, the last one strong; unknown values leave a gap. */
export function columns(values: readonly (number | undefined)[], text: string): Markup {
  const width = 240;
  const height = 48;
  const most = Math.max(1, ...values.map((value) => value ?? 0));
  const step = width / Math.max(values.length, 10);
  const rects = values.map((value, index) => {
    if (value === undefined) return undefined;
    const tall = value === 0 ? 0.75 : Math.max(1.5, (value / most) * height);
    const x = width - (values.length - index) * step;
    const kind = index === values.length - 1 ? 'now' : 'then';
    return markup`<rect class="${kind}" x="${places(x)}" y="${places(height - tall)}" width="${places(step * 0.72)}" height="${places(tall)}"/>`;
  });
  return markup`<svg class="columns" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${text}">${rects}</svg>`;
}
