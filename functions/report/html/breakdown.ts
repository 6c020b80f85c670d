import type { Report } from '../report-schema.ts';
import { counted, inBytes, inNumbers } from '../../domain/format-numbers.ts';
import { bar } from './bars.ts';
import { type Content, markup, type Markup } from './markup.ts';
import { inShare } from './status.ts';
import { type Column, name, section, table } from './table.ts';

/** Repositories shown at once, and on demand; all of them stand in the JSON. */
const shownAtOnce = 15;
const shownAtMost = 200;

type Repository = Report['repositories'][number];

/** What the rules did, and what kept the rest. */
export function rulesSection(report: Report): Markup | undefined {
  if (report.rules.length === 0) return undefined;
  return section('rules', 'By rule', [rulesTable(report.rules), reasonsTable(report)]);
}

function rulesTable(rules: Report['rules']): Markup {
  const most = Math.max(0, ...rules.map(({ selected }) => selected));
  return table(
    'What each rule of the policy selected, and what became of it',
    ruleColumns(most),
    rules,
  );
}

function ruleColumns(most: number): readonly Column<Report['rules'][number]>[] {
  return [
    { head: 'Rule', cell: ({ rule }) => name(rule) },
    {
      head: 'Kept and condemned',
      kind: 'bar',
      cell: ({ selected, deletions }) =>
        bar(
          { stays: Math.max(0, selected - deletions), goes: deletions },
          most,
          `${inNumbers(deletions)} of ${counted(selected, 'selected artifact')} condemned`,
        ),
    },
    { head: 'Selected', kind: 'number', minor: true, cell: ({ selected }) => inNumbers(selected) },
    { head: 'Kept', kind: 'number', minor: true, cell: ({ kept }) => inNumbers(kept) },
    { head: 'Condemned', kind: 'number', cell: ({ deletions }) => quiet(deletions) },
    { head: 'Bytes', kind: 'number', cell: (one) => goesIn(one) },
    { head: 'Tags', kind: 'number', minor: true, cell: (one) => quiet(one.tagRemovals) },
  ];
}

const condemning: ReadonlySet<string> = new Set([
  'condemned',
  'follows-subject',
  'goes-with-parent',
]);

function reasonsTable({ reasons }: Report): Content {
  const kept = reasons
    .filter(({ code }) => !condemning.has(code))
    .toSorted((a, b) => b.artifacts - a.artifacts);
  if (kept.length === 0) return undefined;
  const most = Math.max(0, ...kept.map(({ artifacts }) => artifacts));
  return table(
    'What kept the rest',
    [
      { head: 'Reason', cell: ({ code, by }) => reasonIn(code, by) },
      {
        head: 'Share',
        kind: 'bar',
        cell: ({ artifacts }) =>
          bar({ stays: artifacts, goes: 0 }, most, counted(artifacts, 'artifact')),
      },
      { head: 'Artifacts', kind: 'number', cell: ({ artifacts }) => inNumbers(artifacts) },
      { head: 'Bytes', kind: 'number', cell: ({ bytes }) => inBytes(bytes) },
    ],
    kept,
  );
}

const meanings: Readonly<Record<string, string>> = {
  'not-selected': 'no rule selects it',
  'not-a-version': 'no version, for a rule on versions',
  'fact-unknown': 'not known:',
  'pull-signal-lost': 'pull times look switched off',
  'kept-by-rule': 'kept by rule',
  held: 'held by protection',
  'other-tag-kept': 'another of its tags stays',
  'parent-kept': 'an index that lists it stays',
  'child-held': 'its child is held by',
  'subject-kept': 'about an artifact that stays',
  'keep-at-least': 'among the most recent, which always stay',
  'next-time': 'put off to a later run',
  'rollout-waits': 'waits for the roll-out, condemned by',
  unplannable: 'its repository could not be read whole',
};

function reasonIn(code: string, by: string | undefined): Content {
  const meaning = meanings[code] ?? code;
  return by === undefined ? meaning : markup`${meaning} ${name(by)}`;
}

