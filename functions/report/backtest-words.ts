import { day } from '../domain/duration.ts';
import { counted, inBytes, inNumbers } from '../domain/format-numbers.ts';
import type {
  BacktestDocument,
  BacktestNight,
  BacktestRegret,
  BacktestSide,
} from './backtest-schema.ts';
import { short, tagsOf } from './diff-words.ts';

export type NightFigures = BacktestNight['candidate'];

/** The figures of one policy. */
export const ofCandidate = ({ candidate }: BacktestNight): NightFigures => candidate;
export const ofInForce = ({ inForce }: BacktestNight): NightFigures | undefined => inForce;

/** `2026-11-21 03:30`. */
export const inMinute = (at: string): string => at.slice(0, 16).replace('T', ' ');

/** What all copies and the listed artifacts take after a night: the trash frees only when it is purged. */
export function spaceAfter({ listed, gone, trash }: NightFigures): number {
  return listed.bytes - gone.bytes + trash.bytes;
}

/** The same as it really was, before the night's run. */
export function spaceAsItWas({ asItWas: { listed, trash } }: BacktestNight): number {
  return listed.bytes + (trash?.bytes ?? 0);
}

/** What a night takes, or why nothing. */
export function goesInWords({ gone, goneTags, refusals }: NightFigures): string {
  if (refusals.length > 0) return 'refused';
  return goneTags === 0 ? inNumbers(gone.artifacts) : `${inNumbers(gone.artifacts)}+${goneTags}t`;
}

/** What is judged, in one line. */
export function scopeLine({ nights, harbor }: BacktestDocument): string {
  const [first, last] = [nights[0]?.at ?? '', nights.at(-1)?.at ?? ''];
  return `${counted(nights.length, 'night')} of ${harbor} from ${first.slice(0, 10)} to ${last.slice(0, 10)}`;
}

export const lostIn = ({ regrets }: BacktestSide): number =>
  regrets.filter(({ undo }) => undo === 'lost').length;

/** The sums of one policy, a sentence each. */
export function sideLines(
  side: BacktestSide,
  nights: readonly BacktestNight[],
  of: (night: BacktestNight) => NightFigures | undefined,
): readonly string[] {
  const { gone, goneTags, purged, refusedNights, regrets } = side;
  const last = nights.at(-1);
  const unknown = (last && of(last)?.unknown) ?? 0;
  const tags = goneTags === 0 ? '' : `, and ${counted(goneTags, 'single tag')}`;
  const lost = lostIn(side);
  return [
    `goes: ${counted(gone.artifacts, 'artifact')}, ${inBytes(gone.bytes)}${tags}; purged from the trash: ${inBytes(purged.bytes)}`,
    `refused: ${inNumbers(refusedNights)} of ${counted(nights.length, 'night')}${driftsIn(nights, of)}`,
    `regrets: ${inNumbers(regrets.length)}${regrets.length === 0 ? '' : `, ${inNumbers(lost)} of them lost`}`,
    ...watchLines(side),
    ...(unknown > 0
      ? [`kept on the last night because a fact is not known: ${counted(unknown, 'artifact')}`]
      : []),
  ];
}

function driftsIn(
  nights: readonly BacktestNight[],
  of: (night: BacktestNight) => NightFigures | undefined,
): string {
  const count = nights.filter((night) => of(night)?.acknowledged !== undefined).length;
  return count === 0 ? '' : `; a drift acknowledged on ${inNumbers(count)}`;
}

/** For how long what went could be watched: no regret says little where nobody could have seen one. */
export function watchLines({ watch }: BacktestSide): readonly string[] {
  const { removals, lastNight, ended, endedSince, unseen, days } = watch;
  if (removals === 0) return [];
  const span =
    days === null
      ? ''
      : `, for ${days.least === days.most ? '' : `${days.least} to `}${counted(days.most, 'day')}`;
  const lines = [
    `watched: ${inNumbers(removals - lastNight - unseen)} of ${counted(removals, 'removal')} by later nights${span}; the last night took ${inNumbers(lastNight)}`,
  ];
  if (unseen > 0)
    lines.push(
      `never seen by a later night: ${inNumbers(unseen)}, which left the facts at once: no regret of theirs is known, and none is ruled out`,
    );
  if (ended > 0 && endedSince !== null)
    lines.push(
      `not observable afterwards: ${inNumbers(ended)}, the first since ${endedSince.slice(0, 10)}; they left the facts, so that nobody knows whether they were wanted later`,
    );
  return lines;
}

/** Which rails refused, on how many nights, and what the last of them found. */
export function refusalLines(
  nights: readonly BacktestNight[],
  of: (night: BacktestNight) => NightFigures | undefined,
): readonly string[] {
  const rails = new Map<string, { nights: number; last: string }>();
  for (const night of nights) {
    const refusals = of(night)?.refusals ?? [];
    for (const rail of new Set(refusals.map((one) => one.rail))) {
      const last = refusals.find((one) => one.rail === rail);
      const known = rails.get(rail)?.nights ?? 0;
      const text = `${last?.on ?? ''}: found ${last?.found ?? ''}, allowed ${last?.allowed ?? ''}`;
      rails.set(rail, { nights: known + 1, last: text });
    }
  }
  return [...rails].map(
    ([rail, { nights: count, last }]) => `${rail}, ${counted(count, 'night')}; the last: ${last}`,
  );
}

const verbs = {
  'in-use': 'in use',
  pulled: 'pulled',
  tagged: 'tagged again',
  labelled: 'labelled',
} as const;

/** `pulled 2026-11-21 03:14, 19 days after`. */
export function wantedInWords(
  { kind, at, atLatest, what, protects }: BacktestRegret['wanted'][number],
  goneAt: string,
): string {
  const days = Math.floor((Date.parse(at) - Date.parse(goneAt)) / day);
  const named =
    what === undefined ? '' : ` (${what}${protects === true ? ', which protects' : ''})`;
  const when = `${atLatest === true ? 'seen ' : ''}${inMinute(at)}`;
  return `${verbs[kind]}${named} ${when}, ${days === 0 ? 'the same day' : `${counted(days, 'day')} later`}`;
}

export const undoInWords: Readonly<Record<BacktestRegret['undo'], string>> = {
  lost: 'lost',
  'in-trash': 'in the trash',
  tag: 'tag only',
};

/** `team/api@sha256:0123456789ab  v1.2.3`. */
export function regretName({ artifact, tags, tag }: BacktestRegret): readonly [string, string] {
  return [short(artifact), tag === undefined ? tagsOf(tags) : `tag ${tag}`];
}

/** `3 more, 1 of them lost`. */
export function moreRegrets(rest: readonly BacktestRegret[]): string {
  const lost = rest.filter(({ undo }) => undo === 'lost').length;
  return `and ${inNumbers(rest.length)} more${lost === 0 ? '' : `, ${inNumbers(lost)} of them lost`}; --format json has all`;
}

export function ruleRows({ rules }: BacktestSide): readonly (readonly string[])[] {
  return rules.map(({ rule, gone, regrets, lost }) => [
    rule,
    inNumbers(gone.artifacts),
    inBytes(gone.bytes),
    inNumbers(regrets),
    inNumbers(lost),
  ]);
}

export const ruleHead = ['rule', 'goes', 'bytes', 'regrets', 'lost'] as const;
