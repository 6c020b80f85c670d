import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { digestOf } from '../sandbox/harbor/content.ts';
import { basic, type Talk, pushImage, rowsOf, talkTo, upload } from './talk.ts';

const HOUR = 3_600_000;

let harbor: EmbeddedHarbor;
let admin: Talk;

beforeEach(async () => {
  harbor = await startHarbor();
  admin = talkTo(harbor, 'admin');
  harbor.seed.project('team');
});
afterEach(() => harbor.close());

const start = async (parameters: Record<string, unknown> = {}): Promise<string> => {
  const reply = await admin('POST', '/system/gc/schedule', {
    schedule: { type: 'Manual' },
    parameters,
  });
  expect(reply.status).toBe(201);
  return reply.headers.get('location')?.replace('/api/v2.0', '') ?? '';
};

interface Seen {
  readonly status: unknown;
  readonly freed: unknown;
  readonly manifests: unknown;
  readonly blobs: unknown;
}

async function see(location: string): Promise<Seen> {
  const run = (await admin('GET', location)).json as Record<string, unknown>;
  // A string of JSON (T38).
  const parameters = JSON.parse(String(run['job_parameters'])) as Record<string, unknown>;
  return {
    status: run['job_status'],
    freed: parameters['freed_space'],
    manifests: parameters['purged_manifests'],
    blobs: parameters['purged_blobs'],
  };
}

async function runToEnd(parameters: Record<string, unknown> = {}): Promise<Seen> {
  const location = await start(parameters);
  harbor.clock.advance(60_000);
  return see(location);
}

const remove = (digest: string) =>
  admin('DELETE', `/projects/team/repositories/app/artifacts/${digest}`);

test('what was pushed long ago goes in the collection right after its deletion', async () => {
  const image = await pushImage(harbor, { repository: 'team/app', tag: '1' }, [
    'layer one',
    'layer two',
  ]);
  harbor.clock.advance(3 * HOUR);
  await remove(image.digest);
  const seen = await runToEnd();
  expect([seen.status, seen.manifests, seen.blobs]).toEqual(['Success', 1, 3]);
  expect((await admin('GET', `/v2/team/app/blobs/${digestOf('layer one')}`)).status).toBe(404);
});

test('what was pushed within the window stays for the next one', async () => {
  const image = await pushImage(harbor, { repository: 'team/app', tag: '1' }, ['layer one']);
  await remove(image.digest);
  expect((await runToEnd()).blobs).toBe(0);
  harbor.clock.advance(3 * HOUR);
  expect((await runToEnd()).blobs).toBe(2);
});

test('a HEAD of a blob is a touch and saves it for one window', async () => {
  const image = await pushImage(harbor, { repository: 'team/app', tag: '1' }, ['layer one']);
  harbor.clock.advance(3 * HOUR);
  await remove(image.digest);
  await admin('HEAD', `/v2/team/app/blobs/${digestOf('layer one')}`);
  expect((await runToEnd()).blobs).toBe(1);
  expect((await admin('GET', `/v2/team/app/blobs/${digestOf('layer one')}`)).status).toBe(200);
});

test('a layer that another image needs stays', async () => {
  const first = await pushImage(harbor, { repository: 'team/app', tag: '1' }, ['shared', 'own']);
  await pushImage(harbor, { repository: 'team/web', tag: '1' }, ['shared']);
  harbor.clock.advance(3 * HOUR);
  await remove(first.digest);
  await runToEnd();
  expect((await admin('GET', `/v2/team/web/blobs/${digestOf('shared')}`)).status).toBe(200);
  expect((await admin('GET', `/v2/team/app/blobs/${digestOf('own')}`)).status).toBe(404);
});

test('T45: the result is there while the status still says Running', async () => {
  const location = await start();
  expect(await see(location)).toMatchObject({ status: 'Running', freed: undefined });
  harbor.clock.advance(2_000);
  expect(await see(location)).toMatchObject({ status: 'Running', freed: 0 });
  harbor.clock.advance(30_000);
  expect(await see(location)).toMatchObject({ status: 'Success', freed: 0 });
});

