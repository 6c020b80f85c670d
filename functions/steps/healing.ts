import type { Healing } from '../apply/heal.ts';
import type { Warning } from '../domain/warning.ts';
import type { RunStore } from '../ports.ts';
import { reportKeys } from '../report/report-keys.ts';
import type { RunState } from './run-state.ts';

/** Problems that are told one by one, per project; the others only by number. */
const shown = 10;

/** What a run healed behind its deletions, project by project and part by part. */
export async function healingsOf(
  store: RunStore,
  state: Pick<RunState, 'runId' | 'takenAt'>,
): Promise<readonly Healing[]> {
  const healings: Healing[] = [];
  for (const key of await store.list(reportKeys(state.runId, state.takenAt).healings)) {
    const stored = await store.read(key);
    if (stored !== undefined) healings.push(JSON.parse(stored.text) as Healing);
  }
  return healings;
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
