import { assertNever } from '../domain/assert-never.ts';
import { formatDuration } from '../domain/duration.ts';
import type { Instant } from '../domain/instant.ts';
import type { Condemnation, KeepReason, Margin, Note, SubjectKeep } from '../domain/reason.ts';
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
      return `its tag ${reason.tag} stays (${whySubjectKept(reason.saved, now)}), though ${condemned}; with untag: true on the rules that condemn them, those tags alone`;
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
      return `rule ${reason.rule} is on versions alone and leaves ${reason.tag} alone: ${reason.because}`;
    case 'fact-unknown':
      return `${reason.by} needs to know its ${reason.fact}, which is not known: ${reason.because}; not knowing means keeping, and it is judged once that is known`;
    case 'pull-signal-lost':
      return `${reason.rule} (${reason.condition}) cannot be judged: pull times look switched off in this Harbor`;
    case 'kept-by-rule': {
      const also = reason.also.map((note) => keepNote(note, now));
      return [keepNote(reason, now), ...also].join('; also ');
    }
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

/** "ci (mostRecentlyPushed): 3rd of 10 most recently pushed; would go when 8 more are pushed". */
function keepNote({ rule, condition, margin }: Note, now: Instant): string {
  const by = `${rule} (${condition})`;
  if (margin.kind === 'time') {
    const age = formatDuration(now - margin.since);
    return `${by}: ${aged[margin.by]} ${age} ago; goes on ${minute(margin.goesAt)} unless ${renewed[margin.by]}`;
  }
  const { rank, of } = margin;
  return `${by}: ${ordinal(rank)} of ${of} ${ranked[margin.by]}${inGroup(margin)}; would go when ${more(of - rank + 1, newcomer[margin.by], newcomers[margin.by])}`;
}

/** "ci (pushedWithin): pushed 45 d ago, 15 d too long; would stay if pushed again". */
function missNote({ rule, condition, margin }: Note, now: Instant): string {
  const by = `${rule} (${condition})`;
  if (margin.kind === 'time') {
    const late = formatDuration(now - margin.goesAt + 1);
    return `${by}: ${aged[margin.by]} ${formatDuration(now - margin.since)} ago, ${late} too long; would have stayed if ${renewed[margin.by]} since`;
  }
  const { rank, of } = margin;
  return `${by}: ${ordinal(rank)} ${behind[margin.by]}${inGroup(margin)}, where ${of} ${of === 1 ? 'is' : 'are'} kept; would stay if ${more(rank - of, 'before it were gone', 'before it were gone')}`;
}

type Measured = Extract<Margin, { kind: 'time' }>['by'];
type Ranked = Extract<Margin, { kind: 'rank' }>['by'];

const aged: Readonly<Record<Measured, string>> = {
  pushed: 'pushed',
  active: 'last pushed or pulled',
  untagged: 'first seen untagged',
};

const renewed: Readonly<Record<Measured, string>> = {
  pushed: 'pushed',
  active: 'pulled or pushed',
  untagged: 'tagged',
};

const ranked: Readonly<Record<Ranked, string>> = {
  pushed: 'most recently pushed',
  pulled: 'most recently pulled',
  active: 'most recently active',
  version: 'highest versions',
};

const behind: Readonly<Record<Ranked, string>> = { ...ranked, version: 'highest version' };

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

function inGroup({ group }: Extract<Margin, { kind: 'rank' }>): string {
  return group === undefined ? '' : ` in ${group}`;
}

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

function ordinal(rank: number): string {
  const tens = rank % 100;
  if (tens >= 11 && tens <= 13) return `${rank}th`;
  return `${rank}${['th', 'st', 'nd', 'rd'][rank % 10] ?? 'th'}`;
}
