import { durableOperations, nodeOptions } from '../../functions/contract.ts';
import { run, start } from './child.ts';
import { groups, monthlyCost, processorsOf, type RunUsage, totalOf } from './cost.ts';
import type { HarborAnswer, HarborInput } from './harbor.child.ts';
import { inFolder } from './in-folder.ts';
import { priceList, prices } from './prices.ts';
import { markdown, short } from './table.ts';
import type { WholeAnswer, WholeInput } from './whole.child.ts';

/** The smallest function that the sizes below are to fit into, and the one that the stack makes by default. */
const memory = { least: 512, usual: 1_024 } as const;
/** What a page of 100 takes at a real Harbor, which two readers nearly fill (docs/harbor.md#speed). */
const page = { seconds: 0.045, readers: 2 } as const;
const sliceSeconds = 720;

export interface WholeRun {
  readonly what: string;
  readonly answer: WholeAnswer;
}

const inLambda = (from: WholeInput['from']): Promise<WholeAnswer> =>
  inFolder((folder) =>
    run<WholeAnswer>(
      'whole.child.ts',
      {
        from,
        folder,
        policy: { file: 'policy.yaml' },
        memoryMiB: memory.least,
      } satisfies WholeInput,
      nodeOptions(memory.least).split(' '),
    ),
  );

/** Whole dry runs of generated registries, with the heap that the stack gives a function of 512 MiB. */
export async function wholeRuns(sizes: readonly number[]): Promise<readonly WholeRun[]> {
  const runs: WholeRun[] = [];
  for (const size of sizes) {
    runs.push({
      what: `${short(size / 100)} repositories`,
      answer: await inLambda({ generated: size }),
    });
  }
  const largest = Math.min(100_000, Math.max(...sizes));
  runs.push({ what: 'one repository', answer: await inLambda({ oneRepository: largest }) });
  return runs;
}

/** What a run would take on AWS beside a real Harbor: reading waits for Harbor, the rest for the processor. */
export function usageOf(answer: WholeAnswer): RunUsage {
  const { store, requests, cpuSeconds } = answer;
  const reading = ((requests.at(-1) ?? 0) * page.seconds) / page.readers;
  const seconds = reading + cpuSeconds / processorsOf(memory.usual);
  const state = store.megabytesWritten - store.megabytesReported - store.megabytesOfFacts;
  return {
    seconds,
    memoryMiB: memory.usual,
    slices: Math.ceil(seconds / sliceSeconds),
    looks: 0,
    puts: store.put,
    gets: store.get,
    lists: store.list,
    reportedGigabytes: store.megabytesReported / 1_000,
    factGigabytes: store.megabytesOfFacts / 1_000,
    stateGigabytes: state / 1_000,
    logGigabytes: answer.logKilobytes / 1e6,
  };
}

export function wholeTable(runs: readonly WholeRun[]): string {
  const head = [
    'artifacts',
    'in',
    'CPU s',
    'peak MiB',
    'PUT',
    'GET',
    'LIST',
    'MB written',
    'largest state, MB',
    'page, MB',
    'unplannable',
  ];
  const rows = runs.map(({ what, answer }) => {
    const { store } = answer;
    return [
      short(answer.artifacts),
      what,
      short(answer.cpuSeconds),
      short(answer.peakMiB),
      short(store.put),
      short(store.get),
      short(store.list),
      short(store.megabytesWritten),
      `${store.largestState.megabytes.toFixed(1)} (${store.largestState.name})`,
      answer.pageMegabytes.toFixed(1),
      short(answer.unplannable),
    ];
  });
  return `${markdown(head, rows)}\n\n${growth(runs)}`;
}

/** From the smallest to the largest registry of many repositories. */
function growth(runs: readonly WholeRun[]): string {
  const many = runs.filter(({ what }) => what !== 'one repository').map(({ answer }) => answer);
  const exponent = (of: (answer: WholeAnswer) => number): string => fitted(many, of).toFixed(2);
  return `Fitted over these sizes, CPU grows with n^${exponent((one) => one.cpuSeconds)}, memory with n^${exponent((one) => one.peakMiB)}, requests to S3 with n^${exponent(({ store }) => store.put + store.get)}, bytes written with n^${exponent(({ store }) => store.megabytesWritten)}.`;
}

/** k of "grows with the k-th power", by least squares over logarithms. */
function fitted(answers: readonly WholeAnswer[], of: (answer: WholeAnswer) => number): number {
  const points = answers.map((one) => [Math.log(one.artifacts), Math.log(of(one))] as const);
  let [sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0];
  for (const [x, y] of points) {
    sumX += x;
    sumY += y;
    sumXX += x * x;
    sumXY += x * y;
  }
  const n = points.length;
  return (n * sumXY - sumX * sumY) / (n * sumXX - sumX * sumX);
}

export function costTable(runs: readonly WholeRun[]): string {
  const head = ['artifacts', 'minutes a run', 'slices', 'durable operations', ...groups, 'in all'];
  const rows = runs.map(({ what, answer }) => {
    const usage = usageOf(answer);
    const cost = monthlyCost(usage);
    return [
      `${short(answer.artifacts)} in ${what}`,
      short(usage.seconds / 60),
      short(usage.slices),
      short(durableOperations(usage.slices)),
      ...groups.map((group) => `$${cost[group].toFixed(2)}`),
      `**$${totalOf(cost).toFixed(2)}**`,
    ];
  });
  return markdown(head, rows);
}

export function priceTable(): string {
  const rows = Object.values(prices).map(({ dollars, per, known }) => [
    per,
    dollars < 0.001 ? `$${short(dollars * 1e6)} a million` : `$${dollars.toFixed(3)}`,
    known,
  ]);
  return `${markdown(['unit', 'price', ''], rows)}\n\nPrices of ${priceList.region}, looked up ${priceList.looked}, inputs in \`test/bench/prices.ts\`. *quoted*: a copy of the service’s own page; *told*: others who quote it; *check*: remembered.`;
}

/** A day later, with one of two projects in no rule: how many requests the second run needs, and how many the first. */
export async function reuseLine(artifacts: number): Promise<string> {
  const seeded: HarborInput = { seed: { mixed: artifacts, repositories: 200 } };
  const text = `version: 1
rules:
  - name: old
    select: { projects: [team-0], tags: ['**'] }
    keep: { pushedWithin: 90d }
trash: off
`;
  const { answer: from, end } = await start<HarborAnswer>('harbor.child.ts', seeded);
  try {
    const { requests, reused } = await inFolder((folder) =>
      run<WholeAnswer>('whole.child.ts', {
        from,
        folder,
        policy: { text },
        days: 2,
      } satisfies WholeInput),
    );
    const [first = 0, second = 0] = requests;
    return `A run on the next day, where no rule selects one of two projects and nobody was there: ${short(second)} requests instead of ${short(first)} (${Math.round((100 * second) / first)} %); ${short(reused)} of ${short(artifacts)} rows were left unread.`;
  } finally {
    await end();
  }
}
