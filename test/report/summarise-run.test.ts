import { describe, expect, test } from '@jest/globals';
import type { RunEntry, RunHistory } from '../../functions/domain/run-history.ts';
import { remember } from '../../functions/report/summarise-run.ts';
import { run } from '../guard/support.ts';

const halted = (runId: string, policyHash: string): RunEntry =>
  run({ runId, policyHash, end: 'refused', halts: ['aa'] });

/** A history after so many more runs, each made by its number. */
function after(
  history: RunHistory,
  count: number,
  made: (n: number) => Partial<RunEntry>,
): RunHistory {
  let all = history;
  for (let n = 0; n < count; n += 1) all = remember(all, run({ runId: `more-${n}`, ...made(n) }));
  return all;
}
const idsIn = ({ runs }: RunHistory): readonly string[] => runs.map(({ runId }) => runId);

describe('a run that halts a roll-out is remembered', () => {
  const start = remember({ runs: [] }, halted('halt', 'a'));

  test.each<readonly [string, Partial<RunEntry>]>([
    ['run under another policy', { policyHash: 'b' }],
    ['are refused for something else', { policyHash: 'a', end: 'refused' }],
  ])('however many runs follow that %s', (_, following) => {
    const { runs } = after(start, 200, () => following);
    expect(runs[0]?.runId).toBe('halt');
    expect(runs).toHaveLength(61);
  });

  test('until one under its policy is let through', () => {
    const through = remember(start, run({ runId: 'through', policyHash: 'a', end: 'finished' }));
    expect(idsIn(after(through, 200, () => ({ policyHash: 'b' })))).not.toContain('halt');
  });

  test('for the last twenty policies, in the order of the runs', () => {
    let history: RunHistory = { runs: [] };
    for (let n = 0; n < 30; n += 1) history = remember(history, halted(`halt-${n}`, `p${n}`));
    const ids = idsIn(after(history, 200, () => ({ policyHash: 'b' })));
    const kept = Array.from({ length: 20 }, (_, n) => `halt-${n + 10}`);
    expect(ids.slice(0, 20)).toEqual(kept);
    expect(ids).toHaveLength(80);
  });
});
