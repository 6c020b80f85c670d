import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, startHarbor } from '../../sandbox/harbor/index.ts';
import { applyPortsOn } from '../../support/apply-ports.ts';
import { layeredPusher } from '../../support/layered-pusher.ts';

let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor();
  harbor.seed.project('team');
});
afterEach(() => harbor.close());

const place = { project: 'team', repository: 'api' };
const read = (digest: string, credential?: { username: string; password: string }) =>
  applyPortsOn(harbor, credential).harbor.readBlobs(place, digest);

test('an image is made of itself, its config and the layers that Harbor stores, each once', async () => {
  const layers = ['one layer', 'another', 'one layer'];
  const image = await layeredPusher(harbor).image({ into: 'team/api', layers, foreign: [77] });
  const answer = await read(image.digest);
  if (answer.kind !== 'read') throw new Error(answer.kind);
  expect(answer.blobs.map(({ bytes }) => bytes)).toEqual([image.size, 2, 9, 7]);
  expect(answer.blobs[0]?.digest).toBe(image.digest);
});

test('an index is made of itself and the manifests of its children', async () => {
  const push = layeredPusher(harbor);
  const child = await push.image({ into: 'team/api', layers: ['a'] });
  const index = await push.index({ into: 'team/api', tag: 'v1' }, [child]);
  expect(await read(index.digest)).toEqual({
    kind: 'read',
    blobs: [
      { digest: index.digest, bytes: index.size },
      { digest: child.digest, bytes: child.size },
    ],
  });
});

test('reading is no pull: no pull time and no audit row', async () => {
  const image = await layeredPusher(harbor).image({ into: 'team/api', tag: 'v1', layers: ['a'] });
  await read(image.digest);
  harbor.clock.advance(60_000);
  expect(harbor.state.artifacts('team').map(({ pulledAt }) => pulledAt)).toEqual([0]);
});

test('what is gone, and what the robot may not pull, are answers and no errors', async () => {
  expect(await read(`sha256:${'0'.repeat(64)}`)).toEqual({ kind: 'gone' });
  const image = await layeredPusher(harbor).image({ into: 'team/api', tag: 'v1', layers: ['a'] });
  const access = [{ resource: 'artifact', action: 'list' }];
  const { username, secret: password } = harbor.seed.robot({
    name: 'lists',
    permissions: [{ kind: 'project', namespace: '*', access }],
  });
  expect(await read(image.digest, { username, password })).toMatchObject({ kind: 'denied' });
});
