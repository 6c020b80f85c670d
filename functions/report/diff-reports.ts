import { defined } from '../domain/defined.ts';
import { byText } from '../domain/artifact-order.ts';
import type { ReportRow } from './row-schema.ts';

/** What decided an artifact's fate, in short. */
export interface Decision {
  readonly fate: ReportRow['fate'];
  readonly reason: string;
  readonly rule?: string;
  /** Condition or protection. */
  readonly by?: string;
}

/** An artifact that is decided otherwise than before. */
export interface ChangedDecision {
  /** `project/repository@sha256:…`. */
  readonly artifact: string;
  readonly tags: readonly string[] | null;
  /** Bytes. */
  readonly size: number;
  readonly before: Decision;
  readonly after: Decision;
  /** The sentence of the later report. */
  readonly explanation: string;
}

export interface ArtifactCount {
  readonly artifacts: number;
  readonly bytes: number;
}

/** What two reports, or two policies over one inventory, decide differently. Bytes are sums of artifact sizes. */
export interface ReportDiff {
  /** Deleted now, not before. */
  readonly newlyCondemned: readonly ChangedDecision[];
  /** Deleted before, not now. */
  readonly newlyKept: readonly ChangedDecision[];
  /** Deleted or kept as before, but for another reason, by another rule, or with other tags to lose. */
  readonly decidedOtherwise: readonly ChangedDecision[];
  readonly unchanged: ArtifactCount;
  /** In one of the two only: pushed since, or gone. */
  readonly onlyBefore: ArtifactCount;
  readonly onlyAfter: ArtifactCount;
  /** By the rule that condemns, or condemned. */
  readonly rules: readonly {
    readonly rule: string;
    readonly newlyCondemned: ArtifactCount;
    readonly newlyKept: ArtifactCount;
  }[];
}

interface EarlierDecision extends Decision {
  readonly untag: string;
  readonly size: number;
}

type Rows = AsyncIterable<ReportRow> | Iterable<ReportRow>;

/**
 * Compares two reports row by row; the order of rows does not matter. Holds a line of the earlier report per artifact,
 * some 300 bytes. Untagged children of an index are left out: they share its fate and its size.
 */
export async function diffReports(before: Rows, after: Rows): Promise<ReportDiff> {
  const known = new Map<string, EarlierDecision>();
  for await (const row of before) if (!isChild(row)) known.set(nameOf(row), knownOf(row));
  const newlyCondemned: ChangedDecision[] = [];
  const newlyKept: ChangedDecision[] = [];
  const decidedOtherwise: ChangedDecision[] = [];
  const unchanged = { artifacts: 0, bytes: 0 };
  const onlyAfter = { artifacts: 0, bytes: 0 };
  for await (const row of after) {
    if (isChild(row)) continue;
    const artifact = nameOf(row);
    const earlier = known.get(artifact);
    if (earlier === undefined) {
      add(onlyAfter, row.size);
      continue;
    }
    known.delete(artifact);
    const now = knownOf(row);
    if (isSame(earlier, now)) {
      add(unchanged, row.size);
      continue;
    }
    const change = changeOf(row, artifact, { earlier, now });
    if (earlier.fate !== 'delete' && now.fate === 'delete') newlyCondemned.push(change);
    else if (earlier.fate === 'delete' && now.fate !== 'delete') newlyKept.push(change);
    else decidedOtherwise.push(change);
  }
  const onlyBefore = { artifacts: 0, bytes: 0 };
  for (const { size } of known.values()) add(onlyBefore, size);
  return {
    newlyCondemned: sorted(newlyCondemned),
    newlyKept: sorted(newlyKept),
    decidedOtherwise: sorted(decidedOtherwise),
    unchanged,
    onlyBefore,
    onlyAfter,
    rules: rulesOf(newlyCondemned, newlyKept),
  };
}

export function countOf(changes: readonly ChangedDecision[]): ArtifactCount {
  const sum = { artifacts: 0, bytes: 0 };
  for (const { size } of changes) add(sum, size);
  return sum;
}

function nameOf({ project, repository, digest }: ReportRow): string {
  return `${project}/${repository}@${digest}`;
}

/** Rows of 0.1.0 do not say it. */
function isChild({ child, tags, reason }: ReportRow): boolean {
  if (child === true) return true;
  return tags?.length === 0 && (reason === 'goes-with-parent' || reason === 'parent-kept');
}

function knownOf({ fate, reason, rule, by, untag = [], size }: ReportRow): EarlierDecision {
  return {
    fate,
    reason,
    ...defined({ rule, by }),
    untag: untag.toSorted(byText).join(' '),
    size,
  };
}

function isSame(one: EarlierDecision, other: EarlierDecision): boolean {
  return (
    one.fate === other.fate &&
    one.reason === other.reason &&
    one.rule === other.rule &&
    one.by === other.by &&
    one.untag === other.untag
  );
}

function changeOf(
  { tags, size, explanation }: ReportRow,
  artifact: string,
  { earlier, now }: { readonly earlier: EarlierDecision; readonly now: EarlierDecision },
): ChangedDecision {
  return {
    artifact,
    tags,
    size,
    before: decisionOf(earlier),
    after: decisionOf(now),
    explanation,
  };
}

function decisionOf({ fate, reason, rule, by }: EarlierDecision): Decision {
  return {
    fate,
    reason,
    ...defined({ rule, by }),
  };
}

function add(sum: { artifacts: number; bytes: number }, size: number): void {
  sum.artifacts += 1;
  sum.bytes += size;
}

/** Largest first: what matters stands at the top of a list that is cut. */
function sorted(changes: readonly ChangedDecision[]): readonly ChangedDecision[] {
  return changes.toSorted((a, b) => b.size - a.size || byText(a.artifact, b.artifact));
}

function rulesOf(
  condemned: readonly ChangedDecision[],
  kept: readonly ChangedDecision[],
): ReportDiff['rules'] {
  const zero = (): { artifacts: number; bytes: number } => ({ artifacts: 0, bytes: 0 });
  const rules = new Map<string, { newlyCondemned: ArtifactCount; newlyKept: ArtifactCount }>();
  const of = (rule = ''): { newlyCondemned: ArtifactCount; newlyKept: ArtifactCount } => {
    const sums = rules.get(rule) ?? { newlyCondemned: zero(), newlyKept: zero() };
    rules.set(rule, sums);
    return sums;
  };
  for (const { after, size } of condemned) add(of(after.rule).newlyCondemned, size);
  for (const { before, size } of kept) add(of(before.rule).newlyKept, size);
  return [...rules]
    .map(([rule, sums]) => ({ rule, ...sums }))
    .toSorted((one, other) => byText(one.rule, other.rule));
}
