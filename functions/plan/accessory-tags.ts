import { timesOf } from '../domain/artifact-times.ts';
import type { Artifact } from '../domain/artifact.ts';
import type { Member } from '../domain/family.ts';
import { familyIn } from '../domain/graph.ts';
import { knownOf } from '../domain/instant.ts';
import type { Moment, PoolMember, Rule } from '../domain/policy.ts';
import { accessorySubject } from '../domain/subject.ts';
import { evaluateRule } from '../rules/evaluate-rule.ts';
import { poolOf, type Candidate } from '../rules/pool.ts';
import { selectSubjects } from '../rules/select.ts';
import type { Case, Docket } from './prepare-repository.ts';
import { type Answers, type Judgement, savingTag } from './judge-subjects.ts';

/** What judging the tags of accessories needs of the repository under judgement. */
export interface Pools {
  readonly docket: Docket;
  /** The pool of each rule, to measure an accessory against. */
  readonly pools: ReadonlyMap<Rule, readonly PoolMember[]>;
  readonly moment: Moment;
}

/**
 * An accessory may bear tags (docs/policy.md#what-goes-along). The one that cosign's form gives it, about the very
 * artifact that it hangs on, follows that. Any other is judged like every tag, and if no rule condemns it, what the
 * accessory hangs on stays. Answers why it stays, or undefined. An accessory is in no pool: it is measured against
 * those of its rules, and takes no place in them. `condemned`: the artifact's own tags, all condemned so far.
 */
export function keptByAccessory(
  { artifact }: Pick<Case, 'artifact'>,
  condemned: readonly string[],
  { docket, pools, moment }: Pools,
): Judgement | undefined {
  for (const member of familyIn(docket.graph, artifact, 'deleted')) {
    const bearer = bearerOf(member);
    if (bearer === undefined) continue;
    const { digest } = bearer;
    const selection = selectSubjects(bearer, docket.rules, () => false);
    if (selection.kind === 'unknown') {
      const { fact, by, because } = selection;
      return { fate: 'keep', reason: { code: 'fact-unknown', fact, by, because } };
    }
    const { subjects } = selection;
    const candidate: Candidate = {
      artifact: bearer,
      times: timesOf(bearer, []),
      subjects,
      untaggedSince: 'unknown',
    };
    const answers: Answers = new Map(
      [...pools].map(([rule, pool]) => {
        const guest = poolOf(rule, [candidate]);
        return [
          rule,
          guest.length === 0 ? new Map() : evaluateRule(rule, [...pool, ...guest], moment),
        ];
      }),
    );
    const saved = savingTag(digest, subjects, answers);
    if (saved === undefined) continue;
    const { tag, keep } = saved;
    return {
      fate: 'keep',
      reason: { code: 'other-tag-kept', tag, saved: keep, condemned, accessory: digest },
    };
  }
  return undefined;
}

/** An accessory with those of its tags that are judged; undefined if it has none. */
function bearerOf({ of, artifact }: Member): Artifact | undefined {
  // A child that has tags is no member, and what is not known was asked before.
  if (artifact === undefined) return undefined;
  const tags = knownOf(artifact.tags).filter(({ name }) => accessorySubject(name) !== of);
  return tags.length === 0 ? undefined : { ...artifact, tags };
}
