/** `arn:…:task-definition/api:7`, `api:7` or `api` in parts; undefined if it is none of these. */
export function taskDefinitionName(written: string): TaskDefinitionName | undefined {
  const name = /^(?:arn:[\w-]+:ecs:([\w-]+:\d+):task-definition\/)?([\w-]{1,255})(?::(\d+))?$/.exec(
    written,
  );
  const [, place, family, revision] = name ?? [];
  if (family === undefined) return undefined;
  return { place, family, revision: revision === undefined ? undefined : Number(revision) };
}

interface TaskDefinitionName {
  /** `eu-central-1:123456789012`, if it is an ARN. */
  readonly place: string | undefined;
  readonly family: string;
  /** Undefined: the newest one. */
  readonly revision: number | undefined;
}

/**
 * Which revisions of a family one would go back to: the newest ones, and of each that is used those before it; the
 * newest first. @param active ARNs, page by page @param used numbers of revisions @param count how many, each time
 */
export async function rollBackRevisions(
  active: AsyncIterable<readonly string[]>,
  used: readonly number[],
  count: number,
): Promise<readonly string[]> {
  const read: Revision[] = [];
  for await (const page of active) {
    read.push(...page.map((arn) => ({ arn, number: taskDefinitionName(arn)?.revision ?? 0 })));
    // Not every implementation of the API gives the newest first: then all of them are read.
    if (isNewestFirst(read) && startsOf(used).every((from) => before(read, from).length >= count))
      break;
  }
  const sorted = read.toSorted((one, other) => other.number - one.number);
  const chosen = startsOf(used).flatMap((from) => before(sorted, from).slice(0, count));
  return sorted.filter((one) => chosen.includes(one)).map(({ arn }) => arn);
}

/** One by itself is no order. */
function isNewestFirst(revisions: readonly Revision[]): boolean {
  const numbers = revisions.map(({ number }) => number);
  return numbers.length > 1 && numbers.every((one, at) => at === 0 || one < (numbers[at - 1] ?? 0));
}

interface Revision {
  readonly arn: string;
  readonly number: number;
}

const startsOf = (used: readonly number[]): readonly number[] => [Infinity, ...new Set(used)];

/** From a revision downwards. */
const before = (revisions: readonly Revision[], from: number): readonly Revision[] =>
  revisions.filter(({ number }) => number <= from);
