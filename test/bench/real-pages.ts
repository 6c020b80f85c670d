// How long a real Harbor took for pages of artifacts, by how many requests were under way; and a client that reads as
// many pages from a Harbor that takes as long.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { maxConcurrency, nextPace, startPace } from '../../functions/adapters/harbor/pace.ts';
import { createRandom } from '../sandbox/harbor/random.ts';

const file = fileURLToPath(new URL('../../../shared/pages/pages.csv', import.meta.url));
export const hasRealPages = existsSync(file);

/** The milliseconds that pages took, by the number of requests under way, from 1 to 8. */
export type RealPages = ReadonlyMap<number, readonly number[]>;

/** With so many at once, what was measured at that level; between 4 and 8, what the level of 8 showed with so many left. */
export function realPages(): RealPages {
  const pages = new Map<number, number[]>();
  const [, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  for (const line of lines) {
    const [level = '', underWay = '', list, , , , ms] = line.split(',');
    const isOwn = level === underWay || (level === '8' && Number(underWay) > 4);
    if (list !== 'artifacts' || !isOwn) continue;
    const known = pages.get(Number(underWay));
    if (known === undefined) pages.set(Number(underWay), [Number(ms)]);
    else known.push(Number(ms));
  }
  return pages;
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
      const drawn = pages.get(Math.min(maxConcurrency, flights.length + 1)) ?? [];
      const ms = drawn[Math.floor(random() * drawn.length)] ?? NaN;
      flights.push({ begun: at, ends: at + (at < doublesAt ? ms : 2 * ms) });
      left -= 1;
    }
    flights.sort((one, other) => one.ends - other.ends);
    const next = flights.shift();
    if (next === undefined) break;
    at = next.ends;
    const sample = { kind: 'artifacts', tookMs: at - next.begun, struggled: false };
    pace = nextPace(pace, { ...sample, underWay: flights.length + 1 });
    levels.push({ at, level: pace.level });
  }
  return { tookMs: at, levels };
}

/** The share of the best fixed number's speed that the client's own pace reaches, over runs of so many seeds. */
export function shareOfBest(pages: RealPages, seeds: number): number {
  const all = Array.from({ length: seeds }, (_, seed) => seed + 1);
  const meanOf = (fixed?: number): number => {
    const reading = fixed === undefined ? {} : { fixed };
    return all.reduce((sum, seed) => sum + readPages(pages, { ...reading, seed }).tookMs, 0);
  };
  const best = Math.min(...Array.from({ length: maxConcurrency }, (_, index) => meanOf(index + 1)));
  return best / meanOf();
}

/** Until half as many are under way after pages began to take twice as long, in ms; the median over so many seeds. */
export function backOffMs(pages: RealPages, seeds: number): number {
  const doublesAt = 15_000;
  const delays = Array.from({ length: seeds }, (_, seed) => {
    const { levels } = readPages(pages, { seed: seed + 1, doublesAt });
    const before = levels.findLast(({ at }) => at <= doublesAt)?.level ?? 0;
    const half = Math.max(1, Math.floor(before / 2));
    const back = levels.find(({ at, level }) => at > doublesAt && level <= half);
    return (back?.at ?? Infinity) - doublesAt;
  });
  return delays.toSorted((one, other) => one - other)[Math.floor(seeds / 2)] ?? Infinity;
}
