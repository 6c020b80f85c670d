import { durableOperations } from '../../functions/contract.ts';
import { type PriceName, prices } from './prices.ts';

/** What one run of a deployment uses. */
export interface RunUsage {
  /** Time in which the function runs, waits for Harbor excepted. */
  readonly seconds: number;
  readonly memoryMiB: number;
  readonly slices: number;
  /** Waits for Harbor, each a slice that only looks. */
  readonly looks: number;
  readonly puts: number;
  readonly gets: number;
  readonly lists: number;
  readonly reportedGigabytes: number;
  readonly factGigabytes: number;
  readonly stateGigabytes: number;
  readonly logGigabytes: number;
}

/** Dollars a month, by what they are for. */
export type MonthlyCost = Readonly<Record<(typeof groups)[number], number>>;

export const groups = [
  'computing',
  'durable operations',
  'S3 requests',
  'S3 storage',
  'logs and metrics',
  'fixed',
] as const;

const runsAMonth = 30;
/** Metrics that a run writes, each in the hours in which it does (functions/contract.ts). */
const metrics = 22;
/** lib/retention-alarms.ts; one dashboard, one secret. */
const alarms = 9;
/** The name, the result of a step and what belongs to it; results are a few hundred bytes. */
const gigabytesPerOperation = 2e-6;
/** Executions are kept for 14 days, facts and replaced state for 30, logs for 90, reports for ever: here, a year. */
const kept = { execution: 14 / 30, facts: 30, state: 30, logs: 3, reports: 365 } as const;

/** A month of daily runs after a year of them. */
export function monthlyCost(run: RunUsage): MonthlyCost {
  const cost = (name: PriceName, units: number): number => prices[name].dollars * units;
  const monthly = (name: PriceName, units: number): number => cost(name, units * runsAMonth);
  const operations = durableOperations(run.slices + run.looks);
  const written = operations * gigabytesPerOperation;
  return {
    computing:
      monthly('lambdaGigabyteSecond', run.seconds * (run.memoryMiB / 1024)) +
      monthly('lambdaRequest', run.slices + run.looks),
    'durable operations':
      monthly('durableOperation', operations) +
      monthly('durableGigabyteWritten', written) +
      monthly('durableGigabyteMonth', written * kept.execution),
    'S3 requests': monthly('s3Put', run.puts + run.lists) + monthly('s3Get', run.gets),
    'S3 storage': cost(
      's3GigabyteMonth',
      run.reportedGigabytes * kept.reports +
        run.factGigabytes * kept.facts +
        run.stateGigabytes * kept.state,
    ),
    'logs and metrics':
      monthly('logGigabyte', run.logGigabytes) +
      monthly('logGigabyteMonth', run.logGigabytes * kept.logs) +
      monthly('metricHour', metrics * Math.ceil(run.seconds / 3_600)),
    fixed:
      cost('secretMonth', 1) +
      cost('alarmMonth', alarms) +
      cost('dashboardMonth', 1) +
      monthly('secretRead', run.slices + run.looks) +
      monthly('mail', 1) +
      monthly('schedule', 1),
  };
}

export function totalOf(cost: MonthlyCost): number {
  let total = 0;
  for (const group of groups) total += cost[group];
  return total;
}

/** Lambda gives a whole processor at 1,769 MiB, and less in proportion. */
export const processorsOf = (memoryMiB: number): number => Math.min(2, memoryMiB / 1_769);
