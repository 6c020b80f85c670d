import type { DigestListReader, InUseRegistry } from '../../ports.ts';
import { RetentionError } from '../../errors.ts';
import { listSource } from './list.ts';

/** Every source of what workloads use, by the `kind` that a policy writes. */
const sources = { list: listSource } as const;

export const inUseKinds: readonly string[] = Object.keys(sources);

/** The sources, ready to be opened as a policy names them. */
export function inUseRegistry(readList: DigestListReader): InUseRegistry {
  return {
    kinds: inUseKinds,
    open: (config) => {
      if (config.kind !== 'list') {
        throw new RetentionError(
          'policy-invalid',
          `protect.inUse: there is no source ${JSON.stringify(config.kind)}; there are ${inUseKinds.join(', ')}.`,
        );
      }
      return sources.list(config, readList);
    },
  };
}
