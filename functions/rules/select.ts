import { byText } from '../domain/artifact-order.ts';
import type { Artifact } from '../domain/artifact.ts';
import type { Rule, Selector } from '../domain/policy.ts';
import { subjectsOf, type Subject } from '../domain/subject.ts';

/** Which rules speak about one subject. */
export interface SubjectSelection {
  readonly subject: Subject;
  readonly rules: readonly Rule[];
  /** Set where no rule selects it, but a rule on versions would if it were a version. */
  readonly notAVersion?: { readonly rule: string; readonly because: string };
}

/**
 * The subjects of an artifact with the rules that select them; or a fact that selecting needs and that is not known.
 */
export type Selection =
  | { readonly kind: 'known'; readonly subjects: readonly SubjectSelection[] }
  | {
      readonly kind: 'unknown';
      readonly fact: string;
      readonly by: string;
      readonly because: string;
    };

/** The rules whose patterns for projects and repositories select this repository. */
export function rulesIn(
  rules: readonly Rule[],
  project: string,
  repository: string,
): readonly Rule[] {
  return rules.filter(({ select }) => select.inProject(project) && select.inRepository(repository));
}

/**
 * Which of the rules of its repository select which subject of an artifact: `select`, `exclude`, `insteadOf`.
 * `isFollower` names accessory tags whose subject is there: no rule selects those
 * (docs/policy.md#indexes-and-signatures).
 */
export function selectSubjects(
  artifact: Artifact,
  rules: readonly Rule[],
  isFollower: (tag: string) => boolean,
): Selection {
  const forType = those(rules, ({ select }) => mayFitType(select, artifact));
  const missing = missingFact(artifact, forType);
  if (missing !== undefined) return missing;
  const { labels } = artifact;
  const forLabels =
    labels === 'unknown' ? forType : those(forType, ({ select }) => fitsLabels(select, labels));
  return { kind: 'known', subjects: select(artifact, forLabels, isFollower) };
}

/**
 * What is not known, and a rule asks for; the first such rule by name, so that the order in the policy makes no
 * difference.
 */
function missingFact(artifact: Artifact, rules: readonly Rule[]): Selection | undefined {
  const asked = (asks: (select: Selector) => boolean): Rule | undefined =>
    rules
      .filter((rule) => asks(rule.select))
      .toSorted((one, other) => byText(one.name, other.name))[0];
  if (artifact.tags === 'unknown') {
    return unknown(
      'tags',
      asked(() => true),
      'its tags could not be read',
    );
  }
  return (
    unknown(
      'type',
      asked((select) => asksForMediaType(select, artifact)),
      noMediaType,
    ) ??
    unknown(
      'type',
      asked((select) => asksForArtifactType(select, artifact)),
      noArtifactType,
    ) ??
    (artifact.labels === 'unknown'
      ? unknown('labels', asked(asksForLabels), 'its labels could not be read')
      : undefined)
  );
}

const noMediaType = 'its media type was not shown';
const noArtifactType =
  'Harbor shows artifact types from 2.12 on, and not that of everything pushed before; mediaTypes are shown by every version';

/** Whether a rule is on artifacts of this type, as far as the type is known. */
function mayFitType(
  { types, hasMediaType, hasArtifactType }: Selector,
  artifact: Artifact,
): boolean {
  const { type, configType, artifactType } = artifact;
  return (
    (types?.has(type) ?? true) &&
    (configType === undefined || (hasMediaType?.(configType) ?? true)) &&
    (artifactType === undefined || (hasArtifactType?.(artifactType) ?? true))
  );
}

function asksForMediaType({ hasMediaType }: Selector, { configType }: Artifact): boolean {
  return hasMediaType !== undefined && configType === undefined;
}

function asksForArtifactType({ hasArtifactType }: Selector, { artifactType }: Artifact): boolean {
  return hasArtifactType !== undefined && artifactType === undefined;
}

function unknown(fact: string, rule: Rule | undefined, because: string): Selection | undefined {
  return rule === undefined ? undefined : { kind: 'unknown', fact, by: rule.name, because };
}

function unselected(artifact: Artifact): readonly SubjectSelection[] {
  return subjectsOf(artifact).map((subject) => ({ subject, rules: [] }));
}

function select(
  artifact: Artifact,
  rules: readonly Rule[],
  isFollower: (tag: string) => boolean,
): readonly SubjectSelection[] {
  if (rules.length === 0) return unselected(artifact);
  return subjectsOf(artifact).map((subject) => {
    if (subject !== null && isFollower(subject)) return { subject, rules: [] };
    return selectSubject(subject, rules);
  });
}

function selectSubject(subject: Subject, rules: readonly Rule[]): SubjectSelection {
  const speaking = those(rules, ({ select: { hasTag } }) =>
    subject === null ? hasTag === undefined : (hasTag?.(subject) ?? false),
  );
  const governed =
    subject === null
      ? speaking
      : those(speaking, (rule) => whyNotGoverned(rule, subject) === undefined);
  if (governed.length > 0 || subject === null) {
    return { subject, rules: withoutReplaced(governed) };
  }
  const [silent] = speaking.toSorted((one, other) => byText(one.name, other.name));
  if (silent === undefined) return { subject, rules: noRules };
  // Every rule that names it leaves it out, or one would govern it.
  const because = whyNotGoverned(silent, subject) ?? '';
  return { subject, rules: noRules, notAVersion: { rule: silent.name, because } };
}

// Returns the given array if every rule fits, so that 100,000 artifacts share one array.
function those(rules: readonly Rule[], fits: (rule: Rule) => boolean): readonly Rule[] {
  const fitting = rules.filter(fits);
  if (fitting.length === 0) return noRules;
  return fitting.length === rules.length ? rules : fitting;
}

const noRules: readonly Rule[] = [];

// A rule on versions selects versions only, whatever other conditions it has: what can't be ordered stays
// (docs/policy.md#versions).
function whyNotGoverned(rule: Rule, tag: string): string | undefined {
  for (const condition of rule.keep) {
    const because = condition.doesNotGovern?.(tag);
    if (because !== undefined) return because;
  }
  return undefined;
}

// A rule that is itself replaced replaces nothing: of two readings the one that keeps more.
function withoutReplaced(rules: readonly Rule[]): readonly Rule[] {
  if (rules.every(({ insteadOf }) => insteadOf.length === 0)) return rules;
  const decided = new Map<string, boolean>();
  const stands = (rule: Rule): boolean => {
    const known = decided.get(rule.name);
    if (known !== undefined) return known;
    const answer = !rules.some((other) => other.insteadOf.includes(rule.name) && stands(other));
    decided.set(rule.name, answer);
    return answer;
  };
  return rules.filter(stands);
}

function asksForLabels({ labels: { all, any, none } }: Selector): boolean {
  return all.length + any.length + none.length > 0;
}

function fitsLabels(selector: Selector, labels: readonly string[]): boolean {
  const { all, any, none } = selector.labels;
  return (
    all.every((label) => labels.includes(label)) &&
    (any.length === 0 || any.some((label) => labels.includes(label))) &&
    !none.some((label) => labels.includes(label))
  );
}
