import { doublestarExpression } from '../../domain/doublestar-expression.ts';
import type { NameKind } from '../../domain/legal-names.ts';
import { nameMatching, type Witness } from '../../domain/name-witness.ts';
import { expressionIn } from '../../domain/pattern.ts';
import { namesAccessory } from '../../domain/subject.ts';
import type { CrossContext, CrossFinding, WrittenRule } from '../cross-checks.ts';

/** What a lint found in a policy that is valid. It never changes a verdict. */
export type LintFinding = CrossFinding;

/** One kind of suspicion about a valid policy. Pure. */
export type Lint = (context: CrossContext) => readonly LintFinding[];

/** A part of a selection: which names it takes. `none` takes names out again. */
export interface Names {
  readonly any: readonly string[];
  readonly none: readonly string[];
}

/** What a rule selects, as written, with its defaults. */
export interface LintedRule {
  readonly index: number;
  readonly name: string;
  readonly projects: Names;
  /** Without the project. */
  readonly repositories: Names;
  /** Undefined for a rule on untagged artifacts. */
  readonly tags: Names | undefined;
  /** Whether it selects by anything else, such as labels or types, which can make it select less. */
  readonly isNarrowed: boolean;
  /**
   * Whether it asks for what an artifact may not show: labels, media or artifact types. It then keeps such an artifact,
   * and takes it out of the counts of every rule (docs/policy.md#counts).
   */
  readonly asksForFacts: boolean;
  /** Whether it names tags of signatures literally, which no other rule may delete once orphaned. */
  readonly namesAccessories: boolean;
  readonly keep: Readonly<Record<string, unknown>> | 'none';
  readonly insteadOf: readonly string[];
  readonly untag: boolean;
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};

/** The rules of a valid policy. A rule on versions selects only tags that are versions, so that it counts as narrowed. */
export function lintedRules({ rules }: CrossContext): readonly LintedRule[] {
  return rules.map(lintedRule);
}

function lintedRule({ index, name = '', select, keep, insteadOf, untag }: WrittenRule): LintedRule {
  const exclude = fields(select['exclude']);
  const conditions = keep === 'none' ? 'none' : fields(keep);
  const typeKeys = ['mediaTypes', 'artifactTypes'];
  const asksForFacts =
    ['labels', ...typeKeys].some((key) => select[key] !== undefined) ||
    typeKeys.some((key) => texts(exclude[key]).length > 0);
  const onVersions =
    conditions !== 'none' &&
    ('highestVersions' in conditions || 'highestVersions' in fields(conditions['all']));
  return {
    index,
    name,
    projects: { any: texts(select['projects']), none: texts(exclude['projects']) },
    repositories: {
      any: select['repositories'] === undefined ? ['**'] : texts(select['repositories']),
      none: texts(exclude['repositories']),
    },
    tags:
      select['untagged'] === true
        ? undefined
        : { any: texts(select['tags']), none: texts(exclude['tags']) },
    isNarrowed: asksForFacts || onVersions || select['types'] !== undefined,
    asksForFacts,
    namesAccessories: texts(select['tags']).some(namesAccessory),
    keep: conditions,
    insteadOf: texts(insteadOf),
    untag,
  };
}

/** Yes or no; 'likely' where a pattern is too large to be decided, and every name of a sample says yes; else 'unknown'. */
export type Answer = boolean | 'likely' | 'unknown';

/** Names of a sample that must agree. */
const leastSample = 5;

function without(found: Witness): Answer {
  if (found.kind === 'undecided') return found.tried >= leastSample ? 'likely' : 'unknown';
  return found.kind === 'none';
}

/** The answer to several questions that must all be answered with yes. */
export function every(answers: readonly Answer[]): Answer {
  if (answers.includes(false)) return false;
  if (answers.includes('unknown')) return 'unknown';
  return answers.includes('likely') ? 'likely' : true;
}

/** Whether a finding may rest on an answer. */
export const isYes = (answer: Answer): boolean => answer === true || answer === 'likely';

/** What a message says of a finding that is not decided exactly. */
export const bySample = (answer: Answer): string =>
  answer === 'likely'
    ? ' (by a sample of names: a pattern is too large to be decided exactly)'
    : '';

/** Whether no legal name is among them. */
export function isEmpty({ any, none }: Names, kind: NameKind): Answer {
  return without(nameMatching({ any, none }, kind));
}

/** Whether every name of the first is one of the second, too. */
export function isWithin(one: Names, other: Names, kind: NameKind): Answer {
  const outside = nameMatching({ any: one.any, none: [...one.none, ...other.any] }, kind);
  // What the second takes out again must not be in the first.
  return every([without(outside), isDisjoint(one, { any: other.none, none: [] }, kind)]);
}

/** Whether no name is in both. */
export function isDisjoint(one: Names, other: Names, kind: NameKind): Answer {
  const none = [...one.none, ...other.none];
  return every(
    other.any.map((pattern) => without(nameMatching({ any: one.any, and: [pattern], none }, kind))),
  );
}

/** The expression of a pattern, for putting several together. */
export const expressionOf = (pattern: string): string =>
  expressionIn(pattern) ?? doublestarExpression(pattern);
