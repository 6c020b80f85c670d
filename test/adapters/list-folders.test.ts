import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { listFolders } from '../../functions/adapters/list-folders.ts';
import { localRunStore } from '../../functions/adapters/local-files.ts';
import { memoryStore } from '../support/memory-store.ts';

const filesIn = (files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'lists-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
};

test('without a place the lists lie with the reports, in a folder of their own', async () => {
  const out = filesIn({
    'lists/workloads/eu.ndjson': 'eu',
    'lists/workloads/old/us.ndjson': 'us',
    'lists/mine.txt': 'mine',
    'reports/latest.json': '{}',
  });
  const folder = listFolders(localRunStore(out), { base: '/nowhere' })({ kind: 'store' });
  expect(folder.address).toBe(join(out, 'lists', 'workloads'));
  expect(await folder.list()).toEqual(['eu.ndjson']);
  expect(await folder.read('eu.ndjson')).toBe('eu');
  expect(await folder.read('us.ndjson')).toBeUndefined();
});

test('a folder is seen from that of the policy; one that is not there has no lists', async () => {
  const base = filesIn({ 'clusters/eu.ndjson': 'eu' });
  const open = listFolders(memoryStore(), { base });
  const folder = open({ kind: 'folder', path: 'clusters' });
  expect(folder.address).toBe(join(base, 'clusters'));
  expect(await folder.list()).toEqual(['eu.ndjson']);
  expect(await folder.read('eu.ndjson')).toBe('eu');
  expect(await open({ kind: 'folder', path: 'elsewhere' }).list()).toEqual([]);
});

test.each([
  ['lists', 'lists/'],
  ['lists/', 'lists/'],
  ['', ''],
])('another bucket is opened at the prefix %j, as a folder', async (prefix, opened) => {
  const seen: unknown[] = [];
  const store = memoryStore();
  await store.write('eu.ndjson', 'eu');
  const open = listFolders(memoryStore(), {
    base: '.',
    openBucket: (at) => {
      seen.push(at);
      return store;
    },
  });
  const folder = open({ kind: 's3', bucket: 'clusters', prefix });
  expect(await folder.list()).toEqual(['eu.ndjson']);
  expect(seen).toEqual([{ bucket: 'clusters', prefix: opened }]);
});

test('where no bucket can be opened, asking for its lists fails, and opening does not', async () => {
  const open = listFolders(memoryStore(), { base: '.' });
  const folder = open({ kind: 's3', bucket: 'clusters', prefix: 'lists' });
  await expect(folder.list()).rejects.toThrow(/s3:\/\/clusters\/lists can't be read from here/);
  await expect(folder.read('eu.ndjson')).rejects.toMatchObject({ code: 'policy-unreadable' });
});
