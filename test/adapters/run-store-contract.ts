import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RetentionError } from '../../functions/errors.ts';
import type { RunStore } from '../../functions/ports.ts';

export interface StoreUnderTest {
  readonly store: RunStore;
  /** The bytes as they lie there, past the store. */
  raw(key: string): Promise<Buffer> | Buffer;
  /** Puts bytes there, past the store. */
  damage(key: string, bytes: Buffer): Promise<void>;
  close(): Promise<void>;
}

const all = async (lines: AsyncIterable<string>): Promise<readonly string[]> => {
  const found: string[] = [];
  for await (const line of lines) found.push(line);
  return found;
};

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'succeeded',
    (error: unknown) => (error instanceof RetentionError ? error.code : String(error)),
  );

/** What every RunStore owes; the fake in test/support passes it as well as the adapters. */
export function runStoreContract(name: string, start: () => Promise<StoreUnderTest>): void {
  describe(`run store: ${name}`, () => {
    let subject: StoreUnderTest;
    let store: RunStore;
    beforeAll(async () => {
      subject = await start();
      store = subject.store;
    });
    afterAll(() => subject.close());

    test('what was written is read, and what was not is undefined', async () => {
      await store.write('state/a/one.json', '{"ü":"\u{1f433}"}');
      expect((await store.read('state/a/one.json'))?.text).toBe('{"ü":"\u{1f433}"}');
      expect(await store.read('state/a/two.json')).toBeUndefined();
    });

    test('create succeeds once', async () => {
      expect(await store.create('state/lease', 'mine')).toBe(true);
      expect(await store.create('state/lease', 'yours')).toBe(false);
      expect(await store.create('state/lease', 'mine')).toBe(false);
      expect((await store.read('state/lease'))?.text).toBe('mine');
    });

    test('of ten that create at once, one succeeds', async () => {
      const won = await Promise.all(
        Array.from({ length: 10 }, (_, index) => store.create('state/race', String(index))),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
    });

    test('replace takes only what was read', async () => {
      await store.write('state/cursor', '1');
      const read = await store.read('state/cursor');
      expect(await store.replace('state/cursor', '2', read?.etag ?? '')).toBe(true);
      expect(await store.replace('state/cursor', '3', read?.etag ?? '')).toBe(false);
      expect((await store.read('state/cursor'))?.text).toBe('2');
    });

    test('of ten that replace the same version, one succeeds', async () => {
      await store.write('state/taken', 'free');
      const etag = (await store.read('state/taken'))?.etag ?? '';
      const won = await Promise.all(
        Array.from({ length: 10 }, (_, index) => store.replace('state/taken', `${index}`, etag)),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
    });

    test('replace does not create', async () => {
      expect(await store.replace('state/nothing', 'x', '"0"')).toBe(false);
      expect(await store.read('state/nothing')).toBeUndefined();
    });

    test('what was removed is gone, and may be removed and created again', async () => {
      await store.write('state/gone', 'x');
      await store.remove('state/gone');
      await store.remove('state/gone');
      expect(await store.read('state/gone')).toBeUndefined();
      expect(await store.create('state/gone', 'back')).toBe(true);
    });

    test('list names every key behind a prefix, in order, and nothing else', async () => {
      for (const key of ['list/b/2', 'list/a', 'list/b/1', 'listed/x']) await store.write(key, 'x');
      expect(await store.list('list/')).toEqual(['list/a', 'list/b/1', 'list/b/2']);
      expect(await store.list('list/b/')).toEqual(['list/b/1', 'list/b/2']);
      expect(await store.list('nowhere/')).toEqual([]);
    });

    test('a part comes back line by line, and its figures are true', async () => {
      const lines = Array.from({ length: 30_000 }, (_, index) =>
        JSON.stringify({ index, name: `team/äpp-${index}`, digest: 'sha256:'.padEnd(71, 'a') }),
      );
      const part = store.openPart('inventory/part-1.ndjson.gz');
      for (const line of lines) await part.write(line);
      expect(await store.list('inventory/')).toEqual([]);
      const info = await part.close();
      const raw = await subject.raw('inventory/part-1.ndjson.gz');
      const text = `${lines.join('\n')}\n`;
      expect(info).toEqual({
        key: 'inventory/part-1.ndjson.gz',
        lines: lines.length,
        bytes: raw.length,
        sha256: createHash('sha256').update(text).digest('hex'),
      });
      expect(gunzipSync(raw).toString()).toBe(text);
      expect(await all(store.readPart('inventory/part-1.ndjson.gz'))).toEqual(lines);
    });

    test('a part without lines is a part', async () => {
      const info = await store.openPart('empty.ndjson.gz').close();
      expect(info.lines).toBe(0);
      expect(await all(store.readPart('empty.ndjson.gz'))).toEqual([]);
    });

    test('writing a part again replaces it', async () => {
      for (const line of ['one', 'two']) {
        const part = store.openPart('again.ndjson.gz');
        await part.write(line);
        await part.close();
      }
      expect(await all(store.readPart('again.ndjson.gz'))).toEqual(['two']);
    });

    test('a reader may stop in the middle', async () => {
      const part = store.openPart('long.ndjson.gz');
      for (let index = 0; index < 50_000; index += 1) await part.write(`line ${index}`);
      await part.close();
      for await (const line of store.readPart('long.ndjson.gz')) {
        expect(line).toBe('line 0');
        break;
      }
    });

    test('a missing part is an error, never an empty one', async () => {
      expect(await codeOf(all(store.readPart('missing.ndjson.gz')))).toBe('state-invalid');
    });

    test.each([
      ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 10)],
      ['of nothing', () => Buffer.alloc(0)],
      ['of something else', () => Buffer.from('{"not":"gzip"}\n')],
    ])('a part %s is an error, never a shorter one', async (_name, change) => {
      const part = store.openPart('damaged.ndjson.gz');
      for (let index = 0; index < 1000; index += 1) await part.write(`line ${index}`);
      await part.close();
      await subject.damage('damaged.ndjson.gz', change(await subject.raw('damaged.ndjson.gz')));
      expect(await codeOf(all(store.readPart('damaged.ndjson.gz')))).toBe('state-invalid');
    });

    test('a closed part takes nothing more', async () => {
      const part = store.openPart('closed.ndjson.gz');
      await part.close();
      await expect(part.write('late')).rejects.toThrow('closed');
      await expect(part.close()).rejects.toThrow('closed');
    });
  });
}
