import { assertNever } from '../domain/assert-never.ts';
import { formatDuration } from '../domain/duration.ts';
import type { Instant } from '../domain/instant.ts';
import {
  goesAtOf,
  type Condemnation,
  type KeepReason,
  type Margin,
  type Note,
  type SubjectKeep,
} from '../domain/reason.ts';
import type { Verdict } from '../domain/verdict.ts';

/** One sentence: the fate, what decided it, and what would have changed it. `now` is the instant of the run. */
export function explain(verdict: Verdict, now: Instant): string {
  switch (verdict.fate) {
    case 'keep':
      return `Kept: ${whyKept(verdict.reason, now)}.`;
    case 'untag':
      return `Loses ${tagList(verdict.tags)}: ${whyCondemned(verdict.reason, now)}.`;
    case 'delete':
      return `Goes: ${whyCondemned(verdict.reason, now)}.`;
    default:
      return assertNever(verdict);
  }
}

function whyKept(reason: KeepReason, now: Instant): string {
  switch (reason.code) {
    case 'held':
      return `held by ${reason.by}: ${reason.because}${holdEnds(reason.margin)}`;
    case 'other-tag-kept': {
      const condemned = `${tagList(reason.condemned)} would go`;
      return `its tag ${reason.tag} stays (${whySubjectKept(reason.saved, now)}), though ${condemned}; with untag: true on the rules that condemn them, only those tags would go`;
    }
    case 'parent-kept':
      return `the index ${short(reason.parent)} that lists it stays; it is judged on its own when none does`;
    case 'child-held':
      return `its untagged child ${short(reason.child)} is held by ${reason.by} and would go with it`;
    case 'subject-kept':
      return `it is about ${short(reason.subject)}, which stays; it goes when that goes`;
    case 'keep-at-least':
      return `number ${reason.rank} of the ${reason.floor} most recently active of its repository, which always stay; would go when ${more(reason.floor - reason.rank + 1, 'other becomes', 'others become')} more recent`;
    case 'next-time':
      return reason.alone === true
        ? `condemned by ${reason.rule}, but set aside, as it alone exceeds ${reason.limit}; would go if that were raised`
        : `condemned by ${reason.rule}, but put off to a later run by ${reason.limit}`;
    case 'unplannable':
      return `its repository was not judged: ${reason.because}`;
    case 'not-selected':
    case 'not-a-version':
    case 'fact-unknown':
    case 'pull-signal-lost':
    case 'kept-by-rule':
      return whySubjectKept(reason, now);
    default:
      return assertNever(reason);
  }
}

function whySubjectKept(reason: SubjectKeep, now: Instant): string {
  switch (reason.code) {
    case 'not-selected':
      return reason.tag === undefined
        ? 'no rule selects it; would be judged if one did'
        : `no rule selects its tag ${reason.tag}; would be judged if one did, or without that tag`;
    case 'not-a-version':
      return `rule ${reason.rule} is on versions only and leaves ${reason.tag} alone: ${reason.because}`;
    case 'fact-unknown':
      return `${reason.by} needs to know its ${reason.fact}, which is not known: ${reason.because}; not knowing means keeping, and it is judged once that is known`;
    case 'pull-signal-lost':
      return `${reason.rule} (${reason.condition}) cannot be judged: pull times look switched off in this Harbor`;
    case 'kept-by-rule':
      return keepNotes([reason, ...reason.also], now);
    default:
      return assertNever(reason);
  }
}

function whyCondemned(reason: Condemnation, now: Instant): string {
  switch (reason.code) {
    case 'condemned': {
      if (reason.missed.length === 0) return `rule ${reason.rule} selects it and keeps nothing`;
      const missed = reason.missed.map((note) => missNote(note, now));
      return `rule ${reason.rule} selects it and does not keep it: ${missed.join('; ')}`;
    }
    case 'follows-subject':
      return `it is about ${short(reason.subject)}, which goes by rule ${reason.rule}; stays if that stays`;
    case 'goes-with-parent':
      return `an untagged child of ${short(reason.parent)}, which goes by rule ${reason.rule}; stays if that stays or if it gets a tag`;
    default:
      return assertNever(reason);
  }
}

function holdEnds(margin: Margin | undefined): string {
  return margin?.kind === 'time' ? `; is judged by the rules from ${minute(margin.goesAt)} on` : '';
}

