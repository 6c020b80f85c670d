import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SNSClient } from '@aws-sdk/client-sns';
import { newSecretMask } from '../../functions/adapters/secret-mask.ts';
import { snsNotifier } from '../../functions/adapters/sns-notifier.ts';
import { RetentionError } from '../../functions/errors.ts';
import { runSlice } from '../../functions/run.ts';
import { type EmbeddedAws, startAws } from '../sandbox/aws/start-aws.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { memoryKey } from '../support/memory-key.ts';
import { memoryStore, type MemoryStore } from '../support/memory-store.ts';
import { dryRun, reportIn, runToEnd, unlimited, worldAround } from '../support/run-world.ts';

const topicArn = 'arn:aws:sns:eu-central-1:123456789012:harbor-retention';
const day = 86_400_000;
const policy = `
version: 1
trash: off
limits: { maxDeletions: 1, maxDeletionsPercent: 100 }
rules:
  - name: old-builds
    select: { projects: ["team"], tags: ["ci-*"] }
    keep: { pushedWithin: 60d }
`;

let harbor: EmbeddedHarbor;
let aws: EmbeddedAws;
let sns: SNSClient;
beforeEach(async () => {
  harbor = await startHarbor();
  aws = await startAws({ topics: [topicArn] });
  sns = new SNSClient({
    endpoint: aws.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'embedded', secretAccessKey: 'embedded' },
    maxAttempts: 1,
  });
  harbor.seed.project('team');
  for (const age of [70, 80, 90]) {
    const pushedAt = harbor.clock.now() - age * day;
    harbor.seed.push({ project: 'team', repository: 'web', tags: [`ci-${age}`], pushedAt });
  }
});
afterEach(async () => {
  sns.destroy();
  await Promise.all([harbor.close(), aws.close()]);
});

const mask = newSecretMask();

function world(store: MemoryStore, text = policy) {
  const wishes = { protectedProjects: [], weeklySummary: false };
  const notifier = snsNotifier(sns, { topicArn, wishes, mask });
  return worldAround(harbor, { policy: text, store, overrides: { notifier } });
}

test('a refused run sends one message: text for people, JSON for machines, attributes to filter by', async () => {
  const store = memoryStore();
  await runToEnd(world(store));
  expect(aws.published).toHaveLength(1);
  const [sent] = aws.published;
  if (sent === undefined) throw new Error('nothing was sent');
  const { subject, message, attributes } = sent;
  expect(subject).toContain('harbor-retention: refused on 127.0.0.1');
  expect(message['email']).toContain('Refused by max-deletions on run');
  expect(message['default']).toBe(message['email']);
  expect(JSON.parse(message['sqs'] ?? '')).toMatchObject({
    kinds: ['refused'],
    severity: 'warning',
    refusals: [{ rail: 'max-deletions' }],
    totals: { deletions: 2 },
  });
  expect(attributes).toEqual({ severity: 'warning', kinds: '["refused"]' });
  const beside = [...store.texts.keys()].filter((key) => key.startsWith('reports/notices/'));
  expect(beside).toEqual([
    'reports/notices/' + /\d{4}\/\d\d\/\d\d/.exec(beside[0] ?? '')?.[0] + `/${dryRun.runId}.json`,
  ]);
});

test('nothing is sent twice, although the step before the end of a run is done again', async () => {
  const store = memoryStore();
  let before = new Map<string, string>();
  const remembering: MemoryStore = {
    ...store,
    write: async (key, text, type) => {
      // As it was when the message went out.
      if (key === memoryKey(harbor, 'notices.json')) before = new Map(store.texts);
      await store.write(key, text, type);
    },
  };
  await runToEnd(world(remembering));
  const state = `state/runs/${dryRun.runId}/state.json`;
  await store.write(state, before.get(state) ?? '', 'application/json');
  const again = await runSlice(dryRun, world(store), unlimited);
  expect(again).toMatchObject({ done: true, end: 'refused' });
  expect(aws.published).toHaveLength(1);
});

test('a run in which all is well sends nothing, and a topic that is gone fails no run', async () => {
  await runToEnd(world(memoryStore(), policy.replace('maxDeletions: 1,', '')));
  expect(aws.published).toEqual([]);
  aws.faults.add({
    operation: 'Publish',
    effect: { kind: 'error', status: 404, code: 'NotFound' },
  });
  const store = memoryStore();
  expect(await runToEnd(world(store))).toMatchObject({ end: 'refused' });
  expect(store.texts.has('reports/latest.json')).toBe(true);
});

test('what a topic did not take is not remembered as told: the next run tells it', async () => {
  const store = memoryStore();
  const wishes = { protectedProjects: ['team'], weeklySummary: false };
  const notifier = snsNotifier(sns, { topicArn, wishes, mask });
  const text = policy.replace('maxDeletions: 1,', '');
  const own = worldAround(harbor, { policy: text, store, overrides: { notifier } });
  aws.faults.add({
    operation: 'Publish',
    times: 1,
    effect: { kind: 'error', status: 404, code: 'NotFound' },
  });
  await runToEnd(own);
  expect(aws.published).toEqual([]);
  await runToEnd(own, { ...dryRun, runId: '2026-11-22T033000Z' });
  await runToEnd(own, { ...dryRun, runId: '2026-11-23T033000Z' });
  expect(aws.published.map(({ attributes }) => attributes['kinds'])).toEqual([
    '["first-condemned"]',
  ]);
});

test.each(['{"condemnedIn', '{}', '{"condemnedIn":"team"}', 'null'])(
  'a damaged memory of what was told keeps no message back: %s',
  async (damaged) => {
    const store = memoryStore();
    await store.write(memoryKey(harbor, 'notices.json'), damaged, 'application/json');
    await runToEnd(world(store));
    expect(aws.published).toHaveLength(1);
    expect(JSON.parse(store.texts.get(memoryKey(harbor, 'notices.json')) ?? '')).toMatchObject({
      condemnedIn: expect.any(Array),
    });
  },
);

test('a secret in an error text is in no message', async () => {
  mask.add('Hunter2-of-the-robot');
  const store = memoryStore();
  const failing = {
    ...world(store),
    policy: { load: () => Promise.resolve({ text: policy, name: 'policy.yaml' }) },
  };
  const harborDown = {
    ...failing,
    harbor: {
      ...failing.harbor,
      identify: () => Promise.reject(new Error('GET /?p=Hunter2-of-the-robot')),
    },
  };
  await expect(runSlice(dryRun, harborDown, unlimited)).rejects.toThrow('Hunter2');
  expect(aws.published).toHaveLength(1);
  expect(JSON.stringify(aws.published)).toContain('The run failed');
  expect(JSON.stringify(aws.published)).not.toContain('Hunter2');
});

test('a run whose policy can’t be read leaves a report and a message that say so', async () => {
  const store = memoryStore();
  const unreadable = {
    ...world(store),
    policy: {
      load: () => Promise.reject(new RetentionError('policy-unreadable', 'No policy is there.')),
    },
  };
  await expect(runSlice(dryRun, unreadable, unlimited)).rejects.toThrow('No policy');
  expect(reportIn(store)).toMatchObject({
    run: { id: dryRun.runId, end: 'failed' },
    error: { code: 'policy-unreadable' },
  });
  expect(aws.published.map(({ message }) => message['email'])).toEqual([
    expect.stringContaining('The run failed: No policy is there.'),
  ]);
  // Once it is there, the same run begins, and tells its own end.
  await expect(runSlice(dryRun, world(store), unlimited)).resolves.toMatchObject({
    end: 'refused',
  });
  expect(aws.published).toHaveLength(2);
});
