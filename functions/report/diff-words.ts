import { formatDuration } from '../domain/duration.ts';
import { counted, inBytes, inNumbers } from '../domain/format-numbers.ts';
import { formatInstant, type Duration, type Instant } from '../domain/instant.ts';
import {
  type ArtifactCount,
  type ChangedDecision,
  countOf,
  type Decision,
  type ReportDiff,
} from './diff-reports.ts';

/** What is compared, in words of the user. */
export interface Compared {
  readonly before: string;
  readonly after: string;
  /** The facts of a stored run, over which two policies are compared. Absent: two runs, or a saved inventory. */
  readonly facts?: ComparedFacts;
  /** What could not be judged, and why; sentences. */
  readonly notKnown?: readonly string[];
}

export interface ComparedFacts {
  readonly runId: string;
  readonly takenAt: Instant;
  /** From `takenAt` until the comparison. */
  readonly age: Duration;
  /** Older than the user said that they may be. */
  readonly isOld: boolean;
  /** Newer runs whose facts are not whole. */
  readonly passedOver: readonly { readonly runId: string; readonly because: string }[];
}

/** Counts, one a line. */
export function summary(diff: ReportDiff): readonly string[] {
  const { onlyBefore, onlyAfter, unchanged } = diff;
  const lines = [
    `newly condemned: ${sumOf(countOf(diff.newlyCondemned))}`,
    `newly kept: ${sumOf(countOf(diff.newlyKept))}`,
    `decided otherwise, with the same fate: ${sumOf(countOf(diff.decidedOtherwise))}`,
    `unchanged: ${sumOf(unchanged)}`,
  ];
  if (onlyBefore.artifacts > 0) lines.push(`only before: ${sumOf(onlyBefore)}`);
  if (onlyAfter.artifacts > 0) lines.push(`only after: ${sumOf(onlyAfter)}`);
  return lines;
}

/** The facts, how old they are, and which newer ones would not do. */
export function factLines({ runId, takenAt, age, isOld, passedOver }: ComparedFacts): string[] {
  const lines = [
    `facts: run ${runId}, read at ${formatInstant(takenAt).slice(0, 19)}Z, ${formatDuration(age)} before this comparison`,
  ];
  if (isOld)
    lines.push('warning: these facts are old; see why no newer run has read everything (status)');
  for (const run of passedOver) lines.push(`passed over: run ${run.runId}, ${run.because}`);
  return lines;
}

/** The lists of artifacts, by what became of them. */
export function kinds(
  diff: ReportDiff,
): readonly { title: string; changes: readonly ChangedDecision[]; isMinor?: true }[] {
  return [
    { title: 'Newly condemned', changes: diff.newlyCondemned },
    { title: 'Newly kept', changes: diff.newlyKept },
    { title: 'Decided otherwise', changes: diff.decidedOtherwise, isMinor: true },
  ];
}

export function ruleTable({
  rules,
}: ReportDiff): [readonly string[], readonly (readonly string[])[]] {
  const cells = ({ artifacts, bytes }: ArtifactCount) => [inNumbers(artifacts), inBytes(bytes)];
  return [
    ['rule', 'newly condemned', 'bytes', 'newly kept', 'bytes'],
    rules.map((one) => [one.rule, ...cells(one.newlyCondemned), ...cells(one.newlyKept)]),
  ];
}

export function more(changes: readonly ChangedDecision[], most: number): readonly string[] {
  const rest = changes.slice(most);
  return rest.length === 0 ? [] : [`and ${sumOf(countOf(rest))} more; --format json has all`];
}

export function sumOf({ artifacts, bytes }: ArtifactCount): string {
  return `${counted(artifacts, 'artifact')}, ${inBytes(bytes)}`;
}

export function decidedBy({ fate, reason, rule, by }: Decision): string {
  const what = [rule, by].filter((one) => one !== undefined).join(': ');
  const verb = { keep: 'stays', untag: 'loses tags', delete: 'goes' }[fate];
  return `${verb}: ${reason}${what === '' ? '' : ` (${what})`}`;
}

export function short(artifact: string): string {
  return artifact.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1');
}

export function tagsOf(tags: readonly string[] | null): string {
  if (tags === null) return 'tags not known';
  return tags.length === 0 ? 'untagged' : tags.join(', ');
}
