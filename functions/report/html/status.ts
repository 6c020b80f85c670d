import type { HeadFigure } from './space-freed.ts';
import type { Report } from '../report-schema.ts';
import { counted, inNumbers } from '../../domain/format-numbers.ts';
import { waitsLine } from '../roll-out-words.ts';
import { frees } from './space-freed.ts';

export type Tone = 'good' | 'look' | 'bad';

/** What must be understood in ten seconds: is all well, and if not, why. */
export interface Status {
  readonly tone: Tone;
  /** Two or three words. */
  readonly word: string;
  readonly sentence: string;
}

/** `2026-11-21 03:30 UTC`. */
export function inDay(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}

export function statusOf(report: Report): Status {
  const { run, refusals, error } = report;
  if (error !== undefined) {
    return {
      tone: 'bad',
      word: 'The run failed',
      sentence: `${error.message} ${afterFailure(report)}`,
    };
  }
  if (run.end === 'failed') {
    return { tone: 'bad', word: 'The run failed', sentence: afterFailure(report) };
  }
  if (run.end === 'unfinished') {
    return {
      tone: 'look',
      word: 'Not finished',
      sentence:
        'The run is still going, or was cut off; the next slice continues it. What is shown here is its beginning.',
    };
  }
  if (refusals.length > 0) {
    const { artifacts = 0, deletions = 0 } = report.totals ?? {};
    return {
      tone: 'bad',
      word: 'Plan refused',
      sentence: `Nothing was deleted, for ${counted(refusals.length, 'reason')} given below. ${inNumbers(deletions)} of ${counted(artifacts, 'artifact')} had been condemned.`,
    };
  }
  if (report.totals?.artifacts === 0) {
    return {
      tone: 'look',
      word: 'Nothing to judge',
      sentence:
        'No artifact was seen. If the registry is not empty, check which projects the robot may see and which the policy selects.',
    };
  }
  const count = attentionCount(report);
  return {
    tone: count === 0 ? 'good' : 'look',
    word: count === 0 ? 'All is well' : `${counted(count, 'thing')} to look at`,
    sentence: outcome(report),
  };
}

function afterFailure({ applied, run }: Report): string {
  if (applied === undefined) {
    return run.mode === 'dry-run'
      ? 'Nothing was deleted.'
      : 'What had been deleted until then stands in the records, which could not be read.';
  }
  return `Until then ${counted(applied.deleted, 'artifact')} had been deleted.`;
}

function outcome({ totals, applied, run, refusals, rollOut }: Report): string {
  if (totals === undefined) return 'No plan was made.';
  const { artifacts, repositories, deletions, tagRemovals } = totals;
  const whole = `${counted(artifacts, 'artifact')} in ${counted(repositories, 'repository', 'repositories')}`;
  const isDone = applied !== undefined && refusals.length === 0;
  const count = isDone ? applied.deleted : deletions;
  const tags = isDone ? applied.removedTags : tagRemovals;
  if (count + tags === 0)
    return `Of ${whole}, none ${isDone ? 'was deleted' : 'would be deleted'}.${waits(rollOut)}`;
  const verb = isDone ? (count === 1 ? 'was deleted' : 'were deleted') : 'would be deleted';
  const single = tags === 0 ? '' : `, and ${counted(tags, 'single tag')} removed`;
  const until =
    isDone && applied.restorableUntil !== null
      ? ` All of it can be restored until ${inDay(applied.restorableUntil)}.`
      : '';
  const nothing = run.mode === 'dry-run' ? dryRun(run.judgedAt) : '';
  return `Of ${whole}, ${inNumbers(count)} ${verb}${single}.${until}${waits(rollOut)}${nothing}`;
}

/** What waits for the roll-out, as a sentence. */
function waits(rollOut: Report['rollOut']): string {
  return waitsLine(rollOut)
    .map((line) => ` ${line}`)
    .join('');
}

function dryRun(judgedAt: string | undefined): string {
  return judgedAt === undefined
    ? ' This is a dry run: nothing was changed.'
    : ` This is a look ahead to ${inDay(judgedAt)}, as if nothing were pushed, pulled or relabelled until then; nothing was changed.`;
}

