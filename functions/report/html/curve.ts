import { type Content, markup, type Markup } from './markup.ts';

/** One line of a picture; each kind has a stroke of its own, so that colour is not needed to tell them apart. */
export interface Curve {
  readonly kind: 'was' | 'own' | 'other';
  readonly name: string;
  readonly values: readonly number[];
}

const width = 600;
const height = 160;

const places = (value: number): string => value.toFixed(1).replace(/\.0$/, '');

/** Lines over the same nights, from zero upward; `text` says what they show in words. */
export function curves(all: readonly Curve[], text: string): Markup {
  const most = Math.max(1, ...all.flatMap(({ values }) => values));
  const lines = all.map(({ kind, values }) => {
    const step = width / Math.max(1, values.length - 1);
    const points = values.map((value, index) => {
      const y = height - 2 - (value / most) * (height - 6);
      return `${places(index * step)},${places(y)}`;
    });
    return markup`<polyline class="${kind}" points="${points.join(' ')}"/>`;
  });
  return markup`<svg class="curves" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${text}">${lines}</svg>`;
}

/** Which line is which. */
export function legend(all: readonly Curve[]): Content {
  return markup`<p class="legend curve-names">${all.map(
    ({ kind, name }) =>
      markup`<span><svg class="stroke" viewBox="0 0 24 8" aria-hidden="true"><polyline class="${kind}" points="0,4 24,4"/></svg> ${name}</span> `,
  )}</p>`;
}
