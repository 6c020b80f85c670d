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
const report = () => reportKeys(runId);
const state = () => stateKeys(runId);

// A store outlives versions: what one has written, the next one looks for.
test.each<readonly [string, () => string]>([
  ['reports/runs/2026/11/21/2026-11-21T033000Z.json', () => report().report],
  ['reports/runs/2026/11/21/2026-11-21T033000Z.html', () => report().page],
  ['reports/notices/2026/11/21/2026-11-21T033000Z.json', () => report().notice],
  ['reports/artifacts/2026/11/21/2026-11-21T033000Z/part-00001.ndjson.gz', () => report().part(0)],
  ['reports/records/2026/11/21/2026-11-21T033000Z/b.ndjson.gz', () => report().record('b')],
  [
    'reports/records/2026/11/21/2026-11-21T033000Z/settled-00010.ndjson.gz',
    () => report().settled(9),
  ],
  ['reports/healing/2026/11/21/2026-11-21T033000Z/w.json', () => report().healing('w')],
  ['reports/restores/2026/11/21/team-2026-11-21T033000Z.json', () => restoreKey('team', now)],
  ['state/runs/2026-11-21T033000Z/state.json', () => state().state],
  ['state/runs/2026-11-21T033000Z/plan.json', () => state().plan],
  ['state/runs/2026-11-21T033000Z/intents/b.json', () => state().intent('b')],
  ['state/runs/2026-11-21T033000Z/intents/w-began.json', () => state().began('w')],
  ['state/runs/2026-11-21T033000Z/intents/w-healing.json', () => state().healing('w')],
  ['inventory/2026-11-21T033000Z/part-00001.ndjson.gz', () => state().facts(0)],
  ['inventory/2026-11-21T033000Z/ledger-00003.ndjson.gz', () => state().ledgerRows(2)],
  ['state/notices/2026-11-21T033000Z-failed.json', () => storeKeys.noticeClaim(runId, 'failed')],
  ['state/untagged/team.json', () => memoryKeys.untagged('team')],
  ['state/blobs/2026-11-21T033000Z/fresh.ndjson.gz', () => memoryKeys.freshBlobs(runId)],
  ['state/blobs/2026-11-21T033000Z/share-001.ndjson.gz', () => memoryKeys.blobShare(runId, 0)],
])('%s', (key, made) => {
  expect(made()).toBe(key);
});

test.each([
  [state().intent('team-0001'), { runId, batch: 'team-0001' }],
  [state().intent('a/b'), { runId, batch: 'a/b' }],
  [state().began('team'), { runId, batch: 'team-began' }],
  [state().state, undefined],
  [`x${state().intent('b')}`, undefined],
  [`${state().intent('b')}x`, undefined],
  [`${state().intents}.json`, undefined],
  ['state/runs/a/b/intents/c.json', undefined],
])('the intent at %s', (key, expected) => {
  expect(intentAt(key)).toEqual(expected);
});

test.each([
  [state().began('team'), { runId, work: 'team' }],
  [state().began('a-began'), { runId, work: 'a-began' }],
  [state().intent('team-0001'), undefined],
  [state().intent('team-began-0001'), undefined],
  [state().intent('-began'), undefined],
  [state().healing('team'), undefined],
  [state().state, undefined],
])('the beginning at %s', (key, expected) => {
  expect(beginningAt(key)).toEqual(expected);
});

test('records of a later look are told from those of the run', () => {
  expect([0, 12].map((index) => isSettling(report().settled(index)))).toEqual([true, true]);
  for (const key of [report().record('settled-x'), report().record('a'), `${report().settled(0)}x`])
    expect(isSettling(key)).toBe(false);
});
