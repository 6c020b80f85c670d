import { defined } from '../domain/defined.ts';
import { pageKey } from '../domain/store-keys.ts';
import type { Report } from '../report/report-schema.ts';
import { counted, inBytes, inNumbers } from '../domain/format-numbers.ts';
import type { Notice, NoticeMemory, Occasion, NoticeContext } from './notice.ts';
import { occasions } from './occasions/index.ts';

export interface NoticeAndMemory {
  /** Undefined: all is well, and nobody is disturbed. */
  readonly notice: Notice | undefined;
  readonly memory: NoticeMemory;
}

interface Links {
  readonly report: string;
  readonly page: string;
}

/** At most one message for a run, and what to remember of it. `where` is the store's address, for links. Pure. */
export function makeNotice(
  from: Omit<NoticeContext, 'address'>,
  where: { readonly address: string; readonly reportKey: string },
): NoticeAndMemory {
  const context: NoticeContext = { ...from, address: where.address };
  const found = occasions.flatMap((occasion) => {
    const lines = occasion.lines(context);
    return lines.length === 0 ? [] : [{ occasion, lines }];
  });
  let memory = context.memory;
  for (const { remember } of occasions)
    memory = { ...memory, ...remember?.({ ...context, memory }) };
  const [worst] = found.map(({ occasion }) => occasion).toSorted(bySeverity);
  if (worst === undefined) return { notice: undefined, memory };
  const { report } = context;
  const kinds = found.map(({ occasion }) => occasion.kind);
  const links = {
    report: `${where.address}/${where.reportKey}`,
    page: `${where.address}/${pageKey(where.reportKey)}`,
  };
  return {
    memory,
    notice: {
      runId: report.run.id,
      severity: worst.severity,
      kinds,
      subject: subjectOf(worst, report),
      text: textOf(
        report,
        found.flatMap(({ lines }) => lines),
        links,
      ),
      data: { ...factsOf(report, links), kinds, severity: worst.severity },
    },
  };
}

/** A name is at most 255 characters long: some 6 KB, in each of six copies. */
const shownRefusals = 20;

function factsOf(report: Report, links: Links): Omit<Notice['data'], 'kinds' | 'severity'> {
  const { run, totals, applied, refusals, error } = report;
  return {
    runId: run.id,
    mode: run.mode,
    end: run.end,
    ...links,
    ...defined({ totals }),
    ...(applied === undefined
      ? {}
      : { applied: { deleted: applied.deleted, deletedBytes: applied.deletedBytes } }),
    refusals: refusals.slice(0, shownRefusals).map(({ rail, on }) => ({ rail, on })),
    refusalCount: refusals.length,
    ...(error === undefined ? {} : { error: error.code }),
  };
}

const order: Readonly<Record<Occasion['severity'], number>> = { error: 0, warning: 1, info: 2 };

function bySeverity(one: Occasion, other: Occasion): number {
  return order[one.severity] - order[other.severity];
}

const longestSubject = 100;

function subjectOf({ kind }: Occasion, report: Report): string {
  const on = report.harbor === undefined ? '' : ` on ${new URL(report.harbor.url).host}`;
  const text = `harbor-retention: ${kind}${on} (${report.run.id})`;
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, longestSubject);
}

function textOf(report: Report, lines: readonly string[], links: Links): string {
  const { run, harbor } = report;
  const kind = run.mode === 'apply' ? 'armed run' : 'dry run';
  return [
    `${kind} ${run.id}, ${run.end}${harbor === undefined ? '' : `, of ${harbor.url}`}`,
    '',
    ...lines.map((line) => `- ${withoutControls(line)}`),
    '',
    ...numbersOf(report),
    `Report: ${links.report}`,
    `Page:   ${links.page}`,
    '',
  ].join('\n');
}

function numbersOf({ totals, applied, trash }: Report): readonly string[] {
  if (totals === undefined) return [];
  const condemned = `${inNumbers(totals.deletions)} of ${counted(totals.artifacts, 'artifact')} condemned (${inBytes(totals.deletionBytes)} at most)`;
  const deleted = applied === undefined ? '' : `, ${inNumbers(applied.deleted)} deleted`;
  const waiting = trash === undefined ? '' : `, ${inNumbers(trash.waiting)} copies in the trash`;
  return [`${condemned}${deleted}${waiting}.`];
}

/** Names and answers of servers stand in the lines; a line stays one line. */
function withoutControls(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
