import { RetentionError } from '../../errors.ts';
import type {
  DigestListReader,
  InUseRegistry,
  InUseSource,
  ListFolderOpener,
} from '../../ports.ts';
import type { InUseConfig } from '../../domain/policy.ts';
import { collectedSource } from './collected.ts';
import { listSource } from './list.ts';

/** What sources are read with. */
export interface InUseTools {
  readonly readList: DigestListReader;
  readonly openFolder: ListFolderOpener;
}

type OpenSource = (config: InUseConfig, tools: InUseTools) => InUseSource;

/** Every source of what workloads use, by the `kind` that a policy writes. */
const sources: ReadonlyMap<string, OpenSource> = new Map<string, OpenSource>([
  ['list', (config, { readList }) => listSource(config, readList)],
  ['collected', (config, { openFolder }) => collectedSource(config, openFolder)],
]);

export const inUseKinds: readonly string[] = [...sources.keys()];

/** The sources, ready to be opened as a policy names them. */
export function inUseRegistry(tools: InUseTools): InUseRegistry {
  return {
    kinds: inUseKinds,
    open: (config) => {
      const open = sources.get(config.kind);
      if (open === undefined) {
        throw new RetentionError(
          'policy-invalid',
          `protect.inUse: there is no source ${JSON.stringify(config.kind)}; there are ${inUseKinds.join(', ')}.`,
        );
      }
      return open(config, tools);
    },
  };
}