/** Refusals, warnings, repositories that could not be read, actions that did not end well, and a failure. */
export function attentionCount(report: Report): number {
  const failed = report.error === undefined ? 0 : 1;
  const { refusals, warnings, totals } = report;
  return (
    failed + refusals.length + warnings.length + (totals?.unplannable ?? 0) + unsettled(report)
  );
}

/** Outcomes that a person should look at; what was gone already is as it should be. */
export function unsettled({ applied }: Report): number {
  let count = 0;
  for (const [result, number] of Object.entries(applied?.results ?? {})) {
    if (result !== 'done' && result !== 'already-gone') count += number;
  }
  return count;
}

/** The four numbers: what goes, what that frees and when, what was held, what needs attention. */
export function figuresOf(report: Report): readonly HeadFigure[] {
  return [goes(report), frees(report), held(report), attention(report)];
}

/** What a figure says before there is a plan. */
const unplanned = { value: '–', note: 'no plan was made' } as const;

function goes({ totals, applied, refusals }: Report): HeadFigure {
  const isDone = applied !== undefined && refusals.length === 0;
  const label = isDone
    ? 'Deleted'
    : refusals.length > 0
      ? 'Condemned, not deleted'
      : 'Would be deleted';
  if (totals === undefined && applied === undefined) return { label: 'Deleted', ...unplanned };
  const count = isDone ? applied.deleted : (totals?.deletions ?? 0);
  const all = totals?.artifacts ?? 0;
  const tags = isDone ? applied.removedTags : (totals?.tagRemovals ?? 0);
  const notes = [
    ...(all === 0 ? [] : [`${inShare(count, all)} of ${counted(all, 'artifact')}`]),
    ...(tags === 0 ? [] : [`${counted(tags, 'single tag')} removed`]),
    ...(isDone && applied.purged > 0 ? [`${inNumbers(applied.purged)} purged from the trash`] : []),
  ];
  const note = notes.length === 0 ? 'no artifact was seen' : notes.join(' · ');
  return { label, value: inNumbers(count), note };
}

const holding: ReadonlySet<string> = new Set(['held', 'child-held']);

function held({ reasons, totals }: Report): HeadFigure {
  const label = 'Held by protections';
  if (totals === undefined) return { label, ...unplanned };
  const by = reasons
    .filter(({ code }) => holding.has(code))
    .toSorted((a, b) => b.artifacts - a.artifacts);
  let count = 0;
  for (const { artifacts } of by) count += artifacts;
  const most = by.slice(0, 3).map((one) => `${one.by ?? one.code} ${inNumbers(one.artifacts)}`);
  const rest = by.length > 3 ? [`${by.length - 3} more`] : [];
  return {
    label,
    value: inNumbers(count),
    note: count === 0 ? 'no protection had to step in' : [...most, ...rest].join(' · '),
  };
}

function attention(report: Report): HeadFigure {
  const { refusals, warnings, totals, error } = report;
  const parts: readonly (readonly [number, string])[] = [
    [error === undefined ? 0 : 1, counted(1, 'failure')],
    [refusals.length, counted(refusals.length, 'refusal')],
    [warnings.length, counted(warnings.length, 'warning')],
    [totals?.unplannable ?? 0, `${inNumbers(totals?.unplannable ?? 0)} not read whole`],
    [unsettled(report), `${inNumbers(unsettled(report))} not carried out`],
  ];
  const some = parts.flatMap(([count, words]) => (count === 0 ? [] : [words]));
  return {
    label: 'Needs attention',
    value: inNumbers(attentionCount(report)),
    note: some.length === 0 ? 'nothing' : some.join(' · '),
  };
}

/** `12.9 %`; never 0 % or 100 % of what is not none or all. */
export function inShare(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  const percent = (part / whole) * 100;
  if (percent < 0.1) return '< 0.1 %';
  if (percent > 99.9 && part < whole) return '> 99.9 %';
  return `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}
