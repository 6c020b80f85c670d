import type { PartInfo, RunStore } from '../../functions/ports.ts';

/** What S3 would be asked and given, as its bill counts it. */
export interface StoreCounts {
  readonly put: number;
  readonly get: number;
  readonly list: number;
  /** Costs nothing. */
  readonly remove: number;
  readonly megabytesWritten: number;
  /** Of that, what stays: below `reports/`. */
  readonly megabytesReported: number;
  /** Of that, what stays thirty days: below `inventory/`. */
  readonly megabytesOfFacts: number;
  /** The largest object that is overwritten as a whole, by its last part of the key. */
  readonly largestState: { readonly name: string; readonly megabytes: number };
}

/** A store that counts; every method is one request to S3, a list one per thousand keys. */
export function countingStore(store: RunStore): RunStore & { counts(): StoreCounts } {
  const asked = { put: 0, get: 0, list: 0, remove: 0 };
  const bytes = new Map<string, number>();
  const largest = { name: '', megabytes: 0 };
  const wrote = (key: string, size: number): void => {
    asked.put += 1;
    const folder = key.split('/')[0] ?? '';
    bytes.set(folder, (bytes.get(folder) ?? 0) + size);
    if (folder !== 'state' || size / 1e6 <= largest.megabytes) return;
    Object.assign(largest, { name: key.split('/').at(-1) ?? '', megabytes: size / 1e6 });
  };
  const inMegabytes = (folder: string): number => (bytes.get(folder) ?? 0) / 1e6;
  return {
    address: store.address,
    read: (key) => {
      asked.get += 1;
      return store.read(key);
    },
    write: (key, text, contentType) => {
      wrote(key, Buffer.byteLength(text));
      return store.write(key, text, contentType);
    },
    create: (key, text) => {
      wrote(key, Buffer.byteLength(text));
      return store.create(key, text);
    },
    replace: (key, text, etag) => {
      wrote(key, Buffer.byteLength(text));
      return store.replace(key, text, etag);
    },
    remove: (key) => {
      asked.remove += 1;
      return store.remove(key);
    },
    list: async (prefix) => {
      const keys = await store.list(prefix);
      asked.list += Math.max(1, Math.ceil(keys.length / 1_000));
      return keys;
    },
    openPart: (key) => {
      const part = store.openPart(key);
      return {
        write: (line) => part.write(line),
        close: async (): Promise<PartInfo> => {
          const info = await part.close();
          wrote(key, info.bytes);
          return info;
        },
      };
    },
    readPart: (key) => {
      asked.get += 1;
      return store.readPart(key);
    },
    counts: () => ({
      ...asked,
      megabytesWritten: [...bytes.keys()].map(inMegabytes).reduce((a, b) => a + b, 0),
      megabytesReported: inMegabytes('reports'),
      megabytesOfFacts: inMegabytes('inventory'),
      largestState: { ...largest },
    }),
  };
}
