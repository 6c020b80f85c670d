import { run } from './child.ts';
import type { PaceAnswer, PaceInput } from './pace.child.ts';
import { short } from './table.ts';

const times = 3;

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
  return `Requests a second of an embedded Harbor whose lists take ${input.readMs} ms, at fixed numbers at once: ${told.join(', ')}. The client finds ${middle(({ level }) => level)} at once and ${short(middle(({ adaptive }) => adaptive))} a second, ${Math.round(100 * share)} % of the best; when lists take twice as long it is at half as many after ${short(middle(({ backOffMs }) => backOffMs))} ms.`;
}
