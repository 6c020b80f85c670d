import { byText } from '../domain/artifact-order.ts';
import type { Digest } from '../domain/artifact.ts';
import type { Rule } from '../domain/policy.ts';
import type { Margin, Note, SubjectKeep } from '../domain/reason.ts';
import type { RuleAnswer } from '../rules/evaluate-rule.ts';

type Answers = ReadonlyMap<Rule, ReadonlyMap<Digest, RuleAnswer>>;

/** Why one subject stays, from all rules that keep it: first what is not known, then the keep that lasts longest. */
export function subjectKeep(
  digest: Digest,
  keeping: readonly Rule[],
  answers: Answers,
): SubjectKeep {
  const notes: Note[] = [];
  let unknown: SubjectKeep | undefined;
  for (const rule of keeping.toSorted((one, other) => byText(one.name, other.name))) {
    for (const { condition, finding } of answers.get(rule)?.get(digest)?.findings ?? []) {
      if (finding.says === 'keeps') {
        notes.push({ rule: rule.name, condition, margin: finding.margin });
      } else if (finding.says === 'signal-lost') {
        unknown ??= { code: 'pull-signal-lost', rule: rule.name, condition };
      } else if (finding.says === 'unknown') {
        const { fact, because } = finding;
        unknown ??= { code: 'fact-unknown', fact, by: `${rule.name}: ${condition}`, because };
      }
    }
  }
  if (unknown !== undefined) return unknown;
  return keptBy(notes) ?? notJudged(keeping);
}

/** The note that keeps longest, and all others with it; undefined for none. Each condition of a rule once. */
export function keptBy(notes: readonly Note[]): SubjectKeep | undefined {
  const distinct = notes.filter(
    ({ rule, condition }, index) =>
      notes.findIndex((other) => other.rule === rule && other.condition === condition) === index,
  );
  const [first, ...also] = distinct.toSorted(longestFirst);
  return first === undefined ? undefined : { code: 'kept-by-rule', ...first, also };
}

/** The conditions of a rule that would have kept it, and by how much they missed. */
export function missedBy(digest: Digest, rule: Rule, answers: Answers): readonly Note[] {
  const notes: Note[] = [];
  for (const { condition, finding } of answers.get(rule)?.get(digest)?.findings ?? []) {
    if (finding.says === 'lets-go') {
      notes.push({ rule: rule.name, condition, margin: finding.margin });
    }
  }
  return notes;
}

const strength: Readonly<Record<SubjectKeep['code'], number>> = {
  'not-selected': 0,
  'not-a-version': 1,
  'pull-signal-lost': 2,
  'fact-unknown': 3,
  'kept-by-rule': 4,
};

/** The keep that time and pushes will not undo comes first; then the tag's name decides. */
export function strongest<T extends { readonly tag: string; readonly keep: SubjectKeep }>(
  kept: readonly T[],
): T {
  const [first] = kept.toSorted(
    (one, other) =>
      strength[one.keep.code] - strength[other.keep.code] ||
      longestFirst(noteOf(one.keep), noteOf(other.keep)) ||
      byText(one.tag, other.tag),
  );
  if (first === undefined) throw new Error('nothing keeps an artifact that was not condemned');
  return first;
}

function noteOf(keep: SubjectKeep): Note {
  return keep.code === 'kept-by-rule' ? keep : noNote;
}

const noMargin: Margin = { kind: 'time', by: 'pushed', since: 0, goesAt: 0 };
const noNote: Note = { rule: '', condition: '', margin: noMargin };

// A place in a count has no date, so it comes before every age; then the later date, then the names.
function longestFirst(one: Note, other: Note): number {
  return (
    slack(other.margin) - slack(one.margin) ||
    byText(one.rule, other.rule) ||
    byText(one.condition, other.condition)
  );
}

const latest = 8.64e15;

function slack(margin: Margin): number {
  switch (margin.kind) {
    case 'time':
      return margin.goesAt;
    case 'rank':
      return latest + (margin.of - margin.rank);
    case 'all':
      return Math.min(...margin.parts.map((part) => slack(part.margin)));
  }
}

// Not in the pool of a rule that selects it: nothing was asked, and what was not judged stays.
function notJudged(keeping: readonly Rule[]): SubjectKeep {
  return {
    code: 'fact-unknown',
    fact: 'verdict of the rule',
    by: keeping[0]?.name ?? '',
    because: 'it was in no pool',
  };
}
