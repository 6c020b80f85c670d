import { harborFolder, listed } from '../domain/store-keys.ts';
import { harborKey } from '../domain/harbor-address.ts';
import type { RunStore, World } from '../ports.ts';

const { state: all } = listed;

/**
 * What runs remember of one Harbor, for later runs: their history, what was seen untagged, which blobs manifests have.
 * A store may serve two, staging and production, say, or one that was moved: nothing may be condemned by what was seen
 * in the other. So every memory that outlives a run lies below the Harbor's address, and is opened only here. The lease
 * is one for the whole store, and what a run keeps for itself lies under its id.
 */
export function memoryOf(store: RunStore, harborUrl: string): RunStore {
  const own = harborFolder(harborKey(harborUrl));
  const placed = (key: string): string => {
    if (!key.startsWith(all)) throw new Error(`${key} is no memory`);
    return own + key.slice(all.length);
  };
  const named = (key: string): string => all + key.slice(own.length);
  return {
    address: store.address,
    read: (key) => store.read(placed(key)),
    write: (key, text, contentType) => store.write(placed(key), text, contentType),
    create: (key, text) => store.create(placed(key), text),
    replace: (key, text, etag) => store.replace(placed(key), text, etag),
    remove: (key) => store.remove(placed(key)),
    list: async (prefix) => (await store.list(placed(prefix))).map(named),
    openPart: (key) => store.openPart(placed(key)),
    readPart: (key) => store.readPart(placed(key)),
  };
}

/** The memory of the Harbor that a world has. Harbor is not asked. @throws RetentionError secret-… */
export async function memoryIn(world: Pick<World, 'harbor' | 'store'>): Promise<RunStore> {
  return memoryOf(world.store, await world.harbor.address());
}
