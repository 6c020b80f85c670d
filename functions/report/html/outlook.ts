import type { Report } from '../report-schema.ts';
import { inBytes, inNumbers } from '../words.ts';
import { type Content, markup, type Markup } from './markup.ts';
import { counted } from './status.ts';
import { name, section, table } from './table.ts';

/** What goes in the coming days if nothing is pushed, pulled or labelled meanwhile. */
export function lookAheadSection({ lookAhead = [] }: Report): Markup | undefined {
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
  return section('look-ahead', 'What goes next', [
    markup`<p>Besides what goes now, if nothing is pushed, pulled or labelled meanwhile, and limits aside.</p>`,
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

/** Repositories ranked for removal; shown of many. */
const shownRanks = 50;

export function rankingSection({
  ranking,
  repositories,
  emptyRepositories,
}: Report): Markup | undefined {
  const blocks: Content[] = [];
  if (ranking.length > 0) {
    const known = new Map(repositories.map((one) => [`${one.project}/${one.repository}`, one]));
    const of = (one: Report['ranking'][number]) => known.get(`${one.project}/${one.repository}`);
    blocks.push(
      markup`<p>Lowest score first. Whole repositories go only through a list that a person approved.</p>`,
      table(
        ranking.length > shownRanks
          ? `The ${inNumbers(shownRanks)} lowest of ${inNumbers(ranking.length)} repositories`
          : 'Repositories by score',
        [
          {
            head: 'Repository',
            kind: 'wide',
            cell: ({ project, repository }) => name(`${project}/${repository}`),
          },
          { head: 'Score', kind: 'number', cell: ({ score }) => score.toFixed(3) },
          { head: 'Size', kind: 'number', cell: (one) => inBytes(of(one)?.bytes ?? 0) },
          {
            head: 'Artifacts',
            kind: 'number',
            minor: true,
            cell: (one) => inNumbers(of(one)?.artifacts ?? 0),
          },
          {
            head: 'Last active',
            kind: 'number',
            cell: (one) => of(one)?.lastActivity?.slice(0, 10) ?? '–',
          },
        ],
        ranking.slice(0, shownRanks),
      ),
    );
  }
  if (emptyRepositories.length > 0) {
    const names = emptyRepositories
      .slice(0, shownRanks)
      .map(({ project, repository }) => markup`<li>${name(`${project}/${repository}`)}</li>`);
    blocks.push(
      markup`<details><summary>${counted(emptyRepositories.length, 'empty repository', 'empty repositories')} to be removed</summary><ul class="plain">${names}</ul></details>`,
    );
  }
  return blocks.length === 0 ? undefined : section('ranking', 'Ranking of repositories', blocks);
}
