import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { document, linesOf, withFields } from '../../functions/store/document.ts';
import { documents } from '../../functions/store/documents.ts';
import type { RunStore } from '../../functions/ports.ts';
import { memoryStore } from '../support/memory-store.ts';

interface Note {
  readonly of: string;
  readonly count: number;
}

const schema = withFields<Note>()({ of: z.string(), count: z.number() });
const about = { version: 2, isNot: 'is no note', remedy: 'Remove it.' } as const;
const key = (name: string): string => `state/${name}.json`;
const refusing = document(key, schema, { ...about, whenDamaged: 'refuse' });
const forgetting = document(key, schema, { ...about, whenDamaged: 'forget' });

async function storing(text: string): Promise<RunStore> {
  const store = memoryStore();
  await store.write(key('a'), text);
  return store;
}

describe('a document', () => {
  test('is read as it was written, with its version, and with fields that this version does not know', async () => {
    const store = memoryStore();
    expect(await refusing.read(store, 'a')).toBeUndefined();
    await refusing.write(store, { of: 'x', count: 1 }, 'a');
    expect(await refusing.read(store, 'a')).toEqual({ of: 'x', count: 1, version: 2 });
    const more = { of: 'x', count: 1, more: [1] };
    expect(await refusing.readAt(await storing(JSON.stringify(more)), key('a'))).toEqual(more);
  });

  test.each([
    ['no JSON', '{"of":', /state\/a.json is no note\.$/],
    ['a list', '[]', /is no note\.$/],
    ['nothing', 'null', /is no note\.$/],
    ['without a field', '{"of":"x"}', /is no note: it lacks "count"/],
    ['of another kind', '{"of":1,"count":1}', /it lacks "of", or holds something else/],
    ['of a newer version', '{"version":3,"of":"x","count":1}', /newer .*version 3, .*knows 2/],
    ['of no version', '{"version":"2","of":"x","count":1}', /another .*version "2", .*1 to 2/],
    ['of half a version', '{"version":0.5,"of":"x","count":1}', /another harbor-retention/],
  ])('that is %s is refused in words, or counts as absent', async (_what, text, message) => {
    const store = await storing(text);
    expect(await forgetting.read(store, 'a')).toBeUndefined();
    await expect(refusing.read(store, 'a')).rejects.toMatchObject({
      code: 'state-invalid',
      message: expect.stringMatching(message),
      remedy: expect.stringContaining('Remove it.'),
    });
  });
});

test.each(Object.entries(documents))(
  '%s: another thing in its place is no such document',
  async (_name, one) => {
    const read = async (text: string): Promise<unknown> => {
      const store = memoryStore();
      await store.write('state/here.json', text);
      return await one
        .readAt(store, 'state/here.json')
        .catch((error: { code: string }) => error.code);
    };
    const damaged = one.whenDamaged === 'refuse' ? 'state-invalid' : undefined;
    for (const text of ['', 'null', '[]', '"text"', '{"version":99,"stateVersion":99}'])
      expect([text, await read(text)]).toEqual([text, damaged]);
  },
);

test('lines of a part are read one by one, and a damaged one is named', async () => {
  const store = memoryStore();
  const writer = store.openPart('inventory/a/part-00001.ndjson.gz');
  await writer.write('{"of":"x","count":1}');
  await writer.write('{"of":"x"}');
  await writer.close();
  const read: Note[] = [];
  const reading = async (): Promise<void> => {
    for await (const note of linesOf(store, 'inventory/a/part-00001.ndjson.gz', schema))
      read.push(note);
  };
  await expect(reading()).rejects.toMatchObject({
    code: 'state-invalid',
    message: 'memory/inventory/a/part-00001.ndjson.gz, line 2 is not what this run wrote there.',
  });
  expect(read).toEqual([{ of: 'x', count: 1 }]);
});
