import { durableOperations } from '../../../functions/contract.ts';
import { groups, monthlyCost, totalOf } from '../cost.ts';
import { markdown, short } from '../table.ts';
import { type Inputs, inputs as usual, measured } from './inputs.ts';
import { type Limit, limitsOf } from './limits.ts';
import { type Night, simulateNight } from './night.ts';
import type { Work } from './phases.ts';
import { type Arrears, clearArrears } from './nights.ts';

interface Scene {
  readonly what: string;
  readonly artifacts: number;
  /** One for each Harbor. */
  readonly nights: readonly Night[];
}

async function scene(inputs: Inputs, what: string, outage: Work['outage']): Promise<Scene> {
  const artifacts = inputs.artifacts / inputs.harbors;
  const nights: Night[] = [];
  for (let harbor = 0; harbor < inputs.harbors; harbor += 1) {
    const work = {
      artifacts,
      deletions: inputs.maxDeletions,
      purges: 0,
      outage,
    };
    nights.push(await simulateNight(inputs, { ...work, seed: inputs.seed + harbor * 1_000 }));
  }
  return { what, artifacts, nights };
}

const sum = (nights: readonly Night[], of: (night: Night) => number): number => {
  let total = 0;
  for (const night of nights) total += of(night);
  return total;
};
const most = (nights: readonly Night[], of: (night: Night) => number): number =>
  Math.max(...nights.map(of));
const minutes = (ms: number): string => short(ms / 60_000);

function nightRow({ what, nights }: Scene): readonly string[] {
  return [
    what,
    minutes(most(nights, ({ lengthMs }) => lengthMs)),
    minutes(most(nights, ({ phasesMs }) => phasesMs.read)),
    minutes(most(nights, ({ phasesMs }) => phasesMs.judge)),
    minutes(most(nights, ({ phasesMs }) => phasesMs.change)),
    short(most(nights, ({ slices }) => slices)),
    short(most(nights, ({ slices }) => durableOperations(slices))),
    short(most(nights, ({ waits }) => waits)),
    short(most(nights, ({ killed }) => killed)),
    minutes(most(nights, ({ runningMs }) => runningMs)),
    short(sum(nights, ({ requests }) => requests)),
    short(sum(nights, ({ puts }) => puts)),
    short(sum(nights, ({ gets }) => gets)),
    short(sum(nights, ({ unplannable }) => unplannable)),
    `${Math.round(100 * most(nights, ({ load }) => load))} %`,
  ];
}

const nightHead = [
  'the first night',
  'minutes, the longest',
  'reading',
  'judging',
  'changing',
  'slices',
  'durable operations',
  'waits',
  'killed',
  'minutes paid for',
  'requests, all Harbors',
  'S3 PUT',
  'S3 GET',
  'artifacts given up',
  'Harbor’s load',
];

/** The rows as columns, so that a table with many columns stays narrow. */
function upright(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const [names = [], ...figures] = head.map((name, at) => [
    name,
    ...rows.map((row) => row[at] ?? ''),
  ]);
  return markdown(names, figures);
}

function costOf(inputs: Inputs, { artifacts, nights }: Scene): string {
  const [night] = nights;
  if (night === undefined) return '';
  const cost = monthlyCost({
    seconds: night.runningMs / 1_000,
    memoryMiB: inputs.memoryMiB,
    slices: night.slices,
    looks: 0,
    puts: night.puts,
    gets: night.gets,
    lists: 2,
    reportedGigabytes: (artifacts * measured.reportBytes) / 1e9,
    factGigabytes: (artifacts * measured.factBytes) / 1e9,
    stateGigabytes: (artifacts * measured.stateBytes) / 1e9,
    logGigabytes: ((night.runningMs / 60_000) * measured.logBytesPerMinute) / 1e9,
  });
  const times = (value: number): string => `$${(value * inputs.harbors).toFixed(2)}`;
  return upright(
    ['a month of such nights, all Harbors', ...groups, 'in all'],
    [
      [
        `${inputs.harbors} deployments, no outage`,
        ...groups.map((group) => times(cost[group])),
        `**${times(totalOf(cost))}**`,
      ],
    ],
  );
}

function arrearsText(inputs: Inputs, arrears: Arrears): string {
  const share = `${Math.round(inputs.condemned * 100)} %`;
  const end = arrears.isCleared
    ? `are gone after **${short(arrears.nights)} nights**`
    : `are not gone after ${short(arrears.nights)} nights`;
  return `**Arrears.** ${share} of each Harbor condemned, ${short(inputs.maxDeletions)} deletions a night at most (\`onBreach: oldestFirst\`), ${short((inputs.artifacts / inputs.harbors) * inputs.pushedPerDay)} artifacts more to delete every day: the arrears ${end}. In one Harbor ${short(arrears.deleted)} artifacts are deleted, ${short(arrears.purged)} copies purged meanwhile; at most ${short(arrears.mostInTrash)} copies lie in the trash; the longest night takes ${minutes(arrears.longestMs)} minutes, all together the function runs ${short(arrears.runningMs / 3_600_000)} hours. Space comes back only when copies are purged, after ${inputs.keepForDays} days, and garbage has been collected: the first on night ${inputs.keepForDays + 1}, the last ${inputs.keepForDays} nights after the last deletion.`;
}

function limitTable(limits: readonly Limit[], artifacts: number): string {
  const rows = limits.map(({ what, used, most: limit, unit, grows, remedy }) => [
    what,
    `${short(used)} of ${short(limit)} ${unit}`.trim(),
    `${short((100 * used) / limit)} %`,
    grows ? short((artifacts * limit) / used) : '',
    remedy,
  ]);
  return markdown(
    ['what breaks first', 'used', 'of it', 'holds until, artifacts in one Harbor', ''],
    rows,
  ).replace('one Harbor |  |', 'one Harbor | remedy |');
}

function inputTable(inputs: Inputs): string {
  const changed = Object.entries(inputs).map(([name, value]) => [`--${name}`, String(value)]);
  return markdown(['input', 'value'], changed);
}

/** All that the simulation finds, as Markdown; the same inputs give the same text. */
export async function scaleText(inputs: Inputs = usual): Promise<string> {
  const calm = await scene(inputs, `${inputs.harbors} Harbors, no outage`, 'none');
  const refused = await scene(inputs, 'an outage that refuses connections', 'refused');
  const hanging = await scene(inputs, 'an outage in which requests hang', 'hanging');
  const one = await scene({ ...inputs, harbors: 1 }, 'all in one Harbor, no outage', 'none');
  const arrears = await clearArrears(inputs, calm.artifacts);
  const [worst] = refused.nights;
  const limits = worst === undefined ? [] : limitsOf(inputs, calm.artifacts, worst);
  return [
    inputTable(inputs),
    upright(nightHead, [calm, refused, hanging, one].map(nightRow)),
    costOf(inputs, calm),
    arrearsText(inputs, arrears),
    limitTable(limits, calm.artifacts),
  ].join('\n\n');
}
