import { run } from './child.ts';
import type { PaceAnswer, PaceInput } from './pace.child.ts';
import { short } from './table.ts';

/** The number of requests at once that the client finds, beside every fixed one. */
export async function paceLine(spanMs: number): Promise<string> {
  const input: PaceInput = { readMs: 40, spanMs };
  const { fixed, adaptive, level, backOffMs } = await run<PaceAnswer>('pace.child.ts', input);
  const rates = Object.entries(fixed);
  const best = Math.max(...rates.map(([, rate]) => rate));
  const told = rates.map(([at, rate]) => `${at}: ${short(rate)}`).join(', ');
  return `Requests a second of an embedded Harbor whose lists take ${input.readMs} ms, at fixed numbers at once: ${told}. The client finds ${level} at once and ${short(adaptive)} a second, ${Math.round((100 * adaptive) / best)} % of the best; when lists take twice as long it is at half as many after ${short(backOffMs)} ms.`;
}
