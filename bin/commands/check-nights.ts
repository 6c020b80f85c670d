import type { PastPlans } from '../../functions/domain/past-plans.ts';
import { counted } from '../../functions/domain/format-numbers.ts';
import type { RunStore } from '../../functions/ports.ts';
import { statusLine, type Terminal } from '../terminal.ts';
import { backtestFacts } from './backtest-facts.ts';

/** Nights over which `check` judges a policy. */
export const nightsLookedAt = 7;

/**
 * What a policy would have planned on the last nights of a store, judged as `backtest` judges it; nothing is changed.
 * @throws RetentionError report-not-found, state-invalid, store-…
 */
export async function plansOfPastNights(
  policy: string,
  store: RunStore,
  terminal: Terminal,
): Promise<PastPlans> {
  const status = statusLine(terminal);
  try {
    const { candidate, nights, ...found } = await backtestFacts({
      store,
      policy,
      nights: nightsLookedAt,
      besideInForce: false,
      onNight: (number, _run, of) => status.show(`Judging night ${number} of ${of}`),
    });
    return {
      limits: found.policy.limits,
      nights: candidate.nights.map(({ refusals, limitsNeeded }, position) => ({
        runId: nights[position]?.runId ?? '',
        rails: [...new Set(refusals.map(({ rail }) => rail))],
        needed: limitsNeeded,
      })),
    };
  } finally {
    status.done();
  }
}

/** Which nights were looked at, and which rails refused some of them, as text. */
export function pastPlansText({ nights }: PastPlans): string {
  const [first, last] = [nights[0]?.runId ?? '', nights.at(-1)?.runId ?? ''];
  const refused = nights.filter(({ rails }) => rails.length > 0);
  const rails = [...new Set(refused.flatMap((one) => one.rails))].toSorted();
  const end =
    refused.length === 0
      ? 'no rail would have refused any.'
      : `${refused.length} would have been refused: ${rails.join(', ')}.`;
  return `\nOver the last ${counted(nights.length, 'night')} (${first} to ${last}), ${end}\n`;
}
