import { basisOf, inRange, type LedgerFigures, whenFreed } from '../ledger-words.ts';
import type { Report } from '../report-schema.ts';
import { counted, inBytes, inNumbers } from '../../domain/format-numbers.ts';
import { markup, type Markup } from './markup.ts';
import { name, section, table } from './table.ts';

const shownProjects = 20;

interface Line {
  readonly where: Markup;
  readonly change: string;
}

/** What the plan frees, moment by moment, and what it does not because layers are shared. */
export function ledgerSection({ ledger }: Report): Markup | undefined {
  if (ledger === undefined) return undefined;
  const title = 'What it frees';
  if (ledger.kind === 'off') {
    const why = markup`<p>Not counted blob by blob, so that shared layers count each time: ${ledger.because}</p>`;
    return section('bytes', title, why);
  }
  const rest = ledger.projects.length - shownProjects;
  return section('bytes', title, [
    markup`<p>${basisOf(ledger)}</p>`,
    ledger.notes.map((note) => markup`<p>${note}</p>`),
    table<Line>(
      'Each blob counts once: in the storage over all projects, in a quota once per project.',
      [
        { head: 'Where and when', cell: ({ where }) => where },
        { head: 'Change', kind: 'number', cell: ({ change }) => change },
      ],
      linesOf(ledger),
    ),
    rest > 0
      ? markup`<p class="more">And ${counted(rest, 'more project')}, in the JSON report.</p>`
      : undefined,
    sharedOf(ledger),
  ]);
}

function linesOf(ledger: LedgerFigures): readonly Line[] {
  const { frees, freesNow, projects, trash } = ledger;
  const less = (range: LedgerFigures['frees']): string => signed('−', range);
  const storage = (when: string): Markup => markup`Storage, ${when}`;
  return [
    { where: storage(whenFreed(ledger)), change: less(frees) },
    ...(trash === undefined
      ? []
      : [
          {
            where: storage('at a garbage collection right after this run'),
            change: less(freesNow),
          },
        ]),
    ...projects.slice(0, shownProjects).map(({ project, gains }) => ({
      where: markup`Quota of ${name(project)}, at the deletion`,
      change: less(gains),
    })),
    ...(trash === undefined
      ? []
      : [
          {
            where: markup`Quota of ${name(trash.project)}, at the deletion, for the copies`,
            change: signed('+', trash.rises),
          },
          {
            where: markup`Quota of ${name(trash.project)}, at the purge of this run`,
            change: less(trash.falls),
          },
        ]),
  ];
}

function signed(sign: string, range: LedgerFigures['frees']): string {
  return range.atMost === 0 ? '0' : `${sign} ${inRange(range)}`;
}

function sharedOf({ shared }: LedgerFigures): Markup | undefined {
  if (shared.layers.length === 0) return undefined;
  return markup`<details><summary>${inBytes(shared.bytes)} are shared with what stays</summary>${table(
    'The largest blobs that deleted and staying artifacts share',
    [
      { head: 'Digest', cell: ({ digest }) => markup`<code>${digest}…</code>` },
      { head: 'Size', kind: 'number', cell: ({ bytes }) => inBytes(bytes) },
      { head: 'Deleted', kind: 'number', minor: true, cell: ({ goes }) => inNumbers(goes) },
      { head: 'Staying', kind: 'number', cell: ({ stays }) => inNumbers(stays) },
      {
        head: 'For example in',
        minor: true,
        cell: ({ repositories }) =>
          repositories.map((one, at) => markup`${at === 0 ? '' : ', '}${name(one)}`),
      },
    ],
    shared.layers,
  )}</details>`;
}
