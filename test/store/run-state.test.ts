import { loadState, saveState } from '../../functions/store/run-state-document.ts';
import { describe, expect, test } from '@jest/globals';
import type { RunRequest } from '../../functions/ports.ts';
import { noPullTimes } from '../../functions/inventory/pull-signal.ts';
import { reportKeys, stateKeys } from '../../functions/domain/store-keys.ts';
import { isPhase } from '../../functions/run.ts';
import { newState } from '../../functions/store/run-state.ts';
import { memoryStore } from '../support/memory-store.ts';

const request: RunRequest = { runId: '2026-11-21T033000Z', mode: 'apply', owner: 'test' };
const key = stateKeys(request.runId).state;
const fresh = newState({
  request,
  takenAt: Date.UTC(2026, 10, 21),
  policy: { text: 'version: 1\n', name: 'policy.yaml' },
  reportKey: reportKeys(request.runId).report,
  pullTimes: noPullTimes,
  isFirstUnderPolicy: false,
});

/** What is loaded where this is stored. */
async function loaded(stored: unknown): Promise<unknown> {
  const store = memoryStore();
  await store.write(key, typeof stored === 'string' ? stored : JSON.stringify(stored));
  return await loadState(store, request, isPhase).catch((error: unknown) => error);
}

test('what is saved is loaded, and a run that has not begun has no state', async () => {
  const store = memoryStore();
  expect(await loadState(store, request, isPhase)).toBeUndefined();
  await saveState(store, fresh);
  expect(await loadState(store, request, isPhase)).toEqual(fresh);
});

describe('a stored state', () => {
  test('of version 1, which knew nothing of waits, is continued', async () => {
    const { phaseSince: _unknownThen, ...old } = fresh;
    expect(await loaded({ ...old, stateVersion: 1, phase: 'plan', slices: 2 })).toEqual({
      ...old,
      phase: 'plan',
      slices: 2,
    });
  });

  test('of a newer version is refused, and the words say to deploy that one again', async () => {
    expect(await loaded({ ...fresh, stateVersion: 3 })).toMatchObject({
      code: 'state-invalid',
      message: expect.stringContaining('newer harbor-retention (state version 3'),
      remedy: expect.stringContaining('Deploy the newer version again'),
    });
  });

  test.each<[string, unknown, RegExp]>([
    ['no JSON', '{"stateVersion":', /is no state of a run/],
    ['a list', [], /is no state of a run/],
    ['of a version before the first', { ...fresh, stateVersion: 0 }, /another harbor-retention/],
    ['of half a version', { ...fresh, stateVersion: 1.5 }, /another harbor-retention/],
    ['of another run', { ...fresh, runId: 'other' }, /is of run other/],
    ['of a phase that nobody knows', { ...fresh, phase: 'toString' }, /lacks "phase"/],
    ['of a mode that nobody knows', { ...fresh, mode: 'armed' }, /lacks "mode"/],
    [
      'filed under another day',
      { ...fresh, reportKey: 'reports/runs/2026/11/22/2026-11-21T033000Z.json' },
      /under another day than that of its id/,
    ],
    ['without a policy', { ...fresh, policy: undefined }, /lacks "policy"/],
    ['with a time that is none', { ...fresh, takenAt: '2026' }, /lacks "takenAt"/],
    ['with parts that are none', { ...fresh, read: [0, -1] }, /lacks "read"/],
    ['done without an end', { ...fresh, phase: 'done' }, /reported, but not how/],
  ])('that is %s is refused, never misread', async (_what, stored, problem) => {
    expect(await loaded(stored)).toMatchObject({
      code: 'state-invalid',
      message: expect.stringMatching(problem),
      remedy: expect.stringContaining('start a new run'),
    });
  });
});