/** What keeps it: "ci (pushedWithin): pushed 10 d ago; will be deleted from … on unless it is pushed again". */
function keepNotes(notes: readonly Note[], now: Instant): string {
  const [only] = notes;
  if (only !== undefined && notes.length === 1) {
    return `${nameOf(only)}: ${standing(only.margin, now)}; will be deleted ${ends(only.margin)}`;
  }
  const each = notes.map((note) => {
    const until = goesAtOf(note.margin);
    const lasts = until === undefined ? '' : `, which counts until ${minute(until)}`;
    return `${nameOf(note)}: ${standing(note.margin, now)}${lasts}`;
  });
  return `${each.join('; also ')}; will be deleted when none of these keeps it any more`;
}

/** What does not keep it: "ci (pushedWithin): pushed 45 d ago, 15 d too long". */
function missNote(note: Note, now: Instant): string {
  return `${nameOf(note)}: ${missing(note.margin, now)}`;
}

function nameOf({ rule, condition }: Note): string {
  return `${rule} (${condition})`;
}

/** Where it stands while a condition keeps it. */
function standing(margin: Margin, now: Instant): string {
  switch (margin.kind) {
    case 'time':
      return `${aged[margin.by]} ${formatDuration(now - margin.since)} ago`;
    case 'rank':
      return `${place(margin)}; ${keptPlaces(margin, 'the')}`;
    case 'all':
      return margin.parts.map((part) => standing(part.margin, now)).join(', and ');
  }
}

/** What ends that. */
function ends(margin: Margin): string {
  switch (margin.kind) {
    case 'time':
      return `from ${minute(margin.goesAt)} on unless it ${renewed[margin.by]}`;
    case 'rank':
      return `when ${more(margin.of - margin.rank + 1, newcomer[margin.by], newcomers[margin.by])}`;
    case 'all':
      return margin.parts.map((part) => ends(part.margin)).join(', or ');
  }
}

/** By how much a condition misses it. */
function missing(margin: Margin, now: Instant): string {
  switch (margin.kind) {
    case 'time':
      return `${standing(margin, now)}, ${formatDuration(now - margin.goesAt + 1)} too long`;
    case 'rank':
      return `${place(margin)}; ${keptPlaces(margin, 'only the')}`;
    case 'all': {
      const parts = margin.parts.map(({ holds, margin: own }) =>
        holds ? standing(own, now) : missing(own, now),
      );
      return `these do not all hold: ${parts.join(', and ')}`;
    }
  }
}

type Rank = Extract<Margin, { kind: 'rank' }>;
type Measured = Extract<Margin, { kind: 'time' }>['by'];
type Ranked = Rank['by'];

/** "number 79 by push time in group pr". */
function place({ rank, by, group }: Rank): string {
  const within = group === undefined ? '' : ` in ${by === 'version' ? '' : 'group '}${group}`;
  return `number ${rank} by ${order[by]}${within}`;
}

/** "only the 3 newest are kept". */
function keptPlaces({ of, by }: Rank, article: string): string {
  return of === 1
    ? `${article} ${foremost[by]} is kept`
    : `${article} ${of} ${foremost[by]} are kept`;
}

const aged: Readonly<Record<Measured, string>> = {
  pushed: 'pushed',
  active: 'last pushed or pulled',
  untagged: 'first seen untagged',
};

const renewed: Readonly<Record<Measured, string>> = {
  pushed: 'is pushed again',
  active: 'is pulled or pushed',
  untagged: 'gets a tag',
};

const order: Readonly<Record<Ranked, string>> = {
  pushed: 'push time',
  pulled: 'pull time',
  active: 'last push or pull',
  version: 'version',
};

const foremost: Readonly<Record<Ranked, string>> = {
  pushed: 'newest',
  pulled: 'most recently pulled',
  active: 'most recently active',
  version: 'highest',
};

const newcomer: Readonly<Record<Ranked, string>> = {
  pushed: 'more is pushed',
  pulled: 'other is pulled',
  active: 'other is pushed or pulled',
  version: 'higher version is pushed',
};

const newcomers: Readonly<Record<Ranked, string>> = {
  pushed: 'more are pushed',
  pulled: 'others are pulled',
  active: 'others are pushed or pulled',
  version: 'higher versions are pushed',
};

function more(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

function tagList(tags: readonly string[]): string {
  return `${tags.length === 1 ? 'tag' : 'tags'} ${tags.join(', ')}`;
}

/** Twelve hex digits, as people know them. */
function short(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}

/** The minute in which something happens, rounded up: a report must not promise too early. */
function minute(at: Instant): string {
  const text = new Date(Math.ceil(at / 60_000) * 60_000).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}
