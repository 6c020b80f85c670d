import { grouped } from '../domain/grouped.ts';
import type { HarborVerdict } from './harbor-verdicts.ts';
import type { ReportRow } from './row-schema.ts';

/** How the plan and Harbor's own retention differ about an artifact. */
export type Difference =
  | 'same'
  /** Harbor deletes it, and the plan does not. */
  | 'kept-here'
  /** The plan deletes it, and Harbor does not. */
  | 'taken-here'
  /** One of the two has not seen it, or not as it is now. */
  | 'not-compared';

/** One cause, with the artifacts that it explains. */
export interface Cause {
  readonly difference: Difference;
  /** A sentence without its full stop. */
  readonly because: string;
  readonly artifacts: number;
  readonly bytes: number;
  /** Up to three, `repository@sha256:…`, with a tag where there is one. */
  readonly examples: readonly string[];
}

/** A plan beside an execution of Harbor's own retention, in one project. */
export interface HarborComparison {
  readonly artifacts: number;
  /** All artifacts by cause, the largest first within each difference. */
  readonly causes: readonly Cause[];
}

/** What Harbor's own retention said, by repository without the project; undefined where its task failed. */
export type HarborExecution = ReadonlyMap<string, readonly HarborVerdict[] | undefined>;

interface Compared {
  readonly row: ReportRow;
  readonly difference: Difference;
  readonly because: string;
}

/**
 * Compares every artifact of a plan with what Harbor's own retention said of it. Every artifact has a cause. `startedAt`:
 * when the execution began, in milliseconds; what was pushed, pulled or tagged later is not compared. Untagged children of
 * an index are left out, because they are no candidates in Harbor. Pure.
 */
export function compareWithHarbor(
  rows: readonly ReportRow[],
  execution: HarborExecution,
  startedAt: number,
): HarborComparison {
  const listed = rows.filter(({ child }) => child !== true);
  const byRepository = grouped(listed, ({ repository }) => repository);
  const compared = [...byRepository].flatMap(([repository, some]) => {
    const verdicts = execution.get(repository);
    const found = new Map(verdicts?.map((one) => [one.digest, one]));
    const isChosen = execution.has(repository);
    const all = some.map((row) =>
      compare(row, {
        verdict: found.get(row.digest),
        isChosen,
        hasFailed: isChosen && verdicts === undefined,
        startedAt,
      }),
    );
    return withTies(all);
  });
  const seen = new Set(listed.map(({ repository, digest }) => `${repository}@${digest}`));
  return {
    artifacts: compared.length,
    causes: [...causesOf(compared), ...goneSince(execution, seen)],
  };
}

interface Beside {
  readonly verdict: HarborVerdict | undefined;
  /** Whether Harbor's rules choose the repository at all. */
  readonly isChosen: boolean;
  readonly hasFailed: boolean;
  readonly startedAt: number;
}

function compare(row: ReportRow, beside: Beside): Compared {
  const { verdict, isChosen, hasFailed, startedAt } = beside;
  const goes = row.fate === 'delete';
  const not = (because: string): Compared => ({ row, difference: 'not-compared', because });
  if (hasFailed) return not('Harbor’s task for the repository failed, or its log is not whole');
  if (!isChosen)
    return goes
      ? taken(row, 'no rule of Harbor’s chooses the repository')
      : { row, difference: 'same', because: 'both keep it' };
  if (isLater(row.pushedAt, startedAt) || verdict === undefined)
    return not('it was pushed after Harbor’s execution began');
  if (isLater(row.pulledAt, startedAt)) return not('it was pulled after Harbor’s execution began');
  if (!hasSameTags(row, verdict)) return not('its tags have changed since Harbor’s execution');
  const goesInHarbor = verdict.fate === 'DEL';
  if (goes === goesInHarbor)
    return { row, difference: 'same', because: goes ? 'both delete it' : 'both keep it' };
  if (goesInHarbor) return { row, difference: 'kept-here', because: whyKept(row) };
  return taken(row, whyTaken(row, verdict));
}

const taken = (row: ReportRow, because: string): Compared => ({
  row,
  difference: 'taken-here',
  because,
});

const isLater = (time: string | null, than: number): boolean =>
  time !== null && Date.parse(time) > than;

function hasSameTags({ tags }: ReportRow, verdict: HarborVerdict): boolean {
  if (tags === null || tags.length !== verdict.tags.length) return false;
  const known = new Set(verdict.tags);
  return tags.every((tag) => known.has(tag));
}

