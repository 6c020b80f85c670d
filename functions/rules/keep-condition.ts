import type * as z from 'zod';
import type { Duration } from '../domain/instant.ts';
import type {
  BoundCondition,
  ConditionNeed,
  Finding,
  Moment,
  PoolMember,
} from '../domain/policy.ts';

/** A thing that a rule can say under `keep`: one file in `keep/`, one line in its index, one test. */
export interface KeepCondition<Key extends string = string> {
  readonly key: Key;
  /** Reads the parameter as written and binds it. */
  readonly schema: z.ZodType<BoundCondition>;
}

interface Definition<Key extends string, Params> {
  /** The key in the policy, which the file is named for. */
  readonly key: Key;
  /** Ages are asked before counts, so that a count can be `of: remaining`. */
  readonly kind: BoundCondition['kind'];
  readonly params: z.ZodType<Params>;
  /** One sentence for editors. */
  readonly description: string;
  readonly needs?: readonly ConditionNeed[];
  /** How far back it looks at pulls; absent with the need of pull times: as far as any are known. */
  readonly pullsWithin?: (params: Params) => Duration;
  readonly counts?: (params: Params) => BoundCondition['counts'];
  /**
   * One finding per member, in their order. It owes: the same answer for a member in any order of the pool,
   * which it never changes; no clock but `moment.now`; and a word on unknown facts: the stand-in that
   * docs/policy.md#which-time-is-meant names, or the finding `unknown`, which keeps and takes up no place.
   */
  readonly judge: (
    members: readonly PoolMember[],
    params: Params,
    moment: Moment,
  ) => readonly Finding[];
  /** Why the condition has nothing to say about a tag. */
  readonly doesNotGovern?: (tag: string, params: Params) => string | undefined;
}

/** Makes a keep condition; closes over the type of its parameter, so that the registry needs none. */
export function keepCondition<Key extends string, Params>(
  definition: Definition<Key, Params>,
): KeepCondition<Key> {
  const { key, kind, params, needs = [], doesNotGovern } = definition;
  const bind = (bound: Params): BoundCondition => ({
    key,
    kind,
    needs,
    counts: definition.counts?.(bound) ?? 'all',
    ...(definition.pullsWithin === undefined ? {} : { pullsWithin: definition.pullsWithin(bound) }),
    judge: (members, moment) => definition.judge(members, bound, moment),
    ...(doesNotGovern === undefined
      ? {}
      : { doesNotGovern: (tag: string) => doesNotGovern(tag, bound) }),
  });
  return { key, schema: params.transform(bind).describe(definition.description) };
}
