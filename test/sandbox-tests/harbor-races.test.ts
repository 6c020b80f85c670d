import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { digestOf } from '../sandbox/harbor/content.ts';
import { type Talk, imageOf, pushImage, putManifest, rowsOf, talkTo, uploadParts } from './talk.ts';

const HOUR = 3_600_000;
const BASE = 'a base layer that both need';

let harbor: EmbeddedHarbor;
let admin: Talk;

beforeEach(async () => {
  harbor = await startHarbor();
  admin = talkTo(harbor, 'admin');
  for (const name of ['team', 'other', 'bin']) harbor.seed.project(name);
});
afterEach(() => harbor.close());

async function collectGarbage(): Promise<void> {
  harbor.clock.advance(3 * HOUR);
  await admin('POST', '/system/gc/schedule', {
    schedule: { type: 'Manual' },
    parameters: { delete_untagged: false },
  });
  harbor.clock.advance(60_000);
}

const layerOf = (repository: string): Promise<{ status: number }> =>
  admin('GET', `/v2/${repository}/blobs/${digestOf(BASE)}`);

/** Deletes the only other user of a layer while a copy of something that needs it is on its way. */
async function copyBesideDeletion(): Promise<{ copied: string }> {
  const old = await pushImage(harbor, { repository: 'bin/old', tag: '1' }, [BASE]);
  const fresh = await pushImage(harbor, { repository: 'team/app', tag: '1' }, [BASE, 'more']);
  const hold = harbor.hold({ method: 'POST', path: /from=/ });
  const copying = admin(
    'POST',
    `/projects/bin/repositories/app/artifacts?from=team/app@${fresh.digest}`,
  );
  await hold.reached;
  expect(
    (await admin('DELETE', `/projects/bin/repositories/old/artifacts/${old.digest}`)).status,
  ).toBe(200);
  hold.release();
  expect((await copying).status).toBe(201);
  expect(
    (await admin('DELETE', `/projects/team/repositories/app/artifacts/${fresh.digest}`)).status,
  ).toBe(200);
  return { copied: fresh.digest };
}

test('without the fault a copy beside a deletion keeps its layers', async () => {
  await copyBesideDeletion();
  await collectGarbage();
  expect((await layerOf('bin/app')).status).toBe(200);
});

test('T40: with it the copy lists and reads, and its layer is gone after the next collection', async () => {
  harbor.faults.on('lost-blob-links');
  const { copied } = await copyBesideDeletion();
  expect((await layerOf('bin/app')).status).toBe(200);
  await collectGarbage();
  expect((await admin('GET', `/projects/bin/repositories/app/artifacts/${copied}`)).status).toBe(
    200,
  );
  expect((await admin('GET', `/v2/bin/app/manifests/${copied}`)).status).toBe(200);
  expect((await layerOf('bin/app')).status).toBe(404);
});

test('T40: it does not matter which of the two ends first', async () => {
  harbor.faults.on('lost-blob-links');
  const old = await pushImage(harbor, { repository: 'bin/old', tag: '1' }, [BASE]);
  const fresh = await pushImage(harbor, { repository: 'team/app', tag: '1' }, [BASE, 'more']);
  const hold = harbor.hold({ method: 'DELETE', path: /old/ });
  const deleting = admin('DELETE', `/projects/bin/repositories/old/artifacts/${old.digest}`);
  await hold.reached;
  await admin('POST', `/projects/bin/repositories/app/artifacts?from=team/app@${fresh.digest}`);
  hold.release();
  expect((await deleting).status).toBe(200);
  await admin('DELETE', `/projects/team/repositories/app/artifacts/${fresh.digest}`);
  await collectGarbage();
  expect((await layerOf('bin/app')).status).toBe(404);
});