/** Why the plan keeps what Harbor deletes, by the reason of the row. */
function whyKept({ reason, by, rule, tags, fate }: ReportRow): string {
  const isUntagged = tags?.length === 0;
  if (fate === 'untag') return 'only some of its tags are removed here';
  switch (reason) {
    case 'held':
      return by === 'minimumAge'
        ? 'it is younger than protect.minimumAge'
        : `the protection ${by ?? ''} holds it`;
    case 'keep-at-least':
      return 'the floor of protect.keepAtLeast keeps it';
    case 'kept-by-rule':
      return `rule ${rule ?? ''} keeps it${isUntagged ? ', which judges untagged artifacts apart' : ''} (${by ?? 'keep'})`;
    case 'not-selected':
    case 'not-a-version':
      return isUntagged ? 'no rule here selects it, as it has no tag' : 'no rule here selects it';
    case 'other-tag-kept':
      return 'another of its tags stays here';
    case 'parent-kept':
    case 'child-held':
    case 'subject-kept':
      return 'something that belongs to it stays here';
    case 'rollout-waits':
      return 'it waits for the roll-out of the policy';
    case 'next-time':
      return 'a limit puts it off to a later run';
    default:
      return 'a fact that the decision needs is not known here';
  }
}

function whyTaken({ rule }: ReportRow, { fate }: HarborVerdict): string {
  if (fate === 'IMMUTABLE') return 'Harbor counts it as immutable, and the plan does not';
  if (fate === 'ERR') return 'Harbor tried to delete it and failed';
  return `rule ${rule ?? ''} condemns it, and a rule of Harbor’s keeps it`;
}

const tie =
  'it was pushed or pulled in the same second as another one, and only one of them has room in a count';

/**
 * Artifacts of one second have no order in Harbor. Where each of the two keeps another one of them, that is the cause.
 */
function withTies(compared: readonly Compared[]): readonly Compared[] {
  const kept = compared.filter(
    (one) => one.difference === 'kept-here' && one.row.reason === 'kept-by-rule',
  );
  const taken = compared.filter(({ difference }) => difference === 'taken-here');
  const paired = new Set<Compared>();
  for (const one of taken) {
    const other = kept.find(
      (candidate) => !paired.has(candidate) && areOfOneSecond(one, candidate),
    );
    if (other === undefined) continue;
    paired.add(one);
    paired.add(other);
  }
  return compared.map((one) => (paired.has(one) ? { ...one, because: tie } : one));
}

function areOfOneSecond({ row: one }: Compared, { row: other }: Compared): boolean {
  const isSame = (first: string | null, second: string | null): boolean =>
    first !== null && second !== null && first.slice(0, 19) === second.slice(0, 19);
  return isSame(one.pushedAt, other.pushedAt) || isSame(one.pulledAt, other.pulledAt);
}

const order: readonly Difference[] = ['same', 'kept-here', 'taken-here', 'not-compared'];
const shownExamples = 3;

function causesOf(compared: readonly Compared[]): readonly Cause[] {
  const byCause = grouped(compared, ({ difference, because }) => `${difference} ${because}`);
  const causes = [...byCause.values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    let bytes = 0;
    for (const { row } of all) bytes += row.size;
    const examples = first.difference === 'same' ? [] : all.slice(0, shownExamples).map(nameOf);
    return [
      {
        difference: first.difference,
        because: first.because,
        artifacts: all.length,
        bytes,
        examples,
      },
    ];
  });
  return causes.toSorted(
    (one, other) =>
      order.indexOf(one.difference) - order.indexOf(other.difference) ||
      other.artifacts - one.artifacts ||
      (one.because < other.because ? -1 : 1),
  );
}

function nameOf({ row: { repository, digest, tags } }: Compared): string {
  const tag = tags?.[0];
  return `${repository}${tag === undefined ? '' : `:${tag}`}@${digest.slice(0, 19)}`;
}

/** What Harbor's execution saw and the plan did not. */
function goneSince(execution: HarborExecution, seen: ReadonlySet<string>): readonly Cause[] {
  const gone = [...execution].flatMap(([repository, verdicts]) =>
    (verdicts ?? []).map(({ digest }) => `${repository}@${digest}`).filter((one) => !seen.has(one)),
  );
  if (gone.length === 0) return [];
  return [
    {
      difference: 'not-compared',
      because: 'it was deleted after Harbor’s execution began',
      artifacts: gone.length,
      bytes: 0,
      examples: gone.slice(0, shownExamples).map((one) => one.slice(0, one.indexOf('@') + 20)),
    },
  ];
}
