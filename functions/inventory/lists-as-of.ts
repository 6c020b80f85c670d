import { formatInstant, type Instant, type Known } from '../domain/instant.ts';
import type { DigestListReader, InUseRegistry } from '../ports.ts';

const written =
  /(?<before>\bwrittenAt\b["']?\s*[:=]?\s*["']?)(?<at>\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))/;

/**
 * Reads lists for facts of an earlier moment. A list that was written after the facts counts as written with them:
 * measured from the facts, it would be from the future, and not be believed (inventory/freshness.ts).
 */
export function listsAsOf(read: DigestListReader, takenAt: Instant): DigestListReader {
  return async (source) => {
    const list = await read(source);
    const { text, modifiedAt } =
      typeof list === 'string' ? { text: list, modifiedAt: 'unknown' as const } : list;
    const asOf = text.replace(written, (whole: string, before: string, at: string) =>
      Date.parse(at) > takenAt ? before + formatInstant(takenAt) : whole,
    );
    return { text: asOf, modifiedAt: atMost(modifiedAt, takenAt) };
  };
}

/** The same of sources of images in use, whatever their lists look like. */
export function inUseAsOf({ kinds, open }: InUseRegistry, takenAt: Instant): InUseRegistry {
  return {
    kinds,
    open: (config) => {
      const source = open(config);
      const read = async () =>
        (await source.read()).map((list) => ({
          ...list,
          writtenAt: atMost(list.writtenAt, takenAt),
        }));
      return { ...source, read };
    },
  };
}

function atMost(at: Known<Instant>, takenAt: Instant): Known<Instant> {
  return at === 'unknown' ? at : Math.min(at, takenAt);
}
