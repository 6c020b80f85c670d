import { type ListedEntry, listedImages } from '../domain/image-list.ts';
import type { Instant } from '../domain/instant.ts';
import type { InUseFacts } from '../domain/registry.ts';
import { RetentionError } from '../errors.ts';
import type { InUseSource } from '../ports.ts';
import { whyOld } from './freshness.ts';

/**
 * Asks every source. One that fails, answers nothing, or whose answer is older than it may be, is not known: it holds its
 * scope, and is never "nothing in use" (docs/policy.md#lists).
 */
export async function readInUse(
  sources: readonly InUseSource[],
  now: Instant,
): Promise<InUseFacts> {
  const entries: ListedEntry[] = [];
  const unreadable: InUseFacts['unreadable'][number][] = [];
  for (const source of sources) {
    const scope = source.scope === undefined ? {} : { scope: source.scope };
    const unknown = (because: string, remedy?: string): void => {
      const cure = remedy === undefined ? {} : { remedy };
      unreadable.push({ source: source.name, because, ...scope, ...cure });
    };
    try {
      const answer = await source.read();
      entries.push(...answer.entries);
      for (const { because, remedy } of answer.unreadable) unknown(because, remedy);
      const old = whyOld(answer, source.freshWithin, now);
      if (old !== undefined) unknown(old.because, old.remedy);
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error);
      unknown(because, error instanceof RetentionError ? error.remedy : undefined);
    }
  }
  return { ...listedImages(entries), unreadable };
}