test('putting the manifest again by digest heals lost links, if no collection came first', async () => {
  harbor.faults.on('lost-blob-links');
  const { copied } = await copyBesideDeletion();
  const { text } = await admin('GET', `/v2/bin/app/manifests/${copied}`);
  const healed = await putManifest(
    harbor,
    { repository: 'bin/app', reference: copied },
    Buffer.from(text),
  );
  expect(healed.status).toBe(201);
  await collectGarbage();
  expect((await layerOf('bin/app')).status).toBe(200);
});

test('neither a HEAD of the layer nor a copy inside the project heals them', async () => {
  harbor.faults.on('lost-blob-links');
  const { copied } = await copyBesideDeletion();
  await admin('HEAD', `/v2/bin/app/blobs/${digestOf(BASE)}`);
  await admin('POST', `/projects/bin/repositories/again/artifacts?from=bin/app@${copied}`);
  await collectGarbage();
  expect((await layerOf('bin/app')).status).toBe(404);
});

test('a copy from another project heals them', async () => {
  harbor.faults.on('lost-blob-links');
  const old = await pushImage(harbor, { repository: 'bin/old', tag: '1' }, [BASE]);
  const fresh = await pushImage(harbor, { repository: 'team/app', tag: '1' }, [BASE, 'more']);
  const hold = harbor.hold({ method: 'POST', path: /from=/ });
  const copying = admin(
    'POST',
    `/projects/bin/repositories/app/artifacts?from=team/app@${fresh.digest}`,
  );
  await hold.reached;
  await admin('DELETE', `/projects/bin/repositories/old/artifacts/${old.digest}`);
  hold.release();
  await copying;
  await admin('POST', `/projects/bin/repositories/app/artifacts?from=team/app@${fresh.digest}`);
  await admin('DELETE', `/projects/team/repositories/app/artifacts/${fresh.digest}`);
  await collectGarbage();
  expect((await layerOf('bin/app')).status).toBe(200);
});

/** Deletes something while `latest` moves away from it. */
async function moveBesideDeletion(
  path: (digest: string) => string,
): Promise<{ pushed: string; status: number }> {
  const old = await pushImage(harbor, { repository: 'team/app', tag: 'latest' }, ['one']);
  const fresh = imageOf('next', ['two']);
  await uploadParts(harbor, 'team/app', { config: fresh.config, layers: ['two'] });
  const hold = harbor.hold({ method: 'DELETE', path: /./ });
  const deleting = admin('DELETE', path(old.digest));
  await hold.reached;
  expect(
    (await putManifest(harbor, { repository: 'team/app', reference: 'latest' }, fresh.manifest))
      .status,
  ).toBe(201);
  hold.release();
  return { pushed: fresh.digest, status: (await deleting).status };
}

const artifactPath = (digest: string): string =>
  `/projects/team/repositories/app/artifacts/${digest}`;
const tagPath = (digest: string): string => `${artifactPath(digest)}/tags/latest`;
const tagsOf = (digest: string): readonly string[] =>
  harbor.state.artifacts('team').find((artifact) => artifact.digest === digest)?.tags ?? [];

test('a tag that moved while its old image was deleted stays where it went', async () => {
  const { pushed, status } = await moveBesideDeletion(artifactPath);
  expect(status).toBe(200);
  expect(tagsOf(pushed)).toEqual(['latest']);
});

test('deleting a tag that moved meanwhile is 404, and the tag stays', async () => {
  const { pushed, status } = await moveBesideDeletion(tagPath);
  expect(status).toBe(404);
  expect(tagsOf(pushed)).toEqual(['latest']);
});

test.each([
  ['the old image', artifactPath],
  ['the old tag', tagPath],
])(
  'T47: with the fault the tag is lost when %s is deleted, and all answers are good',
  async (_, path) => {
    harbor.faults.on('lost-tags');
    const { pushed, status } = await moveBesideDeletion(path);
    expect(status).toBe(200);
    expect(tagsOf(pushed)).toEqual([]);
    expect((await admin('GET', '/projects/team/repositories/app/artifacts/latest')).status).toBe(
      404,
    );
  },
);

