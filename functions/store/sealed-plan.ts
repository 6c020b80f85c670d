import type { Plan } from '../domain/plan.ts';
import { stateKeys } from '../domain/store-keys.ts';
import { anyList, document, withFields } from './document.ts';

/** The plan that a run carries out. It is made again in every slice; restores prove a run's records by the stored one. */
export const sealedPlans = document(
  (runId: string) => stateKeys(runId).plan,
  withFields<Plan>()({ actions: anyList }),
  { version: 1, whenDamaged: 'forget', isNot: 'is no plan' },
);
