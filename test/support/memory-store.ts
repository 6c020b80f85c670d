import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { RetentionError } from '../../functions/errors.ts';
import type { RunStore } from '../../functions/ports.ts';

/** A run store in memory; passes the same suite as S3 and folders. */
export interface MemoryStore extends RunStore {
  readonly texts: ReadonlyMap<string, string>;
  /** Gzipped, as they lie in S3. */
  readonly parts: Map<string, Buffer>;
  /** A store of its own with the same content. */
  readonly copy: () => MemoryStore;
}

interface Content {
  readonly texts: ReadonlyMap<string, string>;
  readonly versions: ReadonlyMap<string, number>;
  readonly parts: ReadonlyMap<string, Buffer>;
  readonly serial: number;
}

/** @param given what lies in it at first; nothing, if left out */
export function memoryStore(given?: Content): MemoryStore {
  const texts = new Map(given?.texts);
  const versions = new Map(given?.versions);
  const parts = new Map(given?.parts);
  let serial = given?.serial ?? 0;
  const put = (key: string, text: string): void => {
    serial += 1;
    texts.set(key, text);
    versions.set(key, serial);
  };
  const later = <T>(work: () => T): Promise<T> => Promise.resolve().then(work);
  return {
    address: 'memory',
    copy: () => memoryStore({ texts, versions, parts, serial }),
    texts,
    parts,
    read: (key) =>
      later(() => {
        const text = texts.get(key);
        return text === undefined ? undefined : { text, etag: String(versions.get(key)) };
      }),
    write: (key, text) => later(() => put(key, text)),
    create: (key, text) =>
      later(() => {
        if (texts.has(key)) return false;
        put(key, text);
        return true;
      }),
    replace: (key, text, etag) =>
      later(() => {
        if (String(versions.get(key)) !== etag || !texts.has(key)) return false;
        put(key, text);
        return true;
      }),
    remove: (key) =>
      later(() => {
        texts.delete(key);
        parts.delete(key);
      }),
    list: (prefix) =>
      later(() =>
        [...texts.keys(), ...parts.keys()].filter((key) => key.startsWith(prefix)).toSorted(),
      ),
    openPart: (key) => {
      const lines: string[] = [];
      let isClosed = false;
      return {
        write: (line) =>
          later(() => {
            if (isClosed) throw new Error(`${key} is closed`);
            lines.push(line);
          }),
        close: () =>
          later(() => {
            if (isClosed) throw new Error(`${key} is closed`);
            isClosed = true;
            const text = lines.map((line) => `${line}\n`).join('');
            const raw = gzipSync(text);
            parts.set(key, raw);
            const sha256 = createHash('sha256').update(text).digest('hex');
            return { key, lines: lines.length, bytes: raw.length, sha256 };
          }),
      };
    },
    readPart: (key) => linesOf(parts, key),
  };
}

async function* linesOf(parts: ReadonlyMap<string, Buffer>, key: string): AsyncGenerator<string> {
  const raw = parts.get(key);
  const text = raw === undefined ? undefined : unzipped(raw);
  if (text === undefined) {
    throw new RetentionError('state-invalid', `memory/${key} is missing or damaged.`);
  }
  for (const line of text.split('\n').slice(0, -1)) yield await Promise.resolve(line);
}

function unzipped(raw: Buffer): string | undefined {
  try {
    return gunzipSync(raw).toString();
  } catch {
    return undefined;
  }
}
