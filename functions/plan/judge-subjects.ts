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

interface JudgedSubject {
  readonly tag: string;
  readonly keep?: SubjectKeep;
  readonly condemnedBy: readonly Rule[];
}

/**
 * Folds the subjects of an artifact (docs/policy.md#the-definition): all condemned, it goes; some, and every rule
 * that condemns one says `untag`, those tags go; otherwise it stays, and the tag that saved it is named.
 */
export function judgeSubjects(
  digest: Digest,
  subjects: readonly SubjectSelection[],
  answers: Answers,
): Judgement {
  const judged = subjects.map((selection) => judgeSubject(digest, selection, answers));
  const condemned = judged.filter(({ keep }) => keep === undefined);
  const kept = judged.filter(({ keep }) => keep !== undefined);
  if (kept.length === 0) {
    return { fate: 'delete', reason: condemnation(digest, condemned, answers) };
  }
  const saved = savedBy(kept);
  if (condemned.length === 0) {
    return { fate: 'keep', reason: subjects.length === 1 ? saved.keep : ofSeveral(kept, saved) };
  }
  const [tag, ...tags] = condemned.map((subject) => subject.tag).toSorted(byText);
  if (tag !== undefined && condemned.every(({ condemnedBy }) => condemnedBy.every(mayUntag))) {
    const reason = condemnation(digest, condemned, answers);
    return { fate: 'untag', tags: [tag, ...tags], reason };
  }
  const names = tag === undefined ? [] : [tag, ...tags];
  return {
    fate: 'keep',
    reason: { code: 'other-tag-kept', tag: saved.tag, saved: saved.keep, condemned: names },
  };
}

/** The tag that no rule condemns, and why; undefined: all are condemned. */
export function savingTag(
  digest: Digest,
  subjects: readonly SubjectSelection[],
  answers: Answers,
): { readonly tag: string; readonly keep: SubjectKeep } | undefined {
  const judged = subjects.map((selection) => judgeSubject(digest, selection, answers));
  const kept = judged.filter(({ keep }) => keep !== undefined);
  return kept.length === 0 ? undefined : savedBy(kept);
}

function mayUntag(rule: Rule): boolean {
  return rule.untag;
}

function judgeSubject(
  digest: Digest,
  { subject, rules, notAVersion }: SubjectSelection,
  answers: Answers,
): JudgedSubject {
  const tag = subject ?? '';
  if (notAVersion !== undefined) {
    return { tag, keep: { code: 'not-a-version', tag, ...notAVersion }, condemnedBy: [] };
  }
  if (rules.length === 0) return { tag, keep: { code: 'not-selected' }, condemnedBy: [] };
  const keeping = rules.filter((rule) => answers.get(rule)?.get(digest)?.keeps ?? true);
  if (keeping.length === 0) return { tag, condemnedBy: rules };
  return { tag, keep: subjectKeep(digest, keeping, answers), condemnedBy: [] };
}

// Of several condemning rules the one whose name sorts first: position in the file must not show.
function condemnation(
  digest: Digest,
  condemned: readonly JudgedSubject[],
  answers: Answers,
): Condemnation {
  const [first] = condemned;
  const rules =
    condemned.length === 1 && first?.condemnedBy.length === 1
      ? first.condemnedBy
      : [...new Set(condemned.flatMap(({ condemnedBy }) => condemnedBy))].toSorted((one, other) =>
          byText(one.name, other.name),
        );
  const missed: readonly Note[] = rules.flatMap((rule) => missedBy(digest, rule, answers));
  return { code: 'condemned', rule: rules[0]?.name ?? '', missed };
}

function savedBy(kept: readonly JudgedSubject[]): {
  readonly tag: string;
  readonly keep: SubjectKeep;
} {
  const candidates = kept.flatMap(({ tag, keep }) => (keep === undefined ? [] : [{ tag, keep }]));
  return strongest(candidates);
}

// Nothing is condemned: the strongest keep speaks; it names its tag where the other tags are kept otherwise.
function ofSeveral(
  kept: readonly JudgedSubject[],
  saved: { readonly tag: string; readonly keep: SubjectKeep },
): SubjectKeep {
  const { keep } = saved;
  if (keep.code === 'not-selected') {
    const all = kept.every((subject) => subject.keep?.code === 'not-selected');
    return all ? keep : { ...keep, tag: saved.tag };
  }
  if (keep.code !== 'kept-by-rule') return keep;
  const notes = kept.flatMap(({ keep: own }): readonly Note[] => {
    if (own?.code !== 'kept-by-rule') return [];
    const { rule, condition, margin, also } = own;
    return [{ rule, condition, margin }, ...also];
  });
  return keptBy(notes) ?? keep;
}
