import { alwaysOverLimit } from './always-over-limit.ts';
import { disjointReplacement } from './disjoint-replacement.ts';
import { emptySelection } from './empty-selection.ts';
import type { Lint } from './lint.ts';
import { superfluousKeep } from './superfluous-keep.ts';
import { unseenByRules } from './unseen-by-rules.ts';
import { withoutEffect } from './without-effect.ts';

/** Every lint, one line each. All run over every valid policy that somebody checks; none stops a policy. */
export const lints: readonly Lint[] = [
  emptySelection,
  withoutEffect,
  superfluousKeep,
  disjointReplacement,
  unseenByRules,
  alwaysOverLimit,
];
