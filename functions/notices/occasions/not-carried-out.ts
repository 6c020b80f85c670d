import { settledResults } from '../../domain/outcome.ts';
import { inNumbers } from '../../domain/format-numbers.ts';
import type { Occasion } from '../notice.ts';

/** An armed run came to its end, but Harbor did not do what it was asked: a lost permission, a full trash. */
export const notCarriedOut: Occasion = {
  kind: 'not-carried-out',
  severity: 'warning',
  lines: ({ report: { applied } }) => {
    const open = Object.entries(applied?.results ?? {}).filter(
      ([result, count]) => count > 0 && !settledResults.has(result),
    );
    if (applied === undefined || open.length === 0) return [];
    const counts = open.map(([result, count]) => `${inNumbers(count)} ${result}`).join(', ');
    const first = applied.exceptions.find(({ result }) => !settledResults.has(result));
    const because = first === undefined ? '' : ` The first: ${first.action}: ${first.because}`;
    return [`Not carried out: ${counts}.${because}`];
  },
};
