import type { KeepCondition } from '../keep-condition.ts';
import { highestVersions } from './highest-versions.ts';
import { mostRecentlyActive } from './most-recently-active.ts';
import { mostRecentlyPulled } from './most-recently-pulled.ts';
import { mostRecentlyPushed } from './most-recently-pushed.ts';
import { pulledWithin } from './pulled-within.ts';
import { pushedWithin } from './pushed-within.ts';
import { untaggedWithin } from './untagged-within.ts';

/** All that a rule can say under `keep`: one line each. */
export const keepConditions = [
  pushedWithin,
  pulledWithin,
  mostRecentlyPushed,
  mostRecentlyPulled,
  mostRecentlyActive,
  highestVersions,
  untaggedWithin,
] as const satisfies readonly KeepCondition[];
