import { sha256Hex } from './hash.ts';

/**
 * The address of a Harbor in one form, however it was written: letter case of scheme and host, a default port, slashes
 * at the end and the API's own path make no difference. What is no address stays as it is.
 */
export function normalAddress(url: string): string {
  if (!URL.canParse(url)) return url;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname.replace(/\/+$/, '').replace(/\/api(\/v2\.0)?$/, '')}`;
}

/** A name for keys of a store: for people to read, and never the same for two addresses. */
export function harborKey(url: string): string {
  const address = normalAddress(url);
  const shown = address.replace(/^https?:\/\//, '').replace(/[^a-zA-Z0-9.-]+/g, '-');
  return `${shown.slice(0, 60)}-${sha256Hex(address).slice(0, 12)}`;
}
