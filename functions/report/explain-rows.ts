import { defined } from '../domain/defined.ts';
import type { ReportRow } from './row-schema.ts';
import { visible } from './html/visible.ts';
import { inBytes } from '../domain/format-numbers.ts';

/** What `explain` asks for: a repository, one of its tags, or one digest. */
export interface Reference {
  readonly project: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

const form =
  /^(?<project>[^/:@\s]+)\/(?<repository>[^:@\s]+)(?::(?<tag>[\w][\w.-]{0,127})|@(?<digest>sha256:[0-9a-f]{6,64}))?$/;

/** `team/api:v1`, `team/api@sha256:…` (a digest may be shortened to 6 hex digits), `team/api`; undefined for anything else. */
export function parseReference(text: string): Reference | undefined {
  const groups = form.exec(text)?.groups;
  const project = groups?.['project'];
  const repository = groups?.['repository'];
  if (project === undefined || repository === undefined) return undefined;
  const tag = groups?.['tag'];
  const digest = groups?.['digest'];
  return {
    project,
    repository,
    ...defined({ tag, digest }),
  };
}

/** Whether a row is what the reference names. */
export function isMeant(row: ReportRow, reference: Reference): boolean {
  return (
    row.project === reference.project &&
    row.repository === reference.repository &&
    (reference.tag === undefined || (row.tags ?? []).includes(reference.tag)) &&
    (reference.digest === undefined || row.digest.startsWith(reference.digest))
  );
}

/** The fate of one artifact, for people. */
export function explainRow(row: ReportRow): string {
  const tags =
    row.tags === null ? 'tags unknown' : row.tags.length === 0 ? 'untagged' : row.tags.join(', ');
  const facts = [
    `pushed ${row.pushedAt?.slice(0, 16).replace('T', ' ') ?? 'at an unknown time'}`,
    `pulled ${row.pulledAt?.slice(0, 16).replace('T', ' ') ?? 'never, as far as Harbor knows'}`,
    inBytes(row.size),
    ...(row.labels === null || row.labels.length === 0 ? [] : [`labels ${row.labels.join(', ')}`]),
  ];
  return [
    `${row.project}/${row.repository}@${row.digest.slice(0, 19)}  (${tags})`,
    `  ${row.explanation}`,
    `  ${facts.join(' · ')}`,
  ]
    .map(visible)
    .join('\n');
}
