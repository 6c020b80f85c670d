import { expect, test } from '@jest/globals';
import {
  beginningAt,
  intentAt,
  isSettling,
  memoryKeys,
  reportKeys,
  restoreKey,
  stateKeys,
  storeKeys,
} from '../../functions/domain/store-keys.ts';
import { now } from '../support/builder.ts';

const runId = '2026-11-21T033000Z';
const report = reportKeys(runId);
const state = stateKeys(runId);

// A store outlives versions: what one has written, the next one looks for.
test.each([
  [report.report, 'reports/runs/2026/11/21/2026-11-21T033000Z.json'],
  [report.page, 'reports/runs/2026/11/21/2026-11-21T033000Z.html'],
  [report.notice, 'reports/notices/2026/11/21/2026-11-21T033000Z.json'],
  [report.part(0), 'reports/artifacts/2026/11/21/2026-11-21T033000Z/part-00001.ndjson.gz'],
  [report.record('b'), 'reports/records/2026/11/21/2026-11-21T033000Z/b.ndjson.gz'],
  [report.settled(9), 'reports/records/2026/11/21/2026-11-21T033000Z/settled-00010.ndjson.gz'],
  [report.healing('w'), 'reports/healing/2026/11/21/2026-11-21T033000Z/w.json'],
  [restoreKey('team', now), 'reports/restores/2026/11/21/team-2026-11-21T033000Z.json'],
  [state.state, 'state/runs/2026-11-21T033000Z/state.json'],
  [state.plan, 'state/runs/2026-11-21T033000Z/plan.json'],
  [state.intent('b'), 'state/runs/2026-11-21T033000Z/intents/b.json'],
  [state.began('w'), 'state/runs/2026-11-21T033000Z/intents/w-began.json'],
  [state.healing('w'), 'state/runs/2026-11-21T033000Z/intents/w-healing.json'],
  [state.facts(0), 'inventory/2026-11-21T033000Z/part-00001.ndjson.gz'],
  [state.ledgerRows(2), 'inventory/2026-11-21T033000Z/ledger-00003.ndjson.gz'],
  [storeKeys.noticeClaim(runId, 'failed'), 'state/notices/2026-11-21T033000Z-failed.json'],
  [memoryKeys.untagged('team'), 'state/untagged/team.json'],
  [memoryKeys.freshBlobs(runId), 'state/blobs/2026-11-21T033000Z/fresh.ndjson.gz'],
  [memoryKeys.blobShare(runId, 0), 'state/blobs/2026-11-21T033000Z/share-001.ndjson.gz'],
])('%s', (key, expected) => {
  expect(key).toBe(expected);
});

test.each([
  [state.intent('team-0001'), { runId, batch: 'team-0001' }],
  [state.intent('a/b'), { runId, batch: 'a/b' }],
  [state.began('team'), { runId, batch: 'team-began' }],
  [state.state, undefined],
  [`x${state.intent('b')}`, undefined],
  [`${state.intent('b')}x`, undefined],
  [`${state.intents}.json`, undefined],
  ['state/runs/a/b/intents/c.json', undefined],
])('the intent at %s', (key, expected) => {
  expect(intentAt(key)).toEqual(expected);
});

test.each([
  [state.began('team'), { runId, work: 'team' }],
  [state.began('a-began'), { runId, work: 'a-began' }],
  [state.intent('team-0001'), undefined],
  [state.intent('team-began-0001'), undefined],
  [state.intent('-began'), undefined],
  [state.healing('team'), undefined],
  [state.state, undefined],
])('the beginning at %s', (key, expected) => {
  expect(beginningAt(key)).toEqual(expected);
});

test('records of a later look are told from those of the run', () => {
  expect([0, 12].map((index) => isSettling(report.settled(index)))).toEqual([true, true]);
  for (const key of [report.record('settled-x'), report.record('a'), `${report.settled(0)}x`])
    expect(isSettling(key)).toBe(false);
});
