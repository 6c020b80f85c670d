import { expect, test } from '@jest/globals';
import { readImageList } from '../../functions/domain/image-list.ts';
import { parseWorkloadList } from '../../functions/domain/workload-list.ts';
import { inUseAsOf, listsAsOf } from '../../functions/inventory/lists-as-of.ts';
import type { DatedText, InUseList } from '../../functions/ports.ts';

const takenAt = Date.UTC(2026, 10, 21, 3, 30);
const [earlier, later] = [takenAt - 3_600_000, takenAt + 3_600_000];
const source = { kind: 'file', path: 'list.txt' } as const;

const asOf = async (list: string | DatedText): Promise<DatedText> => {
  const read = await listsAsOf(() => Promise.resolve(list), takenAt)(source);
  return typeof read === 'string' ? { text: read, modifiedAt: 'unknown' } : read;
};

test.each([
  [earlier, earlier],
  [takenAt, takenAt],
  [later, takenAt],
  ['unknown', 'unknown'],
] as const)('a list of %s counts as one of %s', async (modifiedAt, expected) => {
  expect(await asOf({ text: 'team/app:v1', modifiedAt })).toEqual({
    text: 'team/app:v1',
    modifiedAt: expected,
  });
});

test.each([
  ['2026-11-21T02:30:00Z', earlier],
  ['2026-11-21T05:30:00+01:00', takenAt],
  ['2026-11-22T03:30:00Z', takenAt],
])('a list that says %s of itself, too, in both of its forms', async (written, expected) => {
  const plain = await asOf(`# writtenAt: ${written}\nteam/app:v1\n`);
  expect(readImageList(plain.text)).toMatchObject({ ok: true, writtenAt: expected });
  const header = `{"list":"harbor-retention/workloads","version":1,"source":"ecs","scope":"prod","writtenAt":"${written}","complete":true,"uses":0,"missing":[]}\n`;
  const { text } = await asOf({ text: header, modifiedAt: later });
  expect(parseWorkloadList(text)).toMatchObject({ writtenAt: expected, unreadable: [] });
});

test('a source of images in use keeps all but a time that is later', async () => {
  const list = (writtenAt: InUseList['writtenAt']): InUseList => ({
    name: 'prod',
    entries: [],
    writtenAt,
    freshWithin: 1,
    unreadable: [{ because: 'it is cut off.', remedy: 'Write it again.' }],
  });
  const { kinds, open } = inUseAsOf(
    {
      kinds: ['list'],
      open: () => ({
        name: 'lists',
        scope: 'team',
        read: () => Promise.resolve([list(later), list(earlier), list('unknown')]),
      }),
    },
    takenAt,
  );
  const opened = open({ kind: 'list', options: {}, mirrors: {} });
  expect([kinds, opened.name, opened.scope]).toEqual([['list'], 'lists', 'team']);
  expect(await opened.read()).toEqual([list(takenAt), list(earlier), list('unknown')]);
});
