import { hour } from '../domain/duration.ts';
import type { InUseConfig } from '../domain/policy.ts';
import { workloadEntries } from '../domain/workload-entries.ts';
import { parseWorkloadList } from '../domain/workload-list.ts';
import type { InUseList } from '../ports.ts';

/** Lists are written every hour, or every night: a day, and two hours for one that came late. */
const usuallyFreshWithin = 26 * hour;
/** A collector that has stopped is spoken of while there is time to mend it. */
const nearlyOld = 0.75;

/** What is wrong with a list besides what its own text shows. */
type Doubt = InUseList['unreadable'][number];

/**
 * A collected list as the run takes it (docs/workloads.md#the-list). Its age is what its first line says, never that of
 * the file or object, which copying changes.
 */
export function workloadAnswer(
  { name, text }: { readonly name: string; readonly text: string },
  {
    scope,
    freshWithin = usuallyFreshWithin,
    mirrors,
  }: Pick<InUseConfig, 'scope' | 'freshWithin' | 'mirrors'>,
  doubtOf: (list: { readonly scope: string; readonly uses: number }) => Doubt | undefined,
): InUseList {
  const list = parseWorkloadList(text);
  const doubt =
    list.unreadable.length > 0 || list.scope === 'unknown'
      ? undefined
      : doubtOf({ scope: list.scope, uses: list.uses.length });
  return {
    name,
    entries: workloadEntries(list, mirrors),
    writtenAt: list.writtenAt,
    freshWithin,
    nearlyOldAfter: freshWithin * nearlyOld,
    unreadable: [...inOne(list.unreadable), ...(doubt === undefined ? [] : [doubt])],
    ...(scope === undefined ? {} : { scope }),
  };
}

/** A collector may have missed a hundred things: the first is shown, and how many there are. */
function inOne(all: readonly Doubt[]): readonly Doubt[] {
  const [first, ...others] = all;
  if (first === undefined) return [];
  const because = first.because.endsWith('.') ? first.because : `${first.because}.`;
  if (others.length === 0) return [{ ...first, because }];
  const more = others.length === 1 ? 'There is one more reason' : `There are ${others.length} more`;
  return [{ ...first, because: `${because} ${more}.` }];
}
