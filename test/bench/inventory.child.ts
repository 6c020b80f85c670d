// Reads a whole Harbor as a run does: real client, real steps, facts into a folder.
import { saveState } from '../../functions/store/run-state-document.ts';
import { connectHarbor } from '../../functions/adapters/harbor/index.ts';
import { systemStopwatch } from '../../functions/adapters/system-clock.ts';
import { localDigestLists, localRunStore } from '../../functions/adapters/local-files.ts';
import { noPullTimes } from '../../functions/inventory/pull-signal.ts';
import type { World } from '../../functions/ports.ts';
import { surveyOf } from '../../functions/phases/survey.ts';
import { takeInventory } from '../../functions/phases/inventory.ts';
import { type Measured, measure } from './child.ts';
import type { HarborAnswer } from './harbor.child.ts';
import { beginning, examplePolicy, silent, toolsOf } from './run-files.ts';

export interface InventoryInput {
  readonly harbor: HarborAnswer;
  readonly folder: string;
  readonly policy: string;
}

export type InventoryAnswer = Measured & {
  readonly artifacts: number;
  readonly requests: number;
  readonly lowerBound: number;
};

await measure(async ({ harbor: address, folder, policy: name }: InventoryInput) => {
  const clock = { now: () => Date.now() };
  const { text, policy } = examplePolicy(name);
  const readDigestList = localDigestLists(folder);
  const harbor = connectHarbor(address, clock).reader;
  const world: World = {
    identity: 'bench',
    stopwatch: systemStopwatch,
    harbor,
    clock,
    telemetry: silent,
    readDigestList,
    store: localRunStore(folder),
    policy: { load: () => Promise.resolve(text) },
    pause: () => Promise.resolve(),
    inUse: { kinds: [], open: () => ({ name: 'none', read: () => Promise.reject(new Error()) }) },
  };
  const begun = beginning(text, address.now, noPullTimes);
  const survey = await surveyOf(begun, policy, world);
  const { state: read } = await takeInventory(begun, toolsOf({ policy, survey }, world));
  const { sent, lowerBound } = harbor.requests();
  await saveState(world.store, read);
  return { artifacts: read.artifactsRead, requests: sent, lowerBound };
});
