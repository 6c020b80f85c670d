import type { Report } from '../report-schema.ts';
import { counted, inBytes, inNumbers } from '../../domain/format-numbers.ts';
import { type Content, markup, type Markup } from './markup.ts';
import { name, section, table } from './table.ts';

/** What goes in the coming days if nothing is pushed, pulled or labelled meanwhile. */
export function lookAheadSection({ lookAhead = [], rollOut }: Report): Markup | undefined {
  if (lookAhead.length === 0) return undefined;
  const blocks = lookAhead.map(({ days, at, deletions, bytes, rules, repositories }) => {
    const title = `In ${counted(days, 'day')}, until ${at.slice(0, 10)}`;
    if (deletions === 0)
      return markup`<div><h3>${title}</h3><p class="none">Nothing more.</p></div>`;
    return markup`<div><h3>${title}</h3><p><b>${counted(deletions, 'artifact')}</b> more, up to ${inBytes(bytes)}.</p>
${share(
  'By rule',
  'Rule',
  rules.map((one) => ({ ...one, what: one.rule })),
)}
${share(
  'Most of them in',
  'Repository',
  repositories.map((one) => ({ ...one, what: one.repository })),
)}</div>`;
  });
  const besides =
    rollOut === undefined
      ? 'Besides what goes now, if nothing is pushed, pulled or labelled meanwhile, and limits aside.'
      : 'Besides what goes now and what waits for the roll-out, if nothing is pushed, pulled or labelled meanwhile; limits and roll-out aside.';
  return section('look-ahead', 'What goes next', [
    markup`<p>${besides}</p>`,
    markup`<div class="pair">${blocks}</div>`,
  ]);
}

function share(
  caption: string,
  head: string,
  rows: readonly { readonly what: string; readonly deletions: number; readonly bytes: number }[],
): Content {
  const some = rows.filter(({ deletions }) => deletions > 0);
  if (some.length === 0) return undefined;
  return table(
    caption,
    [
      { head, kind: 'wide', cell: ({ what }) => name(what) },
      { head: 'Artifacts', kind: 'number', cell: ({ deletions }) => inNumbers(deletions) },
      { head: 'Bytes', kind: 'number', cell: ({ bytes }) => inBytes(bytes) },
    ],
    some,
  );
}
