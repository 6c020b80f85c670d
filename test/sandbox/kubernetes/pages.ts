import type { KubernetesFaults } from './faults.ts';
import type { StoredObject } from './objects.ts';

export interface Page {
  /** 0: everything. */
  readonly limit: number;
  readonly token: string | undefined;
}

let version = 1000;

const keyOf = ({ namespace = '', name }: StoredObject): string => `${namespace}/${name}`;

/** A page as an API server gives it: in the order of keys, with a token that names the key to go on from. */
export function listPage(
  found: readonly StoredObject[],
  { limit, token }: Page,
  faults: Pick<KubernetesFaults, 'moving' | 'circling'>,
): object {
  if (faults.moving) version += 1;
  const sorted = found.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const start = token === undefined ? '' : Buffer.from(token, 'base64').toString();
  const rest = sorted.filter((one) => keyOf(one) > start);
  const items = limit === 0 ? rest : rest.slice(0, limit);
  const last = items.at(-1);
  const isMore = items.length < rest.length && last !== undefined;
  const next = faults.circling && last !== undefined ? 'AAAA' : undefined;
  return {
    kind: 'List',
    apiVersion: 'v1',
    metadata: {
      resourceVersion: String(version),
      ...(isMore ? { continue: Buffer.from(keyOf(last)).toString('base64') } : {}),
      ...(isMore ? { remainingItemCount: rest.length - items.length } : {}),
      ...(next === undefined ? {} : { continue: next }),
    },
    items: items.length === 0 ? null : items.map(({ object }) => object),
  };
}
