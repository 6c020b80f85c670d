import type { Digest } from '../domain/artifact.ts';
import type { Known } from '../domain/instant.ts';
import type { Policy } from '../domain/policy.ts';
import type { RepositoryFacts } from '../domain/repository.ts';
import { readFacts } from '../inventory/facts-file.ts';
import type { Survey } from '../inventory/preflight.ts';
import { absentSubjects, presentOf } from '../inventory/subjects-elsewhere.ts';
import type { RunStore } from '../ports.ts';
import { stateKeys } from '../domain/store-keys.ts';
import { type RunState } from '../store/run-state.ts';

/**
 * Subjects of signature tags that lie in another repository of this Harbor, over everything that was read; 'unknown' where
 * something could not be read: then no signature is an orphan. Undefined where no rule may delete orphans.
 */
export async function findSubjects(
  { runId, parts }: Pick<RunState, 'runId' | 'parts'>,
  { policy, survey }: { readonly policy: Policy; readonly survey: Survey },
  store: RunStore,
): Promise<Known<readonly Digest[]> | undefined> {
  if (!policy.needs.subjects) return undefined;
  if (Object.keys(survey.unplannable).length > 0) return 'unknown';
  const absent = new Set<Digest>();
  for await (const facts of factsOf(runId, parts, store)) {
    if (facts.kind !== 'complete') return 'unknown';
    for (const subject of absentSubjects(facts)) absent.add(subject);
  }
  if (absent.size === 0) return [];
  const found = new Set<Digest>();
  for await (const facts of factsOf(runId, parts, store)) {
    for (const digest of presentOf(absent, facts)) found.add(digest);
  }
  return [...found].toSorted();
}

async function* factsOf(
  runId: string,
  parts: number,
  store: RunStore,
): AsyncGenerator<RepositoryFacts> {
  for (let part = 0; part < parts; part += 1) {
    const key = stateKeys(runId).facts(part);
    yield* readFacts(store.readPart(key), key);
  }
}
