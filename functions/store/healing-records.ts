import { anyList, document, withFields } from './document.ts';
import type { Healing } from '../domain/healing.ts';
import type { RunStore } from '../ports.ts';
import { listed, reportKeys } from '../domain/store-keys.ts';
import type { RunState } from './run-state.ts';

type HealedRun = Pick<RunState, 'runId' | 'takenAt'>;

/** What was healed in one project after a run's deletions. */
export const healingRecords = document(
  (runId: string, work: string) => reportKeys(runId).healing(work),
  withFields<Healing>()({
    relinked: anyList,
    tags: anyList,
    problems: anyList,
    told: anyList.optional(),
  }),
  { version: 1, whenDamaged: 'forget', isNot: 'is no record of a healing' },
);

/** Stands for a damaged record. What it said is not known, so no garbage is collected because of it. */
export const unreadHealing: Healing = {
  version: 1,
  project: '',
  since: 0,
  relinked: [],
  tags: [],
  problems: [],
};

/** What a run healed after its deletions, project by project and part by part. */
export async function healingsOf(
  store: RunStore,
  { runId }: HealedRun,
): Promise<readonly Healing[]> {
  return await readAll(store, await store.list(reportKeys(runId).healings));
}

/** What runs beside this one healed since the day on which it began. */
export async function healingsOfOthers(
  store: RunStore,
  { runId }: HealedRun,
): Promise<readonly Healing[]> {
  const { healings: own } = reportKeys(runId);
  const day = own.slice(0, -`${runId}/`.length);
  const keys = await store.list(listed.healings);
  return await readAll(
    store,
    keys.filter((key) => key >= day && !key.startsWith(own)),
  );
}

async function readAll(store: RunStore, keys: readonly string[]): Promise<readonly Healing[]> {
  const healings: Healing[] = [];
  for (const key of keys) {
    // Nobody removes one, so what is not read is damaged.
    healings.push((await healingRecords.readAt(store, key)) ?? unreadHealing);
  }
  return healings;
}
