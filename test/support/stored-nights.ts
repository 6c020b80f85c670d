import { writeFacts } from '../../functions/inventory/facts-file.ts';
import {
  mergePullTimes,
  noPullTimes,
  type PullTimes,
  sumPullTimes,
} from '../../functions/inventory/pull-signal.ts';
import { withChildren } from '../../functions/inventory/pulled-since.ts';
import { reportKeys, stateKeys } from '../../functions/domain/store-keys.ts';
import { runIdAt } from '../../functions/domain/run-id.ts';
import type { RunStore } from '../../functions/ports.ts';
import { saveState } from '../../functions/store/run-state-document.ts';
import { newState, type RunState } from '../../functions/store/run-state.ts';
import { saveSurvey } from '../../functions/store/survey-document.ts';
import { type MadeNight, onDay, registryOnDay } from './past-nights.ts';

/** Stores nights as runs leave them, each repository in a part of its own, and answers the ids of the runs. */
export async function storeNights(
  store: RunStore,
  nights: readonly MadeNight[],
  { policy, more = {} }: { readonly policy: string; readonly more?: Partial<RunState> },
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const night of nights) {
    const takenAt = onDay(night.day);
    const runId = runIdAt(takenAt);
    let pullTimes: PullTimes = noPullTimes;
    for (const [part, facts] of night.facts.entries()) {
      const writer = store.openPart(stateKeys(runId).facts(part));
      await writeFacts(writer, [facts]);
      await writer.close();
      pullTimes = mergePullTimes(pullTimes, sumPullTimes([withChildren(facts)], takenAt));
    }
    const { pullSignal: _, ...registry } = registryOnDay(night);
    const heads = night.facts.map(({ head }) => head);
    await saveSurvey(store, runId, {
      registry,
      projects: [],
      heads,
      unplannable: {},
      warnings: [],
    });
    const begun = newState({
      request: { runId, mode: 'dry-run', owner: 'test' },
      takenAt,
      policy: { text: policy, name: 'policy.yaml' },
      reportKey: reportKeys(runId).report,
      pullTimes,
      isFirstUnderPolicy: false,
    });
    const parts = night.facts.length;
    const read = Array.from({ length: parts }, (_unused, part) => part);
    await saveState(store, { ...begun, phase: 'report', parts, read, ...more } as RunState);
    ids.push(runId);
  }
  return ids;
}
