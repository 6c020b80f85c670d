// How long a real Harbor took for pages of artifacts, by how many requests were under way; and a client that reads as
// many pages from a Harbor that takes as long.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { maxConcurrency, nextPace, startPace } from '../../functions/adapters/harbor/pace.ts';
import { createRandom } from '../sandbox/harbor/random.ts';

const file = fileURLToPath(new URL('../../../shared/pages/pages.csv', import.meta.url));
export const hasRealPages = existsSync(file);

/** How long a page takes, in ms, with so many under way and so many allowed; `drawn`: from 0 to 1, which of them. */
export type RealPages = (at: { underWay: number; level: number; drawn: number }) => number;

interface Page {
  readonly level: number;
  readonly underWay: number;
  readonly ms: number;
}

function pagesOfFile(): readonly Page[] {
  const [, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines
    .map((line) => line.split(','))
    .filter(([, , list]) => list === 'artifacts')
    .map(([level, underWay, , , , , ms]) => ({
      level: Number(level),
      underWay: Number(underWay),
      ms: Number(ms),
    }));
}

function byNumber(
  pages: readonly Page[],
  numberOf: (page: Page) => number,
): ReadonlyMap<number, readonly number[]> {
  const all = new Map<number, number[]>();
  for (const page of pages) {
    const known = all.get(numberOf(page));
    if (known === undefined) all.set(numberOf(page), [page.ms]);
    else known.push(page.ms);
  }
  for (const times of all.values()) times.sort((one, other) => one - other);
  return all;
}

const drawnFrom = (pages: ReadonlyMap<number, readonly number[]>, level: number, drawn: number) => {
  const times = pages.get(level) ?? [];
  return times[Math.floor(drawn * times.length)] ?? NaN;
};

/**
 * By how many were under way: what was measured with so many at that level; between 4 and 8, what the level of 8 showed
 * with so many left.
 */
export function pagesByUnderWay(): RealPages {
  const isOwn = ({ level, underWay }: Page): boolean =>
    level === underWay || (level === 8 && underWay > 4);
  const pages = byNumber(pagesOfFile().filter(isOwn), ({ underWay }) => underWay);
  return ({ underWay, drawn }) => drawnFrom(pages, Math.min(maxConcurrency, underWay), drawn);
}

/** By how many were allowed, whatever was under way; between 4 and 8, in proportion between what both showed. */
export function pagesByLevel(): RealPages {
  const pages = byNumber(pagesOfFile(), ({ level }) => level);
  return ({ level, drawn }) => {
    if (pages.has(level)) return drawnFrom(pages, level, drawn);
    const [four, eight] = [drawnFrom(pages, 4, drawn), drawnFrom(pages, 8, drawn)];
    return four * (eight / four) ** ((level - 4) / 4);
  };
}

/** A page for each of the 545 that were read at every level. */
const pagesOfARun = 545;

interface Reading {
  /** Follows the client's own pace, unless a fixed number is given. */
  readonly fixed?: number;
  readonly seed: number;
  /** From this moment on pages take twice as long. */
  readonly doublesAt?: number;
}

/** When the last page had come, and every level that was held, in ms since the beginning. */
interface Read {
  readonly tookMs: number;
  readonly levels: readonly { readonly at: number; readonly level: number }[];
}

/** Reads the pages of a run; time is a number, and the seed draws how long each takes. */
export function readPages(pages: RealPages, { fixed, seed, doublesAt = Infinity }: Reading): Read {
  const random = createRandom(seed);
  const flights: { readonly begun: number; readonly ends: number }[] = [];
  const levels: { at: number; level: number }[] = [];
  let pace = startPace();
  let left = pagesOfARun;
  let at = 0;
  for (let done = 0; done < pagesOfARun; done += 1) {
    while (left > 0 && flights.length < (fixed ?? pace.level)) {
      const underWay = flights.length + 1;
      const ms = pages({ underWay, level: fixed ?? pace.level, drawn: random() });
      flights.push({ begun: at, ends: at + (at < doublesAt ? ms : 2 * ms) });
      left -= 1;
    }
    flights.sort((one, other) => one.ends - other.ends);
    const next = flights.shift();
    if (next === undefined) break;
    at = next.ends;
    const sample = { kind: 'artifacts', tookMs: at - next.begun, struggled: false };
    const waitingMs = flights.map(({ begun }) => at - begun);
    pace = nextPace(pace, { ...sample, underWay: flights.length + 1, waitingMs });
    levels.push({ at, level: pace.level });
  }
  return { tookMs: at, levels };
}

/** The share of the best fixed number's speed that the client's own pace reaches, over runs of so many seeds. */
export function shareOfBest(pages: RealPages, seeds: number): number {
  const meanOf = (times: number, fixed?: number): number => {
    const reading = fixed === undefined ? {} : { fixed };
    let sum = 0;
    for (let seed = 1; seed <= times; seed += 1)
      sum += readPages(pages, { ...reading, seed }).tookMs;
    return sum / times;
  };
  // A fixed number's runs hardly differ: fewer of them do.
  const all = Array.from({ length: maxConcurrency }, (_, index) => meanOf(seeds / 5, index + 1));
  return Math.min(...all) / meanOf(seeds);
}

/** Until half as many are under way after pages began to take twice as long, over so many seeds, in ms, ascending. */
export function backOffsMs(pages: RealPages, seeds: number): readonly number[] {
  const doublesAt = 15_000;
  const delays = Array.from({ length: seeds }, (_, seed) => {
    const { levels } = readPages(pages, { seed: seed + 1, doublesAt });
    // Who was just at half on suspicion is not there because of what comes now.
    const justNow = levels.filter(({ at }) => at <= doublesAt && at > doublesAt - 700);
    const before = Math.max(1, ...justNow.map(({ level }) => level));
    const half = Math.max(1, Math.floor(before / 2));
    const back = levels.find(({ at, level }) => at > doublesAt && level <= half);
    return (back?.at ?? Infinity) - doublesAt;
  });
  return delays.toSorted((one, other) => one - other);
}
