import type { Report, ShownCollection } from '../report-schema.ts';
import { counted, inBytes, inNumbers } from '../../domain/format-numbers.ts';
import { markup, type Content, type Markup } from './markup.ts';
import { name, section } from './table.ts';

/** Entries of one kind that the page shows; all of them stand in the JSON. */
const shown = 50;

interface AttentionNote {
  readonly tone: 'bad' | 'look';
  readonly kind: string;
  readonly on: string;
  readonly what: string;
  readonly remedy: string;
}

/** Everything that a person should act on, worst first, each with its remedy. */
export function attentionSection(report: Report): Markup {
  const kinds = [
    failure(report),
    refused(report),
    unread(report),
    unsettled(report),
    warned(report),
  ];
  const lists = kinds.flatMap((notes) => (notes.length === 0 ? [] : [list(notes)]));
  const content: Content =
    lists.length === 0
      ? markup`<p class="none">Nothing${report.totals === undefined ? ' so far: there is no plan yet' : ': no refusal, no warning, every repository was read whole'}.</p>`
      : lists;
  return section('attention', 'What needs attention', content);
}

function list(notes: readonly AttentionNote[]): Markup {
  const rest = notes.length - shown;
  return markup`<ul class="notes">${notes.slice(0, shown).map(entry)}</ul>
${rest > 0 ? markup`<p class="more">And ${inNumbers(rest)} more of this kind, in the JSON report.</p>` : undefined}`;
}

function entry({ tone, kind, on, what, remedy }: AttentionNote): Markup {
  return markup`<li class="note ${tone}"><p><span class="kind">${kind}</span> ${
    on === '' ? undefined : markup`<strong>${name(on)}</strong>`
  }</p>
<p>${what}</p>${remedy === '' ? undefined : markup`<p class="remedy"><b>What to do:</b> ${remedy}</p>`}</li>
`;
}

function failure({ error }: Report): readonly AttentionNote[] {
  if (error === undefined) return [];
  const { code, message, remedy } = error;
  return [{ tone: 'bad', kind: 'Failure', on: code, what: message, remedy }];
}

function refused({ refusals }: Report): readonly AttentionNote[] {
  return refusals.map(({ rail, on, found, allowed, remedy }) => ({
    tone: 'bad',
    kind: 'Refusal',
    on: `${rail}, ${on}`,
    what: `Found ${found}, allowed ${allowed}.`,
    remedy,
  }));
}

function unread({ repositories }: Report): readonly AttentionNote[] {
  return repositories.flatMap(({ project, repository, unplannable }) =>
    unplannable === undefined
      ? []
      : [
          {
            tone: 'look' as const,
            kind: 'Not read whole',
            on: `${project}/${repository}`,
            what: unplannable,
            remedy: 'It is left untouched; the next run reads it again.',
          },
        ],
  );
}

function unsettled({ applied }: Report): readonly AttentionNote[] {
  const all = applied?.exceptions.filter(({ result }) => result !== 'already-gone') ?? [];
  return all.map(({ action, result, because }) => ({
    tone: 'look',
    kind: results[result] ?? result,
    on: action,
    what: because,
    remedy: '',
  }));
}

const results: Readonly<Record<string, string>> = {
  protected: 'Refused by Harbor',
  uncertain: 'Uncertain',
  changed: 'Changed since it was planned',
  failed: 'Failed',
  'not-attempted': 'Not attempted',
};

function warned({ warnings }: Report): readonly AttentionNote[] {
  return warnings.map(({ code, on, message, remedy }) => ({
    tone: 'look',
    kind: 'Warning',
    on: `${code}, ${on}`,
    what: message,
    remedy,
  }));
}

/** What the run did, for those who ask how it ended: trash and garbage collection. */
export function spaceSection({ trash, garbageCollection, applied }: Report): Markup | undefined {
  const lines: Content[] = [];
  if (trash !== undefined) {
    lines.push(
      markup`<li>${name(trash.project)}, before this run: ${trashIn(trash)}.${movedIn(applied)}</li>`,
      ...trash.notes.map((note) => markup`<li>${note}</li>`),
    );
  }
  for (const one of [garbageCollection?.earlier, garbageCollection?.thisRun]) {
    if (one !== undefined) lines.push(markup`<li>${collectionIn(one)}</li>`);
  }
  if (applied !== undefined && applied.removedRepositories > 0) {
    lines.push(
      markup`<li>${counted(applied.removedRepositories, 'empty repository', 'empty repositories')} removed.</li>`,
    );
  }
  if (lines.length === 0) return undefined;
  return section('space', 'Trash and garbage collection', markup`<ul class="plain">${lines}</ul>`);
}

function trashIn({ due, waiting, deferred, waitingBytes }: NonNullable<Report['trash']>): string {
  if (due + waiting + deferred === 0) return 'nothing in it';
  const later = deferred === 0 ? '' : `, ${inNumbers(deferred)} put off`;
  return `${counted(due, 'copy', 'copies')} due to be purged${later}, ${inNumbers(waiting)} waiting (${inBytes(waitingBytes)})`;
}

/** The trash is read before the run deletes. */
function movedIn(applied: Report['applied']): string {
  if (applied === undefined || applied.restorableUntil === null) return '';
  const children = 'with their children and signatures';
  return ` Then ${counted(applied.deleted, 'artifact')} ${applied.deleted === 1 ? 'was' : 'were'} moved there, ${children}.`;
}

function collectionIn(one: ShownCollection): string {
  switch (one.kind) {
    case 'not-started':
      return `Garbage collection was not started: ${one.because}`;
    case 'intended':
    case 'running':
      return 'Garbage collection is still running; its figures come in the next report.';
    case 'ended':
      return ended(one);
  }
}

function ended({
  id,
  dryRun,
  status,
  freedBytes,
}: Extract<ShownCollection, { kind: 'ended' }>): string {
  const freed =
    freedBytes === null
      ? 'gave no figure'
      : `${dryRun ? 'would free' : 'freed'} ${inBytes(freedBytes)}`;
  const preview = dryRun ? ' A preview counts blobs that several images share more than once.' : '';
  return `Garbage collection ${id}${dryRun ? ', a preview' : ''}: ${status}, ${freed}.${preview}`;
}
