import { expect, test } from '@jest/globals';
import { runsBefore, runsThatHold } from '../../functions/phases/roll-out.ts';
import { now, run } from '../guard/support.ts';

const minute = 60_000;
const runs = [
  run({ runId: 'before', at: now - minute }),
  run({ runId: 'this', at: now, halts: ['aa'] }),
  run({ runId: 'later', at: now + minute }),
  run({ runId: 'halted-later', at: now + 2 * minute, end: 'refused', halts: ['bb'] }),
];
const state = { runId: 'this', takenAt: now };

test('a halt holds though it seems to come later, as after a clock that was set back', () => {
  expect(runsThatHold(state, { runs }).runs.map(({ runId }) => runId)).toEqual([
    'before',
    'halted-later',
  ]);
});

test('everything else of a later run says nothing of this one', () => {
  expect(runsBefore(state, { runs }).runs.map(({ runId }) => runId)).toEqual(['before']);
});
