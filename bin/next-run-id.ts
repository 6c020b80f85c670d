import { runIdAt } from '../functions/domain/run-id.ts';
import type { World } from '../functions/ports.ts';
import { stateKeys } from '../functions/domain/store-keys.ts';

/**
 * An id that no run in this folder has. Ids are seconds, and a plan from a saved inventory is made at that one's time:
 * under the id of an earlier run it would get the answer of that one.
 */
export async function freeRunId({ store, clock }: World): Promise<string> {
  let at = clock.now();
  while ((await store.read(stateKeys(runIdAt(at)).state)) !== undefined) at += 1_000;
  return runIdAt(at);
}
