import * as z from 'zod';
import { memoryKeys } from '../domain/store-keys.ts';
import type { Instant, Known } from '../domain/instant.ts';
import type { RepositoryFacts } from '../domain/repository.ts';
import type { UntaggedSince } from '../domain/run-history.ts';
import {
  recentSightings,
  untaggedIn,
  untaggedSince,
  type UntaggedSightings,
} from '../domain/untagged-sightings.ts';
import type { RunStore } from '../ports.ts';
import { anyFields, document, withFields } from './document.ts';

/** One project, by repository. */
interface ProjectMemory {
  /** Since when runs have seen an artifact untagged, by row and digest. */
  readonly repositories: Readonly<Record<string, UntaggedSightings>>;
  /** When a run last saw the whole repository. */
  readonly seenAt: Readonly<Record<string, Instant>>;
}

/** The memory while it is made. */
interface Noting {
  readonly repositories: Record<string, UntaggedSightings>;
  readonly seenAt: Record<string, Instant>;
}

const memoryVersion = 3;

/** Remembers over runs what Harbor does not: since when an artifact has no tag (docs/policy.md#untagged-artifacts). */
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
  let earlier: ProjectMemory = nothing;
  let noted: Noting = { repositories: {}, seenAt: {} };

  const flush = async (): Promise<void> => {
    if (project === undefined) return;
    const memory: StoredMemory = {
      version: memoryVersion,
      repositories: { ...earlier.repositories, ...noted.repositories },
      seenAt: { ...earlier.seenAt, ...noted.seenAt },
      notedAt: now,
      before: earlier,
    };
    await untaggedMemories.write(store, memory, project);
  };

  const open = async (name: string): Promise<void> => {
    project = name;
    const stored = await load(store, name);
    const isOurs = stored.notedAt === now;
    earlier = isOurs ? (stored.before ?? nothing) : stored;
    noted = isOurs
      ? { repositories: { ...stored.repositories }, seenAt: { ...stored.seenAt } }
      : { repositories: {}, seenAt: {} };
  };

  return {
    flush,
    visit: async (facts) => {
      if (facts.head.project !== project) {
        await flush();
        await open(facts.head.project);
      }
      const { name } = facts.head;
      const before = recentSightings(earlier.repositories[name], earlier.seenAt[name], now);
      if (facts.kind === 'complete') {
        noted.repositories[name] = untaggedIn(facts, before, now);
        noted.seenAt[name] = now;
      }
      return untaggedSince(facts, before);
    },
  };
}

const nothing: ProjectMemory = { repositories: {}, seenAt: {} };

interface StoredMemory extends ProjectMemory {
  readonly version: number;
  /** The run that wrote it last, and what it had found. */
  readonly notedAt?: Instant;
  readonly before?: ProjectMemory;
}

type RememberedProjects = Omit<StoredMemory, 'version'>;

/** Since when artifacts of one project are seen untagged. */
export const untaggedMemories = document(
  (project: string) => memoryKeys.untagged(project),
  withFields<StoredMemory>()({ version: z.number(), repositories: anyFields }).transform(
    // An older one does not say when it saw what: as if there were none.
    (memory): StoredMemory =>
      memory.version === memoryVersion ? memory : { version: memoryVersion, ...nothing },
  ),
  {
    version: memoryVersion,
    whenDamaged: 'refuse',
    isNot: `below the Harbor’s own folder is not a memory of version ${memoryVersion}`,
    remedy: 'Remove it: untagged artifacts then count as untagged since the next run.',
  },
);

async function load(store: RunStore, project: string): Promise<RememberedProjects> {
  return (await untaggedMemories.read(store, project)) ?? nothing;
}
