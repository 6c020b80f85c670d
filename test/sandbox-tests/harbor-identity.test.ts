import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { rowsOf, talkTo } from './talk.ts';

let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor();
  harbor.seed.project('team');
  harbor.seed.project('open', { public: true });
  harbor.seed.push({ project: 'team', repository: 'app', tags: ['one', 'two'] });
});
afterEach(() => harbor.close());

test('T32: an OIDC CLI secret lists and removes tags, and is nobody for a single artifact', async () => {
  const cli = talkTo(
    harbor,
    harbor.seed.user({ username: 'dora', roles: { team: 4 }, oidcCli: true }),
  );
  const one = '/projects/team/repositories/app/artifacts/one';
  expect((await cli('GET', '/projects/team/repositories/app/artifacts')).status).toBe(200);
  expect((await cli('GET', one)).status).toBe(401);
  expect((await cli('DELETE', one)).status).toBe(401);
  expect(rowsOf(await cli('GET', '/repositories'))).toEqual([]);
  expect((await cli('DELETE', `${one}/tags/one`)).status).toBe(200);
  expect(harbor.state.tags('team', 'app').map((tag) => tag.name)).toEqual(['two']);
});

test('T1: a robot that has expired sees public projects only, and no version', async () => {
  const expiresAt = harbor.clock.now() / 1000 + 60;
  const permissions = [
    { kind: 'project', namespace: '*', access: [{ resource: 'artifact', action: 'list' }] },
  ];
  const robot = talkTo(harbor, harbor.seed.robot({ name: 'soon', permissions, expiresAt }));
  const names = async (): Promise<unknown[]> =>
    rowsOf(await robot('GET', '/projects')).map((row) => row['name']);
  expect(await names()).toEqual(['open', 'team']);
  harbor.clock.advance(61_000);
  expect(await names()).toEqual(['open']);
  expect(Object.keys((await robot('GET', '/systeminfo')).json as object)).not.toContain(
    'harbor_version',
  );
});

test('T2: while somebody sends a wrong password the right one is nobody', async () => {
  const dora = harbor.seed.user({ username: 'dora', roles: { team: 4 } });
  const gate = harbor.holdFailedLogins();
  const wrong = talkTo(harbor, { ...dora, secret: 'wrong' })('GET', '/projects');
  await gate.reached;
  expect(rowsOf(await talkTo(harbor, dora)('GET', '/projects'))).toHaveLength(1);
  gate.release();
  await wrong;
  expect(rowsOf(await talkTo(harbor, dora)('GET', '/projects'))).toHaveLength(2);
});

test('requests are remembered up to a limit and counted beyond it', async () => {
  const small = await startHarbor({ rememberRequests: 2 });
  const admin = talkTo(small, 'admin');
  for (const path of ['/ping', '/health', '/systeminfo']) await admin('GET', path);
  expect(small.requests.all.map((request) => request.path)).toEqual([
    '/api/v2.0/ping',
    '/api/v2.0/health',
  ]);
  expect(small.requests.count).toBe(3);
  small.requests.clear();
  expect([small.requests.all.length, small.requests.count]).toEqual([0, 0]);
  await small.close();
});
