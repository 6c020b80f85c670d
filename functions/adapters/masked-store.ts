import { folders } from '../contract.ts';
import type { RunStore } from '../ports.ts';
import type { SecretMask } from './secret-mask.ts';

/**
 * A store whose reports can't hold a secret, whatever error text found its way into one. State and
 * facts are left as they are: a run goes on from them.
 */
export function maskedStore(store: RunStore, mask: SecretMask): RunStore {
  const shown = (key: string, text: string): string =>
    key.startsWith(folders.reports) ? mask.hide(text) : text;
  return {
    ...store,
    write: (key, text, contentType) => store.write(key, shown(key, text), contentType),
    create: (key, text) => store.create(key, shown(key, text)),
    replace: (key, text, etag) => store.replace(key, shown(key, text), etag),
  };
}
