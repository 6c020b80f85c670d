import type { Report } from '../report-schema.ts';
import { counted, inBytes, inNumbers } from '../../domain/format-numbers.ts';
import { type Content, markup, type Markup } from './markup.ts';
import { name, section, table } from './table.ts';

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
