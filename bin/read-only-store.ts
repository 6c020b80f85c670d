import type { RunStore } from '../functions/ports.ts';

/** A store that can be read and refuses every change, whoever asks for it. */
export function readOnlyStore(store: RunStore): RunStore {
  const refuse = (what: string) => (key: string) =>
    Promise.reject(new Error(`this command reads only, and was to ${what} ${key}`));
  return {
    address: store.address,
    read: (key) => store.read(key),
    list: (prefix) => store.list(prefix),
    readPart: (key) => store.readPart(key),
    write: refuse('write'),
    create: refuse('create'),
    replace: refuse('replace'),
    remove: refuse('remove'),
    openPart: (key) => {
      throw new Error(`this command reads only, and was to write ${key}`);
    },
  };
}

/** The same, for a reader who may list only some folders: of these, what a list does not show is not asked for. */
export function listedFirst(store: RunStore, folder: string): RunStore {
  let keys: Promise<ReadonlySet<string>> | undefined;
  const isThere = async (key: string): Promise<boolean> => {
    keys ??= store.list(folder).then((found) => new Set(found));
    return (await keys).has(key);
  };
  return {
    ...store,
    read: async (key) =>
      key.startsWith(folder) && !(await isThere(key)) ? undefined : await store.read(key),
  };
}