test('T45: a stopped collection hides its candidates for one window', async () => {
  const image = await pushImage(harbor, { repository: 'team/app', tag: '1' }, ['layer one']);
  harbor.clock.advance(3 * HOUR);
  await remove(image.digest);
  const location = await start();
  expect((await admin('PUT', location)).status).toBe(200);
  expect((await see(location)).status).toBe('Stopped');
  expect((await runToEnd()).blobs).toBe(0);
  harbor.clock.advance(3 * HOUR);
  expect((await runToEnd()).blobs).toBe(2);
});

test('T22: a second collection is taken and waits for the first', async () => {
  const first = await start();
  const second = await start();
  harbor.clock.advance(5_000);
  expect([(await see(first)).freed, (await see(second)).freed]).toEqual([0, undefined]);
  harbor.clock.advance(60_000);
  harbor.clock.advance(60_000);
  expect([(await see(first)).status, (await see(second)).status]).toEqual(['Success', 'Success']);
});

test('T46: a dry run as a string is a real one', async () => {
  const image = await pushImage(harbor, { repository: 'team/app', tag: '1' }, ['layer one']);
  harbor.clock.advance(3 * HOUR);
  await remove(image.digest);
  await runToEnd({ dry_run: true });
  expect((await admin('GET', `/v2/team/app/blobs/${digestOf('layer one')}`)).status).toBe(200);
  await runToEnd({ dry_run: 'true' });
  expect((await admin('GET', `/v2/team/app/blobs/${digestOf('layer one')}`)).status).toBe(404);
});

test('T46: without a schedule it is 500', async () => {
  expect(
    (await admin('POST', '/system/gc/schedule', { parameters: { dry_run: true } })).status,
  ).toBe(500);
});

test('T20: delete_untagged takes untagged images of any age, everywhere, and leaves no row in the log', async () => {
  harbor.seed.project('other');
  harbor.seed.push({
    project: 'other',
    repository: 'app',
    tags: [],
    accessories: [{ type: 'signature.cosign' }],
  });
  harbor.seed.push({ project: 'other', repository: 'app', tags: ['1'], platforms: 2 });
  await runToEnd({ delete_untagged: false });
  expect(harbor.state.artifacts('other')).toHaveLength(5);
  await runToEnd({ delete_untagged: true });
  expect(harbor.state.artifacts('other')).toHaveLength(3);
  expect(rowsOf(await admin('GET', '/auditlog-exts'))).toEqual([]);
});

test('an upload that no manifest ever needed is collected, too', async () => {
  await upload(harbor, 'team/app', 'left over');
  expect((await runToEnd()).blobs).toBe(0);
  harbor.clock.advance(3 * HOUR);
  expect((await runToEnd()).blobs).toBe(1);
});

test('images of the seeder are collected like others', async () => {
  const row = harbor.seed.push({
    project: 'team',
    repository: 'app',
    tags: ['1'],
    size: 5_000_000,
  });
  harbor.seed.push({ project: 'team', repository: 'app', tags: ['2'], size: 7_000_000 });
  await remove(row.digest);
  expect(harbor.state.projects()[0]?.quotaUsed).toBe(7_000_000);
  harbor.clock.advance(3 * HOUR);
  expect((await runToEnd()).freed).toBe(5_000_000);
});

test.each([
  ['v2.9.5', 422],
  ['v2.15.2', 200],
])(
  'T53: on %s the log of a job answers %i to whoever accepts only JSON, and text to others',
  async (version, status) => {
    const older = await startHarbor({ version });
    try {
      const { username, password } = older.admin;
      const authorization = basic(username, password);
      const talk = talkTo(older, 'admin');
      await talk('POST', '/system/gc/schedule', {
        schedule: { type: 'Manual' },
        parameters: { delete_untagged: false, dry_run: false },
      });
      older.clock.advance(HOUR);
      const [run] = rowsOf(await talk('GET', '/system/gc'));
      const url = `${older.url}/api/v2.0/system/gc/${String(run?.['id'])}/log`;
      const asked = async (accept: string) =>
        (await fetch(url, { headers: { authorization, accept } })).status;
      expect(await asked('application/json')).toBe(status);
      expect(await asked('text/plain')).toBe(200);
    } finally {
      await older.close();
    }
  },
);
