import { expect, test } from '@jest/globals';
import { RetentionError } from '../../functions/errors.ts';
import { noPullTimes } from '../../functions/inventory/pull-signal.ts';
import { afterAnswer, waitForAnswers } from '../../functions/phases/outage.ts';
import { newState, type RunUnderWay } from '../../functions/store/run-state.ts';
import { dryRun } from '../support/run-world.ts';

const gone = new RetentionError('harbor-unreachable', 'No answer.');
const begun = newState({
  request: dryRun,
  takenAt: 0,
  policy: { text: '', name: 'policy.yaml' },
  reportKey: 'reports/run.json',
  pullTimes: noPullTimes,
  isFirstUnderPolicy: false,
});

/** The next wait in seconds, and the run after Harbor has answered the first question of the look that follows. */
function look(state: RunUnderWay, now: number): readonly [number, RunUnderWay] {
  const waits = waitForAnswers(state, gone, { now });
  return [(waits.waiting.until - now) / 1_000, afterAnswer(waits, waits.waiting.until)];
}

test('a Harbor that answers one question of each look is asked ever more rarely, until the run gets further', () => {
  const seconds: number[] = [];
  let [state, now]: [RunUnderWay, number] = [begun, 0];
  for (let times = 0; times < 6; times += 1) {
    const [wait, next] = look(state, now);
    seconds.push(wait);
    now += wait * 1_000;
    state = times === 3 ? { ...next, read: [0] } : next;
  }
  expect(seconds).toEqual([30, 60, 120, 300, 30, 60]);
});
