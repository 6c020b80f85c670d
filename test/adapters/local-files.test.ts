import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  localDigestLists,
  localPolicySource,
  localRunStore,
} from '../../functions/adapters/local-files.ts';
import { runStoreContract } from './run-store-contract.ts';

runStoreContract('local folder', async () => {
  const root = await mkdtemp(join(tmpdir(), 'run-store-'));
  return {
    store: localRunStore(join(root, 'not', 'yet', 'there')),
    raw: (key) => readFile(join(root, 'not', 'yet', 'there', key)),
    damage: (key, bytes) => writeFile(join(root, 'not', 'yet', 'there', key), bytes),
    close: () => rm(root, { recursive: true }),
  };
});

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'local-files-'));
});
afterEach(() => rm(root, { recursive: true }));

test.each(['../outside', 'a/../../b', '/absolute', 'a//b', ''])(
  'the key %j does not leave the folder',
  async (key) => {
    const store = localRunStore(join(root, 'store'));
    await expect((async () => store.write(key, 'x'))()).rejects.toThrow('not a key');
  },
);

test('a lock whose process is gone does not block for ever', async () => {
  const store = localRunStore(root);
  await store.write('lease', 'one');
  const etag = (await store.read('lease'))?.etag ?? '';
  await writeFile(join(root, 'lease.lock'), '999999999');
  expect(await store.replace('lease', 'two', etag)).toBe(true);
});

test('a lock of a living process is respected', async () => {
  const store = localRunStore(root);
  await store.write('lease', 'one');
  const etag = (await store.read('lease'))?.etag ?? '';
  await writeFile(join(root, 'lease.lock'), String(process.ppid));
  expect(await store.replace('lease', 'two', etag)).toBe(false);
});

test('a folder that is a file is an error with its path', async () => {
  await writeFile(join(root, 'file'), '');
  await expect(localRunStore(join(root, 'file')).write('key', 'x')).rejects.toMatchObject({
    code: 'store-unreachable',
    message: expect.stringContaining(join(root, 'file', 'key')),
  });
});

test('the policy is read with the name it was asked for by', async () => {
  const path = join(root, 'policy.yaml');
  await writeFile(path, 'version: 1\n');
  expect(await localPolicySource(path).load()).toEqual({ text: 'version: 1\n', name: path });
});

test('a policy that is not there is unreadable, and the message says which', async () => {
  await expect(localPolicySource(join(root, 'nope.yaml')).load()).rejects.toMatchObject({
    code: 'policy-unreadable',
    message: `Could not read ${join(root, 'nope.yaml')}: ENOENT.`,
  });
});

test('a digest list is found beside the policy; one in S3 is refused, not taken for empty', async () => {
  await writeFile(join(root, 'digests.txt'), 'sha256:00\n');
  const read = localDigestLists(root);
  expect(await read({ kind: 'file', path: 'digests.txt' })).toMatchObject({
    text: 'sha256:00\n',
    modifiedAt: expect.any(Number),
  });
  await expect(read({ kind: 's3', bucket: 'b', key: 'k' })).rejects.toMatchObject({
    code: 'policy-unreadable',
  });
});

test.each(['', '/', '/.', '/x/..'])(
  'a folder written with %j behind lists what it holds',
  async (end) => {
    await localRunStore(join(root, 'kept')).write('reports/one.json', '{}');
    expect(await localRunStore(`${join(root, 'kept')}${end}`).list('reports/')).toEqual([
      'reports/one.json',
    ]);
  },
);
