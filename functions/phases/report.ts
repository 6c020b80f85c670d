import { waitOrEnd } from './follow.ts';
import type { Step } from './phase.ts';
import { writeRunReport } from './run-report.ts';
import { settleEarlier } from './settle-uncertain.ts';

/** Looks again at what earlier runs left uncertain, then writes the report, its page and the history. */
export const report: Step = async (before, tools) => {
  const { world, waitAtMost } = tools;
  const state = await settleEarlier(before, tools);
  const reported = await writeRunReport(state, tools, world);
  const limits = { now: world.clock.now(), waitAtMost };
  return { kind: 'reported', state: waitOrEnd(reported, limits) };
};
