import { formatDuration } from '../domain/duration.ts';
import { type ListedEntry, listedImages } from '../domain/image-list.ts';
import type { Instant } from '../domain/instant.ts';
import type { InUseFacts } from '../domain/registry.ts';
import type { Warning } from '../domain/warning.ts';
import { RetentionError } from '../errors.ts';
import type { InUseList, InUseSource } from '../ports.ts';
import { whyOld } from './freshness.ts';

/** What is in use, and what else is to be said of the lists. */
export interface InUseReading {
  readonly facts: InUseFacts;
  readonly warnings: readonly Warning[];
}

type Unreadable = InUseFacts['unreadable'][number];

/**
 * Asks every source. One that fails is not known, and so is a list that can't be read whole or is older than it may be:
 * it holds its scope, and is never "nothing in use". What such a list names holds as well (docs/policy.md#lists).
 */
export async function readInUse(
  sources: readonly InUseSource[],
  now: Instant,
): Promise<InUseReading> {
  const entries: ListedEntry[] = [];
  const unreadable: Unreadable[] = [];
  const warnings: Warning[] = [];
  for (const source of sources) {
    try {
      for (const list of await source.read()) {
        entries.push(...list.entries);
        const unknown = whyUnknown(list, now);
        unreadable.push(...unknown);
        warnings.push(...(list.warnings ?? []));
        if (unknown.length === 0) warnings.push(...nearlyOld(list, now));
      }
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error);
      const remedy = error instanceof RetentionError ? error.remedy : undefined;
      unreadable.push(unknownList(source, because, remedy));
    }
  }
  return { facts: { ...listedImages(entries), unreadable }, warnings };
}

function whyUnknown(list: InUseList, now: Instant): readonly Unreadable[] {
  const reasons = list.unreadable.map(({ because, remedy }) => unknownList(list, because, remedy));
  const old = whyOld(list, list.freshWithin, now);
  if (old === undefined) return reasons;
  // A list that can't be read may not say its age either, which is then no reason of its own.
  if (list.writtenAt === 'unknown' && reasons.length > 0) return reasons;
  return [...reasons, unknownList(list, old.because, old.remedy)];
}

function unknownList(
  { name, scope }: Pick<InUseList, 'name' | 'scope'>,
  because: string,
  remedy: string | undefined,
): Unreadable {
  const cure = remedy === undefined ? {} : { remedy };
  return { source: name, because, ...(scope === undefined ? {} : { scope }), ...cure };
}

function nearlyOld(
  { name, scope, writtenAt, freshWithin, nearlyOldAfter }: InUseList,
  now: Instant,
): readonly Warning[] {
  if (writtenAt === 'unknown' || freshWithin === undefined || nearlyOldAfter === undefined)
    return [];
  if (now - writtenAt < nearlyOldAfter) return [];
  const left = formatDuration(writtenAt + freshWithin - now);
  return [
    {
      code: 'in-use-nearly-old',
      on: name,
      message: `The list was written ${formatDuration(now - writtenAt)} ago. In ${left} it is too old to be believed: ${scope ?? 'the whole registry'} is held from then on.`,
      remedy: 'See why whoever writes the list has stopped.',
    },
  ];
}
