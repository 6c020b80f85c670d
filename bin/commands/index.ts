import { addApply } from './apply.ts';
import { addBacktest } from './backtest.ts';
import { addCheck } from './check.ts';
import { addCompareHarbor } from './compare-harbor.ts';
import { addConvert } from './convert.ts';
import { addDiff } from './diff.ts';
import { addExplain } from './explain.ts';
import { addInit } from './init.ts';
import { addPlan } from './plan.ts';
import { addReport } from './report.ts';
import { addRestore } from './restore.ts';
import { addStatus } from './status.ts';
import { addWorkloads } from './workloads.ts';

/** Every command, in the order of the help text. */
export const commands = [
  addInit,
  addCheck,
  addPlan,
  addApply,
  addExplain,
  addDiff,
  addBacktest,
  addStatus,
  addReport,
  addRestore,
  addConvert,
  addCompareHarbor,
  addWorkloads,
] as const;
