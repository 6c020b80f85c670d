import { assertNever } from '../domain/assert-never.ts';
import { formatDuration } from '../domain/duration.ts';
import type { Instant } from '../domain/instant.ts';
import type { ListedUse } from '../domain/listed-use.ts';
import type {
  Condemnation,
  KeepReason,
  Margin,
  RollOutWait,
  SubjectKeep,
} from '../domain/reason.ts';
import type { Verdict } from '../domain/verdict.ts';
import { keepNotes, minute, missNote, more } from './margin-words.ts';

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
      return `held by ${reason.by}: ${reason.because}${seen(reason.use, now)}${holdEnds(reason.margin)}`;
    case 'other-tag-kept': {
      const condemned = `${tagList(reason.condemned)} would go`;
      const why = whySubjectKept(reason.saved, now);
      if (reason.accessory !== undefined)
        return `the tag ${reason.tag} of its accessory ${short(reason.accessory)} stays (${why}) and would go with it, though ${condemned}`;
      return `its tag ${reason.tag} stays (${why}), though ${condemned}; with untag: true on the rules that condemn them, only those tags would go`;
    }
    case 'parent-kept':
      return `the index ${short(reason.parent)} that lists it stays; it is judged on its own when none does`;
    case 'child-held':
      return `its untagged child ${short(reason.child)} is held by ${reason.by} and would go with it${reason.because === undefined ? '' : `: ${reason.because}${seen(reason.use, now)}`}`;
    case 'subject-kept':
      return `it is about ${short(reason.subject)}, which stays; it goes when that goes`;
    case 'keep-at-least':
      return `number ${reason.rank} of the ${reason.floor} most recently active of its repository, which always stay; would go when ${more(reason.floor - reason.rank + 1, 'other becomes', 'others become')} more recent`;
    case 'next-time':
      return reason.alone === true
        ? `condemned by ${reason.rule}, but set aside, as it exceeds by itself ${reason.limit}; would go if that were raised`
        : `condemned by ${reason.rule}, but put off to a later run by ${reason.limit}`;
    case 'rollout-waits':
      return waitsForRollOut(reason);
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

function waitsForRollOut({ rule, tags, isFirst, until, heldBy }: RollOutWait): string {
  const what = tags === undefined ? '' : `, which would take only ${tagList(tags)}`;
  const condemned = `condemned by ${rule}${what}, but waits for the roll-out`;
  if (until === undefined)
    return `${condemned}, which run ${heldBy ?? ''} holds until its refusals are acknowledged or a later run is let through; this repository is not in the first tenth`;
  return isFirst === true
    ? `${condemned}, which begins on ${minute(until)}; this repository is in the first tenth`
    : `${condemned} until ${minute(until)}; this repository is not in the first tenth`;
}

function whySubjectKept(reason: SubjectKeep, now: Instant): string {
  switch (reason.code) {
    case 'not-selected':
      return reason.tag === undefined
        ? 'no rule selects it; would be judged if one did'
        : `no rule selects its tag ${reason.tag}; would be judged if one did, or without that tag`;
    case 'not-a-version':
      return `rule ${reason.rule} is on versions only and does not judge ${reason.tag}: ${reason.because}`;
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

/** How old the list is that names a use. */
function seen(use: ListedUse | undefined, now: Instant): string {
  if (use?.seenAt === undefined) return '';
  return `, seen ${formatDuration(Math.max(0, now - use.seenAt))} ago`;
}

function holdEnds(margin: Margin | undefined): string {
  return margin?.kind === 'time' ? `; is judged by the rules from ${minute(margin.goesAt)} on` : '';
}

function tagList(tags: readonly string[]): string {
  return `${tags.length === 1 ? 'tag' : 'tags'} ${tags.join(', ')}`;
}

/** Twelve hex digits, as people know them. */
function short(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
