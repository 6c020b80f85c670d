import { dirname } from 'node:path';
import { listFolders } from '../functions/adapters/list-folders.ts';
import { localDigestLists } from '../functions/adapters/local-files.ts';
import { s3DigestLists } from '../functions/adapters/s3-policy-source.ts';
import { newS3Client, s3RunStore } from '../functions/adapters/s3-run-store.ts';
import type { DigestListReader, ListFolderOpener, RunStore } from '../functions/ports.ts';
import { readOnlyStore } from './read-only-store.ts';

/** What lists of digests and of images in use are read with, where no run reads them. */
export interface ListReaders {
  readonly readDigestList: DigestListReader;
  readonly openFolder: ListFolderOpener;
}

/**
 * Reads lists in S3 as a run reads them, those in files beside a policy, and collected ones of this store; nothing is
 * written anywhere.
 */
export function listReaders(store: RunStore, policyFile: string): ListReaders {
  const base = dirname(policyFile);
  const client = newS3Client();
  return {
    readDigestList: s3DigestLists(client, localDigestLists(base)),
    openFolder: listFolders(store, {
      base,
      openBucket: (at) => readOnlyStore(s3RunStore(client, at)),
    }),
  };
}
