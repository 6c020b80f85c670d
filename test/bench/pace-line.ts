import { run } from './child.ts';
import type { PaceAnswer, PaceInput } from './pace.child.ts';
import {
  backOffsMs,
  hasRealPages,
  pagesByLevel,
  pagesByUnderWay,
  type RealPages,
  shareOfBest,
} from './real-pages.ts';
import { short } from './table.ts';

const times = 3;

const draws = 200;

/** The same on pages that take as long as those of a real Harbor did; over simulated time. */
function onRealPages(): string {
  if (!hasRealPages) return 'SKIPPED: no pages of a real Harbor at ../shared/pages.';
  return `Of pages that take as long as 545 of a real Harbor did, which differ by four times among themselves (${draws} draws, simulated): ${onPages('by how many were under way', pagesByUnderWay())}; ${onPages('by how many were allowed', pagesByLevel())}.`;
}

function onPages(drawn: string, pages: RealPages): string {
  const share = Math.round(100 * shareOfBest(pages, draws));
  const delays = backOffsMs(pages, draws);
  const inTime = Math.round((100 * delays.filter((ms) => ms <= 1_000).length) / draws);
  return `drawn ${drawn}, it reads ${share} % as fast as the best fixed number does, and is at half as many after ${short(delays[draws / 2] ?? NaN)} ms at the median, within a second in ${inTime} % of the draws, when they take twice as long`;
}

/** The number of requests at once that the client finds, beside every fixed one; medians of three processes. */
export async function paceLine(spanMs: number): Promise<string> {
  const input: PaceInput = { readMs: 40, spanMs };
  const answers: PaceAnswer[] = [];
  for (let time = 0; time < times; time += 1) {
    answers.push(await run<PaceAnswer>('pace.child.ts', input));
  }
  const middle = (of: (answer: PaceAnswer) => number): number =>
    answers.map(of).toSorted((a, b) => a - b)[Math.floor(times / 2)] ?? NaN;
  const levels = Object.keys(answers[0]?.fixed ?? {}).map(Number);
  const told = levels.map((at) => `${at}: ${short(middle(({ fixed }) => fixed[at] ?? NaN))}`);
  const share = middle(({ fixed, adaptive }) => adaptive / Math.max(...Object.values(fixed)));
  return `Requests a second of an embedded Harbor whose lists take ${input.readMs} ms, at fixed numbers at once: ${told.join(', ')}. The client finds ${middle(({ level }) => level)} at once and ${short(middle(({ adaptive }) => adaptive))} a second, ${Math.round(100 * share)} % of the best; when lists take twice as long it is at half as many after ${short(middle((answer) => answer.backOffMs))} ms. ${onRealPages()}`;
}
