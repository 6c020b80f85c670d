import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.ts';
import { inFolder } from './in-folder.ts';
import { inventory, policies } from './measurements.ts';
import { markdown } from './table.ts';

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Seconds on the main thread, by room or package; waiting is left out. */
function timeByRoom(profile: CpuProfile): ReadonlyMap<string, number> {
  const rooms = new Map(profile.nodes.map(({ id, callFrame }) => [id, roomOf(callFrame)]));
  const seconds = new Map<string, number>();
  for (const [index, id] of profile.samples.entries()) {
    const room = rooms.get(id);
    if (room === undefined) continue;
    seconds.set(room, (seconds.get(room) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1e6);
  }
  return seconds;
}

const nodesOwn: Readonly<Record<string, string | undefined>> = {
  '(garbage collector)': 'garbage collection',
  '(idle)': undefined,
  '(root)': undefined,
};

function roomOf({
  functionName,
  url,
}: CpuProfile['nodes'][number]['callFrame']): string | undefined {
  if (functionName in nodesOwn) return nodesOwn[functionName];
  const inPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (inPackage !== undefined) return inPackage;
  const room = /(functions\/(?:[^/]+\/)*)[^/]+$/.exec(url)?.[1];
  if (room !== undefined) return room.replace(/\/$/, '');
  if (/^node:(zlib|internal\/(streams|crypto)|stream)/.test(url))
    return 'Node: gzip, streams, hashes';
  if (/^node:(_?http|net|internal\/(url|stream_base))/.test(url)) return 'Node: HTTP';
  return 'Node: the rest, start and JSON included';
}

const shown = 10;

function sharesOf(folder: string): readonly string[] {
  const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
  const rooms = timeByRoom(JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile);
  let all = 0;
  for (const seconds of rooms.values()) all += seconds;
  return [...rooms]
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, shown)
    .map(([room, seconds]) => `${room} ${Math.round((100 * seconds) / all)} %`);
}

const profiling = (folder: string): readonly string[] => ['--cpu-prof', `--cpu-prof-dir=${folder}`];

/** Where the time goes: the ten largest rooms of an inventory of generated artifacts, and of plan and report. */
export async function profileTable(artifacts: number): Promise<string> {
  const read = await inFolder((profiles) =>
    inFolder(async (folder) => {
      const seed = { mixed: artifacts / 10, repositories: artifacts / 1_000 };
      await inventory({ seed }, { policy: policies.pulls, folder }, profiling(profiles));
      return sharesOf(profiles);
    }),
  );
  const planned = await inFolder((profiles) =>
    inFolder(async (folder) => {
      const policy = policies.pulls;
      await run('generate.child.ts', { folder, artifacts, policy });
      await run('plan.child.ts', { folder, policy }, profiling(profiles));
      return sharesOf(profiles);
    }),
  );
  const rows = planned.map((share, index) => [`${index + 1}`, share, read[index] ?? '']);
  return markdown(['', 'plan and report', 'inventory'], rows).replace(
    '| --: | --: |',
    '| --- | --- |',
  );
}
