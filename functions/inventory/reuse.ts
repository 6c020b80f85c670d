import * as z from 'zod';
import { day } from '../domain/duration.ts';
import type { Instant } from '../domain/instant.ts';
import type { Policy } from '../domain/policy.ts';
import { fullName, type RepositoryFacts, type RepositoryHead } from '../domain/repository.ts';
import type { Part } from './cut-into-parts.ts';
import type { Survey } from './preflight.ts';

/** After this long a repository is read again, whatever Harbor's list of repositories says of it. */
const goodFor = 7 * day;

/** Where an earlier run left the facts of a repository that no rule selects, and what the list said of it then. */
const kept = z.object({
  part: z.string(),
  head: z.object({
    id: z.number(),
    artifactCount: z.number(),
    updatedAt: z.union([z.number(), z.literal('unknown')]),
    pullCount: z.union([z.number(), z.literal('unknown')]),
  }),
  readAt: z.number(),
});

/** What a run leaves for the next one. Plain JSON. */
export const reusable = z.object({
  version: z.literal(1),
  harbor: z.object({ url: z.string(), version: z.string() }),
  policyHash: z.string(),
  kept: z.array(kept),
});

type Kept = Readonly<z.infer<typeof kept>>;
export type Reusable = Readonly<z.infer<typeof reusable>>;

export interface Reusing {
  readonly policy: Policy;
  readonly survey: Survey;
  readonly now: Instant;
  /** A person's list may let any repository go whole: then everything is read. */
  readonly isApproving: boolean;
}

/** The facts of an earlier run that this run uses instead of reading again, by repository id. Plain JSON. */
export const chosenFacts = z.record(z.string(), kept);
export type Chosen = Readonly<Record<number, Kept>>;

/**
 * The repositories whose facts of an earlier run will do: no rule selects them, so nothing in them can be condemned
 * whatever their facts are, and Harbor's list shows them as it did. Not with conditions on pulls, where every
 * artifact counts for whether pull times live; nor with a memory of untagged artifacts, which must see each run; nor
 * where a canary sits, which must be seen.
 */
export function chooseReusable(
  left: Reusable | undefined,
  { policy, survey, now, isApproving }: Reusing,
): Chosen {
  const { harbor } = survey.registry;
  const isSame =
    left?.version === 1 &&
    left.policyHash === policy.hash &&
    left.harbor.url === harbor.url &&
    left.harbor.version === harbor.version;
  const { pullTimes, untaggedMemory } = policy.needs;
  if (!isSame || isApproving || pullTimes || untaggedMemory) return {};
  const known = new Map(left.kept.map((kept) => [kept.head.id, kept]));
  const chosen: Record<number, Kept> = {};
  for (const head of survey.heads) {
    const kept = known.get(head.id);
    if (kept === undefined || now < kept.readAt || now - kept.readAt > goodFor) continue;
    if (!looksAsBefore(head, kept.head) || mayMatter(head, policy)) continue;
    if (survey.unplannable[head.project] === undefined) chosen[head.id] = kept;
  }
  return chosen;
}

function looksAsBefore(head: RepositoryHead, before: Kept['head']): boolean {
  return (
    head.artifactCount > 0 &&
    head.updatedAt !== 'unknown' &&
    head.artifactCount === before.artifactCount &&
    head.updatedAt === before.updatedAt &&
    head.pullCount === before.pullCount
  );
}

/** Some rule selects it, or a canary sits in it. */
function mayMatter(head: RepositoryHead, { rules, canaries }: Policy): boolean {
  return (
    rules.some(({ select }) => select.inProject(head.project) && select.inRepository(head.name)) ||
    canaries.some((canary) => canary.startsWith(`${fullName(head)}:`))
  );
}

/** What this run leaves: every repository that no rule selects, with the part in which its facts lie now. */
export function reusableAfter(
  parts: readonly Part[],
  { policy, survey, now }: Omit<Reusing, 'isApproving'>,
  { chosen, keyOf }: { readonly chosen: Chosen; readonly keyOf: (part: number) => string },
): Reusable {
  const { url, version } = survey.registry.harbor;
  const kept = parts.flatMap((part, index) =>
    part
      .filter(({ unread }) => unread === undefined)
      .flatMap(({ repositories }) => repositories)
      .filter((head) => !mayMatter(head, policy))
      .map(({ id, artifactCount, updatedAt, pullCount }): Kept => {
        const head = { id, artifactCount, updatedAt, pullCount };
        return { part: keyOf(index), head, readAt: chosen[id]?.readAt ?? now };
      }),
  );
  return { version: 1, harbor: { url, version }, policyHash: policy.hash, kept };
}

/**
 * The facts of an earlier run under today's head; undefined unless they were complete and hold as many artifacts as
 * Harbor counts.
 */
export function asOfToday(
  facts: RepositoryFacts,
  today: RepositoryHead,
): RepositoryFacts | undefined {
  if (facts.kind !== 'complete' || !looksAsBefore(today, facts.head)) return undefined;
  const children = new Set(facts.artifacts.flatMap((artifact) => artifact.children));
  let count = 0;
  for (const { tags, digest } of facts.artifacts) {
    if (tags === 'unknown' || tags.length > 0 || !children.has(digest)) count += 1;
  }
  return count === today.artifactCount ? { ...facts, head: today } : undefined;
}
