import type { ApprovedList } from '../domain/approval.ts';
import type { Artifact, Digest } from '../domain/artifact.ts';
import type { Policy } from '../domain/policy.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import type { CompleteRepository, RepositoryFacts } from '../domain/repository.ts';
import { isTooDeep, tooDeep } from '../domain/family.ts';
import { RetentionError } from '../errors.ts';
import { type JudgeContext, judgeContext } from '../plan/judge-context.ts';
import { unreadIn } from '../plan/unread-in.ts';
import type { HarborReader } from '../ports.ts';

/**
 * What to judge with where the question is only what might go: whatever is not known yet of the whole run (whether pull
 * times are alive, since when something has no tag) is assumed as it condemns most.
 */
export function widestContext(
  policy: Policy,
  registry: Omit<RegistryFacts, 'pullSignal'>,
  approved: ApprovedList | undefined,
): JudgeContext {
  const context = judgeContext(policy, { ...registry, pullSignal: 'live' });
  return approved === undefined ? context : { ...context, approved };
}

/**
 * Reads of a repository what its list does not show, and a deletion would take along: the accessories of what might go
 * with their tags and labels, and its untagged children where they are not listed; and the same of what holds a place in
 * the counts of its rules. What can't be read stays unread, and
 * keeps what it hangs on; where things hang too deep, the repository is unplannable. Costs nothing where nothing that might go has accessories or children.
 * @throws RetentionError if Harbor is gone altogether
 */
export async function withFamilies(
  facts: RepositoryFacts,
  context: JudgeContext,
  harbor: Pick<HarborReader, 'readMembers' | 'identify'>,
): Promise<RepositoryFacts> {
  if (facts.kind !== 'complete' || !facts.artifacts.some(hasFamily)) return facts;
  const { project, name: repository } = facts.head;
  const widest = { ...context, untaggedSince: everUntagged(facts) };
  const asked = new Set<Digest>();
  let known: CompleteRepository = facts;
  for (;;) {
    if (isTooDeep([...facts.artifacts, ...(known.hidden ?? [])])) {
      const because = `${project}/${repository} is not planned: ${tooDeep}`;
      return { kind: 'unplannable', head: facts.head, seen: facts.artifacts, because };
    }
    const unread = unreadIn(known, widest).filter(({ digest }) => !asked.has(digest));
    if (unread.length === 0) return known;
    for (const { digest } of unread) asked.add(digest);
    try {
      const answers = await harbor.readMembers({ project, repository }, unread, untaggedIn(facts));
      const found = [...answers.values()].flatMap((now) =>
        now.kind === 'there' ? [now.artifact] : [],
      );
      known = { ...known, hidden: [...(known.hidden ?? []), ...found] };
    } catch (error) {
      if (!(error instanceof RetentionError)) throw error;
      // One bad answer concerns this repository; where nothing answers any more, the run waits.
      if (error.code === 'harbor-unreachable') await harbor.identify();
      return known;
    }
  }
}

/** How many artifacts of the repository have no tag, with the children that its list does not show. */
function untaggedIn({ artifacts }: CompleteRepository): number {
  const untagged = new Set(artifacts.flatMap(({ children }) => children));
  for (const { digest, tags } of artifacts) {
    if (tags === 'unknown' || tags.length === 0) untagged.add(digest);
    else untagged.delete(digest);
  }
  return untagged.size;
}

function hasFamily({ children, accessories }: Artifact): boolean {
  return children.length > 0 || (accessories !== 'unknown' && accessories.length > 0);
}

function everUntagged({ artifacts }: CompleteRepository): ReadonlyMap<Digest, number> {
  return new Map(artifacts.map(({ digest }) => [digest, 0]));
}
