import { day } from '../../domain/duration.ts';
import { formatInstant, type Instant } from '../../domain/instant.ts';
import { counted, inBytes } from '../../domain/format-numbers.ts';
import type { Occasion, NoticeContext } from '../notice.ts';

/** A summary of the last seven days, sent once, and only where it is wanted. */
export const weeklySummary: Occasion = {
  kind: 'weekly-summary',
  severity: 'info',
  lines: (context) => (isDue(context) ? summary(context) : []),
  remember: (context) => (isDue(context) ? { summaryOf: mondayOf(context.at) } : {}),
};

function isDue({ report, wishes, memory, at }: NoticeContext): boolean {
  const hasEnded = report.run.end === 'finished' || report.run.end === 'refused';
  return wishes.weeklySummary && hasEnded && memory.summaryOf !== mondayOf(at);
}

/** `2026-11-16`: the Monday on or before, in UTC. */
function mondayOf(at: Instant): string {
  const sinceMonday = (new Date(at).getUTCDay() + 6) % 7;
  return formatInstant(at - sinceMonday * day).slice(0, 10);
}

function summary({ report, at }: NoticeContext): readonly string[] {
  const week = (report.trend ?? []).filter((run) => Date.parse(run.at) > at - 7 * day);
  const sums = { deleted: 0, deletedBytes: 0, freed: 0, refused: 0 };
  for (const run of week) {
    sums.deleted += run.deleted;
    sums.deletedBytes += run.deletedBytes ?? 0;
    sums.freed += run.freedBytes ?? 0;
    if (run.end === 'refused') sums.refused += 1;
  }
  const next = report.lookAhead?.find(({ days }) => days === 7);
  return [
    `The last 7 days: ${counted(week.length, 'run')}, ${sums.refused} refused; ${counted(sums.deleted, 'artifact')} deleted (${inBytes(sums.deletedBytes)} at most), ${inBytes(sums.freed)} freed by garbage collection.`,
    ...(next === undefined
      ? []
      : [
          `The next 7 days: ${counted(next.deletions, 'more artifact')} would be condemned, ${inBytes(next.bytes)}.`,
        ]),
  ];
}
