import { addInit } from './beginning.ts';
import { addApply, addRestore } from './changing.ts';
import { addCheck, addConvert, addDiff, addPlan } from './planning.ts';
import { addExplain, addStatus } from './reports.ts';
import { addReport } from './showing.ts';

export type { Door } from './door.ts';

/** Every command, in the order of the help text. */
export const commands = [
  addInit,
  addCheck,
  addPlan,
  addApply,
  addExplain,
  addDiff,
  addStatus,
  addReport,
  addRestore,
  addConvert,
] as const;
