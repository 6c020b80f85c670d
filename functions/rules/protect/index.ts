import type { AlwaysOn } from '../protection.ts';
import { digests } from './digests.ts';
import { immutableTags } from './immutable-tags.ts';
import { inUse } from './in-use.ts';
import { labels } from './labels.ts';
import { minimumAge } from './minimum-age.ts';
import { orphanedAccessory } from './orphaned-accessory.ts';
import { proxyCache } from './proxy-cache.ts';
import { repositories } from './repositories.ts';
import { tags } from './tags.ts';
import { trashProject } from './trash-project.ts';

/** All that `protect` can say, by key: one line each. The first that holds is the reason shown. */
export const configured = { repositories, digests, inUse, labels, tags, minimumAge } as const;

/** Protections without a switch; they come before the configured ones. */
export const alwaysOn: readonly AlwaysOn[] = [
  trashProject,
  proxyCache,
  immutableTags,
  orphanedAccessory,
];
