import type { Digest } from '../domain/artifact.ts';
import type { Instant, Known } from '../domain/instant.ts';
import type { RepositoryFacts } from '../domain/repository.ts';
import type { UntaggedSince } from '../domain/run-history.ts';
import { RetentionError } from '../errors.ts';
import type { RunStore } from '../ports.ts';

/** One project: since when runs have seen an artifact untagged, by repository and digest. */
type ProjectMemory = Readonly<Record<string, Readonly<Record<Digest, Instant>>>>;

const memoryVersion = 1;
const keyOf = (project: string): string => `state/untagged/${project}.json`;

/** Remembers over runs what Harbor does not: since when an artifact has no tag (policy.md §2, untaggedWithin). */
export interface UntaggedMemory {
  /** What earlier runs saw, or 'unknown' without a memory; and notes what this run sees. */
  visit(facts: RepositoryFacts): Promise<Known<UntaggedSince>>;
  /** Stores what was noted of the project that was visited last. */
  flush(): Promise<void>;
}

/**
 * Repositories must come project by project. A memory that can't be read is none: everything counts from now. What
 * this very run has noted is no answer: a repository that is judged twice, after a crash or in a second pass, gets the
 * same one.
 * @param now the run's one clock reading, by which its own notes are known
 */
export function untaggedMemory(store: RunStore, now: Instant): UntaggedMemory {
  let project: string | undefined;
  let earlier: ProjectMemory | undefined;
  let noted: Record<string, Record<Digest, Instant>> = {};

  const flush = async (): Promise<void> => {
    if (project === undefined) return;
    const repositories: ProjectMemory = { ...earlier, ...noted };
    const text = JSON.stringify({
      version: memoryVersion,
      repositories,
      notedAt: now,
      before: earlier ?? null,
    });
    await store.write(keyOf(project), text, 'application/json');
  };

  return {
    flush,
    visit: async (facts) => {
      if (facts.head.project !== project) {
        await flush();
        project = facts.head.project;
        const stored = await load(store, project);
        const isOurs = stored?.notedAt === now;
        earlier = isOurs ? (stored.before ?? undefined) : stored?.repositories;
        noted = isOurs ? { ...stored.repositories } : {};
      }
      const before = earlier?.[facts.head.name];
      if (facts.kind === 'complete') {
        const seen: Record<Digest, Instant> = {};
        for (const artifact of facts.artifacts) {
          if (artifact.tags === 'unknown' || artifact.tags.length > 0) continue;
          seen[artifact.digest] = Math.min(before?.[artifact.digest] ?? now, now);
        }
        noted[facts.head.name] = seen;
      }
      return before === undefined ? 'unknown' : new Map(Object.entries(before));
    },
  };
}

interface StoredMemory {
  readonly repositories: ProjectMemory;
  /** The run that wrote it last, and what it had found; absent in older ones. */
  readonly notedAt?: Instant;
  readonly before?: ProjectMemory | null;
}

async function load(store: RunStore, project: string): Promise<StoredMemory | undefined> {
  const stored = await store.read(keyOf(project));
  if (stored === undefined) return undefined;
  const value: unknown = JSON.parse(stored.text);
  if (!isMemory(value)) {
    throw new RetentionError(
      'state-invalid',
      `${store.address}/${keyOf(project)} is not a memory of version ${memoryVersion}.`,
      { remedy: 'Remove it: untagged artifacts then count as untagged since the next run.' },
    );
  }
  return value;
}

function isMemory(value: unknown): value is StoredMemory {
  return (
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    value.version === memoryVersion &&
    'repositories' in value &&
    typeof value.repositories === 'object' &&
    value.repositories !== null
  );
}
