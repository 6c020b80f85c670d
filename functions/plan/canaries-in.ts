import type { Artifact } from '../domain/artifact.ts';
import type { CanarySighting } from '../domain/plan.ts';
import { fullName, type RepositoryHead } from '../domain/repository.ts';
import type { Verdict } from '../domain/verdict.ts';

/** The canaries of the policy that a repository holds, and what becomes of them. */
export function canariesIn(
  head: RepositoryHead,
  artifacts: readonly Artifact[],
  {
    verdicts,
    canaries,
  }: { readonly verdicts: readonly Verdict[]; readonly canaries: readonly string[] },
): readonly CanarySighting[] {
  const prefix = `${fullName(head)}:`;
  return canaries
    .filter((reference) => reference.startsWith(prefix))
    .flatMap((reference) => {
      const tag = reference.slice(prefix.length);
      const position = artifacts.findIndex(
        ({ tags }) => tags !== 'unknown' && tags.some(({ name }) => name === tag),
      );
      const seen = verdicts[position];
      return seen === undefined
        ? []
        : [{ reference, digest: seen.artifact.digest, fate: fateOf(seen, tag) }];
    });
}

// An artifact that only loses other tags keeps this one. What waits for the roll-out would go: a policy that condemns a
// canary is refused before the roll-out comes to it.
function fateOf(seen: Verdict, tag: string): Verdict['fate'] {
  if (seen.fate === 'keep' && seen.reason.code === 'rollout-waits') {
    const { tags } = seen.reason;
    if (tags === undefined) return 'delete';
    return tags.includes(tag) ? 'untag' : 'keep';
  }
  return seen.fate === 'untag' && !seen.tags.includes(tag) ? 'keep' : seen.fate;
}