test('T49: with the fault a deletion beside a push into its repository is 500 and nothing is deleted', async () => {
  harbor.faults.on('deadlock');
  const { status } = await moveBesideDeletion(artifactPath);
  expect(status).toBe(500);
  expect(harbor.state.artifacts('team')).toHaveLength(2);
});

test.each([
  ['team/web', 'two', 200],
  ['team/web', 'one', 500],
  ['bin/web', 'one', 200],
])('T49: beside a push into %s of layer %s it is %d', async (repository, layer, expected) => {
  harbor.faults.on('deadlock');
  const old = await pushImage(harbor, { repository: 'team/app', tag: '1' }, ['one']);
  const fresh = imageOf('next', [layer]);
  await uploadParts(harbor, repository, { config: fresh.config, layers: [layer] });
  const hold = harbor.hold({ method: 'DELETE', path: /./ });
  const deleting = admin('DELETE', artifactPath(old.digest));
  await hold.reached;
  await putManifest(harbor, { repository, reference: '1' }, fresh.manifest);
  hold.release();
  expect((await deleting).status).toBe(expected);
});

test('T49: a push that shares a layer with what is deleted elsewhere in its project may fail, too', async () => {
  harbor.faults.on('deadlock-push');
  const old = await pushImage(harbor, { repository: 'team/app', tag: '1' }, ['one']);
  const fresh = imageOf('next', ['one']);
  await uploadParts(harbor, 'team/web', { config: fresh.config, layers: ['one'] });
  const hold = harbor.hold({ method: 'PUT', path: /manifests/ });
  const pushing = putManifest(harbor, { repository: 'team/web', reference: '1' }, fresh.manifest);
  await hold.reached;
  expect((await admin('DELETE', artifactPath(old.digest))).status).toBe(200);
  hold.release();
  expect((await pushing).status).toBe(500);
});

test('T49: or the push is the one that fails', async () => {
  harbor.faults.on('deadlock-push');
  const old = await pushImage(harbor, { repository: 'team/app', tag: 'latest' }, ['one']);
  const fresh = imageOf('next', ['two']);
  await uploadParts(harbor, 'team/app', { config: fresh.config, layers: ['two'] });
  const hold = harbor.hold({ method: 'PUT', path: /manifests/ });
  const pushing = putManifest(
    harbor,
    { repository: 'team/app', reference: 'latest' },
    fresh.manifest,
  );
  await hold.reached;
  expect((await admin('DELETE', artifactPath(old.digest))).status).toBe(200);
  hold.release();
  expect((await pushing).status).toBe(500);
  expect(harbor.state.artifacts('team')).toEqual([]);
});

test('of two who delete one artifact exactly one succeeds', async () => {
  const { digest } = await pushImage(harbor, { repository: 'team/app', tag: '1' }, ['one']);
  const hold = harbor.hold({ method: 'DELETE', path: /./ });
  const first = admin('DELETE', artifactPath(digest));
  await hold.reached;
  expect((await admin('DELETE', artifactPath(digest))).status).toBe(200);
  hold.release();
  expect((await first).status).toBe(404);
});

test('a round trip through another project survives a collection after each step', async () => {
  const image = await pushImage(harbor, { repository: 'team/app', tag: '1' }, [BASE, 'more']);
  const there = `/projects/bin/repositories/team%252Fapp/artifacts`;
  expect((await admin('POST', `${there}?from=team/app@${image.digest}`)).status).toBe(201);
  await admin('DELETE', artifactPath(image.digest));
  await collectGarbage();
  const back = `/projects/team/repositories/app/artifacts?from=bin/team/app@${image.digest}`;
  expect((await admin('POST', back)).status).toBe(201);
  await admin('DELETE', `${there}/${image.digest}`);
  await collectGarbage();
  expect((await admin('GET', `/v2/team/app/manifests/1`)).text).toBe(image.manifest.toString());
  expect((await layerOf('team/app')).status).toBe(200);
  const rows = rowsOf(await admin('GET', '/projects/team/artifacts'));
  expect(rows.map((row) => row['digest'])).toEqual([image.digest]);
});
