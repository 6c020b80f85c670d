import type { InUseFacts } from '../domain/registry.ts';
import type { InUseSource } from '../ports.ts';

/** Asks every source. One that fails is named as unreadable: it holds its scope, and is never "nothing in use". */
export async function readInUse(sources: readonly InUseSource[]): Promise<InUseFacts> {
  const digests = new Set<string>();
  const references = new Set<string>();
  const unreadable: InUseFacts['unreadable'][number][] = [];
  for (const source of sources) {
    try {
      const facts = await source.read();
      for (const digest of facts.digests) digests.add(digest);
      for (const reference of facts.references) references.add(reference);
      unreadable.push(...facts.unreadable);
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error);
      unreadable.push({ source: source.kind, because });
    }
  }
  return { digests, references, unreadable };
}
