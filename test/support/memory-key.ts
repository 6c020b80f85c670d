import { harborKey } from '../../functions/domain/harbor-address.ts';

/** Where a store keeps what is remembered of one Harbor: `name` is `history.json`, for example. */
export const memoryKey = (harbor: { readonly url: string }, name: string): string =>
  `state/harbors/${harborKey(harbor.url)}/${name}`;
