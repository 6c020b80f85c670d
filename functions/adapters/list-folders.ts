import { resolve } from 'node:path';
import { workloadsContract } from '../contract.ts';
import { RetentionError } from '../errors.ts';
import type { ListFolder, ListFolderOpener, RunStore } from '../ports.ts';
import { localRunStore } from './local-files.ts';

type Bucket = (at: { readonly bucket: string; readonly prefix: string }) => RunStore;

/**
 * Opens folders of collected lists: that of the store in which reports lie, one on this machine below `base`, and, where
 * `openBucket` is given, one in another bucket.
 */
export function listFolders(
  store: RunStore,
  { base, openBucket }: { readonly base: string; readonly openBucket?: Bucket },
): ListFolderOpener {
  return (place) => {
    if (place.kind === 'store') return folderOf(store, workloadsContract.folder);
    if (place.kind === 'folder') return folderOf(localRunStore(resolve(base, place.path)), '');
    const { bucket, prefix } = place;
    if (openBucket === undefined) return outOfReach(`s3://${bucket}/${prefix}`);
    return folderOf(openBucket({ bucket, prefix: withSlash(prefix) }), '');
  };
}

function outOfReach(address: string): ListFolder {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new RetentionError('policy-unreadable', `The lists in ${address} can't be read from here.`),
    );
  return { address, list: refuse, read: refuse };
}

const withSlash = (prefix: string): string =>
  prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;

/** What lies directly in the folder: whatever is deeper is something else. */
function folderOf(store: RunStore, prefix: string): ListFolder {
  return {
    address: `${store.address}/${prefix}`.replace(/\/+$/, ''),
    list: async () => {
      const keys = await store.list(prefix);
      return keys.map((key) => key.slice(prefix.length)).filter((name) => !name.includes('/'));
    },
    read: async (name) => (await store.read(`${prefix}${name}`))?.text,
  };
}