/** Projects and repositories, largest first, with what goes of them. */
export function repositoriesSection(report: Report): Markup | undefined {
  const filled = report.repositories.filter(({ artifacts }) => artifacts > 0);
  if (filled.length === 0) return undefined;
  const largest = filled.toSorted((a, b) => b.bytes - a.bytes || b.artifacts - a.artifacts);
  const head = largest.slice(0, shownAtOnce);
  const more = largest.slice(shownAtOnce, shownAtMost);
  const most = largest[0]?.bytes ?? 0;
  const rest = largest.length - shownAtOnce - more.length;
  return section('repositories', 'By project and repository', [
    markup`<p class="legend"><span class="key stays"></span> stays <span class="key goes"></span> goes, in bytes. Layers that several images share count each time.</p>`,
    projectsTable(largest),
    table('The largest repositories', sizeColumns(most, nameOf), head),
    more.length === 0
      ? undefined
      : markup`<details><summary>${inNumbers(more.length)} more</summary>${table('More repositories, largest first', sizeColumns(most, nameOf), more)}</details>`,
    rest <= 0
      ? undefined
      : markup`<p class="more">${inNumbers(rest)} smaller ones stand in the JSON report.</p>`,
  ]);
}

interface Sized {
  readonly artifacts: number;
  readonly bytes: number;
  readonly deletions: number;
  readonly deletionBytes: number;
}

function nameOf({ project, repository }: Repository): Content {
  const full = `${project}/${repository}`;
  return markup`<a href="#artifacts" data-find="${full}"><bdi>${full}</bdi></a>`;
}

type SummedProject = { -readonly [K in keyof Sized]: Sized[K] } & { readonly project: string };

function projectsTable(repositories: readonly Repository[]): Content {
  const sums = new Map<string, SummedProject>();
  for (const one of repositories) {
    const sum = sums.get(one.project) ?? {
      project: one.project,
      artifacts: 0,
      bytes: 0,
      deletions: 0,
      deletionBytes: 0,
    };
    sum.artifacts += one.artifacts;
    sum.bytes += one.bytes;
    sum.deletions += one.deletions;
    sum.deletionBytes += one.deletionBytes;
    sums.set(one.project, sum);
  }
  const largest = [...sums.values()].toSorted((a, b) => b.bytes - a.bytes);
  const shown = largest.slice(0, shownAtMost);
  const caption =
    shown.length < largest.length
      ? `The ${inNumbers(shown.length)} largest of ${inNumbers(largest.length)} projects`
      : 'Projects, largest first';
  return table(
    caption,
    sizeColumns<SummedProject>(largest[0]?.bytes ?? 0, ({ project }) => name(project)),
    shown,
  );
}

function sizeColumns<T extends Sized>(
  most: number,
  called: (row: T) => Content,
): readonly Column<T>[] {
  return [
    { head: 'Name', kind: 'wide', cell: called },
    {
      head: 'Stays and goes',
      kind: 'bar',
      cell: ({ bytes, deletionBytes }) =>
        bar(
          { stays: Math.max(0, bytes - deletionBytes), goes: deletionBytes },
          most,
          `${inBytes(deletionBytes)} of ${inBytes(bytes)} go`,
        ),
    },
    { head: 'Size', kind: 'number', cell: ({ bytes }) => inBytes(bytes) },
    { head: 'Goes', kind: 'number', cell: (one) => goesIn(one) },
    {
      head: 'Artifacts',
      kind: 'number',
      minor: true,
      cell: ({ artifacts }) => inNumbers(artifacts),
    },
    { head: 'Condemned', kind: 'number', minor: true, cell: ({ deletions }) => quiet(deletions) },
    {
      head: 'Share',
      kind: 'number',
      minor: true,
      cell: (one) => (one.deletions === 0 ? '–' : inShare(one.deletions, one.artifacts)),
    },
  ];
}

const goesIn = ({ deletionBytes }: Pick<Sized, 'deletionBytes'>): string =>
  deletionBytes === 0 ? '–' : inBytes(deletionBytes);

const quiet = (count: number): string => (count === 0 ? '–' : inNumbers(count));
