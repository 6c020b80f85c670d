import { heal, type Healing } from '../apply/heal.ts';
import type { Instant } from '../domain/instant.ts';
import type { Warning } from '../domain/warning.ts';
import type { RunStore } from '../ports.ts';
import { reportKeys } from '../report/report-keys.ts';
import { handsOf, type Held } from './hands-of.ts';
import type { RunState } from './run-state.ts';

/** Problems that are told one by one, per project; the others only by number. */
const shown = 10;

/** What a run healed behind its deletions, project by project and part by part. */
export async function healingsOf(
  store: RunStore,
  state: Pick<RunState, 'runId' | 'takenAt'>,
): Promise<readonly Healing[]> {
  const healings: Healing[] = [];
  for (const key of await store.list(reportKeys(state.runId).healings)) {
    const stored = await store.read(key);
    if (stored !== undefined) healings.push(JSON.parse(stored.text) as Healing);
  }
  return healings;
}

/** What runs beside this one healed since the day on which it began. */
export async function healingsOfOthers(
  store: RunStore,
  state: Pick<RunState, 'runId' | 'takenAt'>,
): Promise<readonly Healing[]> {
  const { healings: own } = reportKeys(state.runId);
  const day = own.slice(0, -`${state.runId}/`.length);
  const healings: Healing[] = [];
  for (const key of await store.list('reports/healing/')) {
    if (key < day || key.startsWith(own)) continue;
    const stored = await store.read(key);
    if (stored !== undefined) healings.push(JSON.parse(stored.text) as Healing);
  }
  return healings;
}

/**
 * Heals behind runs that were cut off while they deleted, and never went on: nobody else would, and a collection would
 * make the loss final. What is healed is forgotten; what is not is asked again by the next run.
 */
export async function healForgotten(
  state: Pick<RunState, 'runId'>,
  { world, lease }: Held,
): Promise<readonly Healing[]> {
  const { store } = world;
  const hands = handsOf(world, lease);
  const records = await store.list('reports/healing/');
  const healings: Healing[] = [];
  for (const key of await store.list('state/runs/')) {
    const found = /^state\/runs\/([^/]+)\/intents\/(.+)-began\.json$/.exec(key);
    const [, runId, name] = found ?? [];
    if (runId === undefined || name === undefined || runId === state.runId) continue;
    if (records.some((record) => record.endsWith(`/${runId}/${name}.json`))) continue;
    const begun = readBeginning((await store.read(key))?.text);
    if (begun === undefined) continue;
    const healing = await heal(
      { project: begun.project, since: begun.at, deleted: new Map() },
      hands,
    );
    healings.push(healing);
    if (healing.problems.length === 0) await store.remove(key);
  }
  return healings;
}

function readBeginning(
  text: string | undefined,
): { readonly at: Instant; readonly project: string } | undefined {
  const value: unknown = text === undefined ? undefined : JSON.parse(text);
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('at' in value) || typeof value.at !== 'number') return undefined;
  if (!('project' in value) || typeof value.project !== 'string') return undefined;
  return { at: value.at, project: value.project };
}

/** What was healed, and what could not be, in the words of a report. Pure. */
export function healingWarnings(healings: readonly Healing[]): readonly Warning[] {
  return healings.flatMap((healing) => [...healed(healing), ...notHealed(healing)]);
}

function healed({ project, relinked, tags }: Healing): readonly Warning[] {
  if (relinked.length === 0 && tags.length === 0) return [];
  const links =
    relinked.length === 0
      ? []
      : [`the manifests of ${relinked.length} artifacts were put again, so that no layer is lost`];
  const back = tags.map(
    ({ repository, tag, digest }) =>
      `tag ${project}/${repository}:${tag} was put back on ${digest}`,
  );
  return [
    {
      code: 'pushes-healed',
      on: project,
      message: `Others pushed into ${project} while this run deleted there: ${[...links, ...back].join('; ')}.`,
      remedy: 'Nothing. Start runs when few push, if this comes often.',
    },
  ];
}

function notHealed({ project, problems }: Healing): readonly Warning[] {
  const told = problems
    .slice(0, shown)
    .map(({ on, message, remedy }): Warning => ({ code: 'push-not-healed', on, message, remedy }));
  const more = problems.length - told.length;
  if (more === 0) return told;
  return [
    ...told,
    {
      code: 'push-not-healed',
      on: project,
      message: `${more} more artifacts pushed into ${project} during this run could not be healed.`,
      remedy: 'They stand in the run’s healing record, each with its command.',
    },
  ];
}
