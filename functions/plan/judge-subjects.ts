import { byText } from '../domain/artifact-order.ts';
import type { Digest } from '../domain/artifact.ts';
import type { Rule } from '../domain/policy.ts';
import type { Condemnation, KeepReason, Note, SubjectKeep } from '../domain/reason.ts';
import type { RuleAnswer } from '../rules/evaluate-rule.ts';
import type { SubjectSelection } from '../rules/select.ts';
import { keptBy, missedBy, strongest, subjectKeep } from './keep-reasons.ts';

/** What rules make of an artifact, before floor and graph. */
export type Judgement =
  | { readonly fate: 'keep'; readonly reason: KeepReason }
  | {
      readonly fate: 'untag';
      readonly tags: readonly [string, ...string[]];
      readonly reason: Condemnation;
    }
  | { readonly fate: 'delete'; readonly reason: Condemnation };

/** What each rule says, by digest. */
export type Answers = ReadonlyMap<Rule, ReadonlyMap<Digest, RuleAnswer>>;

interface KeptSubject {
  readonly tag: string;
  readonly keep: SubjectKeep;
}

interface CondemnedSubject {
  readonly tag: string;
  readonly condemnedBy: readonly Rule[];
}

/**
 * Folds the subjects of an artifact (docs/policy.md#the-definition), of which some rule names at least one: all
 * condemned, it goes; some, and every rule that condemns one says `untag`, those tags go; otherwise it stays, and the
 * tag that saved it is named.
 */
export function judgeSubjects(
  digest: Digest,
  subjects: readonly SubjectSelection[],
  answers: Answers,
): Judgement {
  const judged = subjects.map((selection) => judgeSubject(digest, selection, answers));
  const condemned = judged.filter((one) => 'condemnedBy' in one);
  const kept = judged.filter((one) => 'keep' in one);
  if (kept.length === 0) {
    return { fate: 'delete', reason: condemnation(digest, condemned, answers) };
  }
  const saved = strongest(kept);
  const [tag, ...tags] = condemned.map((subject) => subject.tag).toSorted(byText);
  if (tag === undefined) return { fate: 'keep', reason: ofSeveral(kept, saved) };
  if (condemned.every(({ condemnedBy }) => condemnedBy.every(mayUntag))) {
    const reason = condemnation(digest, condemned, answers);
    return { fate: 'untag', tags: [tag, ...tags], reason };
  }
  const { keep } = saved;
  return {
    fate: 'keep',
    reason: { code: 'other-tag-kept', tag: saved.tag, saved: keep, condemned: [tag, ...tags] },
  };
}

/** The tag that no rule condemns, and why; undefined: all are condemned. */
export function savingTag(
  digest: Digest,
  subjects: readonly SubjectSelection[],
  answers: Answers,
): KeptSubject | undefined {
  const judged = subjects.map((selection) => judgeSubject(digest, selection, answers));
  const kept = judged.filter((one) => 'keep' in one);
  return kept.length === 0 ? undefined : strongest(kept);
}

function mayUntag(rule: Rule): boolean {
  return rule.untag;
}

function judgeSubject(
  digest: Digest,
  { subject, rules, notAVersion }: SubjectSelection,
  answers: Answers,
): KeptSubject | CondemnedSubject {
  const tag = subject ?? '';
  if (notAVersion !== undefined) {
    return { tag, keep: { code: 'not-a-version', tag, ...notAVersion } };
  }
  if (rules.length === 0) return { tag, keep: { code: 'not-selected' } };
  const keeping = rules.filter((rule) => answers.get(rule)?.get(digest)?.keeps ?? true);
  if (keeping.length === 0) return { tag, condemnedBy: rules };
  return { tag, keep: subjectKeep(digest, keeping, answers) };
}

// If several rules condemn it, the one whose name sorts first is named: the position in the file must not matter.
function condemnation(
  digest: Digest,
  condemned: readonly CondemnedSubject[],
  answers: Answers,
): Condemnation {
  const rules = [...new Set(condemned.flatMap(({ condemnedBy }) => condemnedBy))].toSorted(
    (one, other) => byText(one.name, other.name),
  );
  const missed: readonly Note[] = rules.flatMap((rule) => missedBy(digest, rule, answers));
  return { code: 'condemned', rule: rules[0]?.name ?? '', missed };
}

// Nothing is condemned: the strongest keep speaks. A tag that no rule selects is named, as rules keep the others.
function ofSeveral(kept: readonly KeptSubject[], { tag, keep }: KeptSubject): SubjectKeep {
  if (keep.code === 'not-selected') return { ...keep, tag };
  if (keep.code !== 'kept-by-rule') return keep;
  const notes = kept.flatMap(({ keep: own }): readonly Note[] => {
    if (own.code !== 'kept-by-rule') return [];
    const { rule, condition, margin, also } = own;
    return [{ rule, condition, margin }, ...also];
  });
  return keptBy(notes) ?? keep;
}
