import { formatDuration } from '../domain/duration.ts';
import type { Instant } from '../domain/instant.ts';
import { goesAtOf, type Margin, type Note } from '../domain/reason.ts';

/** What keeps it: "ci (pushedWithin): pushed 10 d ago; will be deleted from … on unless it is pushed again". */
export function keepNotes(notes: readonly Note[], now: Instant): string {
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
export function missNote(note: Note, now: Instant): string {
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
type RankedBy = Rank['by'];

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

const order: Readonly<Record<RankedBy, string>> = {
  pushed: 'push time',
  pulled: 'pull time',
  active: 'last push or pull',
  version: 'version',
};

const foremost: Readonly<Record<RankedBy, string>> = {
  pushed: 'newest',
  pulled: 'most recently pulled',
  active: 'most recently active',
  version: 'highest',
};

const newcomer: Readonly<Record<RankedBy, string>> = {
  pushed: 'more is pushed',
  pulled: 'other is pulled',
  active: 'other is pushed or pulled',
  version: 'higher version is pushed',
};

const newcomers: Readonly<Record<RankedBy, string>> = {
  pushed: 'more are pushed',
  pulled: 'others are pulled',
  active: 'others are pushed or pulled',
  version: 'higher versions are pushed',
};

/** "1 more is pushed", "2 more are pushed". */
export function more(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** The minute in which something happens, rounded up: a report must not promise too early. */
export function minute(at: Instant): string {
  const text = new Date(Math.ceil(at / 60_000) * 60_000).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}
