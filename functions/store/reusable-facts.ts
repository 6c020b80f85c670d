import { document } from './document.ts';
import { memoryOf } from './harbor-memory.ts';
import { readFacts } from '../inventory/facts-file.ts';
import {
  asOfToday,
  chooseReusable,
  type Chosen,
  chosenFacts,
  reusable,
  reusableAfter,
} from '../inventory/reuse.ts';
import type { Part } from '../inventory/cut-into-parts.ts';
import type { Survey } from '../inventory/preflight.ts';
import type { Policy } from '../domain/policy.ts';
import type { RepositoryFacts, RepositoryHead } from '../domain/repository.ts';
import { RetentionError } from '../errors.ts';
import type { RunStore } from '../ports.ts';
import { memoryKeys, stateKeys } from '../domain/store-keys.ts';
import { type RunState } from './run-state.ts';

interface ReuseContext {
  readonly policy: Policy;
  readonly survey: Survey;
}

/** What a run left for the next one. It spares reading, so a damaged one keeps no run from reading. */
export const leftForReuse = document(() => memoryKeys.reuse, reusable, {
  version: 1,
  whenDamaged: 'forget',
  isNot: 'is no list of facts',
});

/** What a run took of it: its parts are cut by that, so it must not change within the run. */
export const chosenReuses = document((runId: string) => stateKeys(runId).reuse, chosenFacts, {
  version: 1,
  whenDamaged: 'refuse',
  isNot: 'is no choice of facts',
});

/** The facts of an earlier run that this one uses. Chosen once, so that every slice cuts the registry alike. */
export async function chosenFor(
  state: RunState,
  known: ReuseContext,
  store: RunStore,
): Promise<Chosen> {
  const stored = await chosenReuses.read(store, state.runId);
  if (stored !== undefined) return stored;
  const memory = memoryOf(store, known.survey.registry.harbor.url);
  const left = state.fresh === true ? undefined : await leftForReuse.read(memory);
  const chosen = chooseReusable(left, {
    ...known,
    now: state.takenAt,
    isApproving: state.approved !== undefined,
  });
  await chosenReuses.write(store, chosen, state.runId);
  return chosen;
}

/** Leaves for the next run where the facts lie. */
export async function leaveForNext(
  state: RunState,
  known: ReuseContext & { readonly chosen: Chosen; readonly parts: readonly Part[] },
  store: RunStore,
): Promise<void> {
  const keyOf = (part: number): string => stateKeys(state.runId).facts(part);
  const { parts, chosen } = known;
  const left = reusableAfter(parts, { ...known, now: state.takenAt }, { chosen, keyOf });
  const memory = memoryOf(store, known.survey.registry.harbor.url);
  await leftForReuse.write(memory, left);
}

interface ReuseCount {
  readonly repositories: number;
  readonly artifacts: number;
}

/** Reads facts of an earlier run, and counts them on top of what earlier slices did. */
export function keptReader(store: RunStore, before: ReuseCount | undefined) {
  let { repositories, artifacts } = before ?? { repositories: 0, artifacts: 0 };
  return {
    read: async (
      part: string,
      heads: readonly RepositoryHead[],
    ): Promise<readonly RepositoryFacts[]> => {
      const found = await readKept(store, part, heads);
      repositories += found.length;
      for (const facts of found)
        artifacts += facts.kind === 'complete' ? facts.artifacts.length : 0;
      return found;
    },
    count: (): ReuseCount => ({ repositories, artifacts }),
  };
}

/** The facts of some repositories from a part of an earlier run; those that will not do after all are left out. */
async function readKept(
  store: RunStore,
  part: string,
  heads: readonly RepositoryHead[],
): Promise<readonly RepositoryFacts[]> {
  const wanted = new Map(heads.map((head) => [head.id, head]));
  const found: RepositoryFacts[] = [];
  try {
    for await (const facts of readFacts(store.readPart(part), part)) {
      const head = wanted.get(facts.head.id);
      const today = head === undefined ? undefined : asOfToday(facts, head);
      if (today !== undefined) found.push(today);
    }
  } catch (error) {
    // Removed or damaged: then it is read again.
    if (!(error instanceof RetentionError) || error.code !== 'state-invalid') throw error;
    return [];
  }
  return found;
}
