import { healingRecords } from '../store/healing-records.ts';
import { beginnings, healingsSoFar, intents } from '../store/intents.ts';
import type { Deleted, Healing, Beginning } from '../domain/healing.ts';
import { heal } from '../apply/heal.ts';
import { deletionsOf, healerOf } from '../apply/heal-project.ts';
import { formatInstant, type Instant } from '../domain/instant.ts';
import type { Warning } from '../domain/warning.ts';
import { harborKey } from '../domain/harbor-address.ts';
import type { Budget, RunStore, World } from '../ports.ts';
import { beginningAt, listed, reportKeys, stateKeys } from '../domain/store-keys.ts';
import { applyPorts, type Held } from './changes.ts';
import { type RunState } from '../store/run-state.ts';
import { counted, inNumbers } from '../domain/format-numbers.ts';

/** Problems that are reported one by one, per project; of the others only the number. */
const shown = 10;

/** Forgotten deletions after which nothing is healed any more: whatever they cut, collections have long decided. */
const tooOld = 7 * 24 * 60 * 60_000;

/** A process that was cut off ends what it had sent within this time of its last sign of life. */
const lastBatch = 60 * 60_000;

interface Forgotten extends Beginning {
  readonly key: string;
  readonly runId: string;
  /** Names a part and a project. */
  readonly name: string;
  readonly until: Instant;
}

/** Projects in which earlier runs deleted that were cut off, and that nobody has looked after. */
export async function forgottenBy(
  { runId: own }: Pick<RunState, 'runId'>,
  { store, harbor }: Pick<World, 'store' | 'harbor'>,
): Promise<readonly Forgotten[]> {
  const records = await store.list(listed.healings);
  const found: Forgotten[] = [];
  const here = harborKey(await harbor.address());
  for (const key of await store.list(listed.runs)) {
    const { runId, work: name } = beginningAt(key) ?? {};
    if (runId === undefined || name === undefined || runId === own) continue;
    if (records.some((record) => record.endsWith(`/${runId}/${name}.json`))) continue;
    const begun = await beginnings.read(store, runId, name);
    if (begun === undefined) continue;
    // A store may serve two Harbors; putting a manifest again by its digest harms none, so an unknown one is looked
    // after.
    if (begun.harbor !== undefined && harborKey(begun.harbor) !== here) continue;
    found.push({ ...begun, key, runId, name, until: (begun.lastAt ?? begun.at) + lastBatch });
  }
  return found;
}

/**
 * Heals after runs that were cut off while they deleted and were never continued: nobody else would, and a collection
 * would make the loss final. Bounded by the end of their deletions, not by now; continued by the next slice; what is
 * too old is settled with a statement. What could not be healed is tried again by later runs until then. False: out
 * of time.
 */
export async function healForgotten(
  state: Pick<RunState, 'runId'>,
  held: Held,
  budget: Budget,
): Promise<boolean> {
  const { store, clock } = held.world;
  const keys = reportKeys(state.runId);
  const done = new Set(await store.list(keys.healings));
  for (const one of await forgottenBy(state, held.world)) {
    const record = keys.healing(`forgotten-${one.runId}-${one.name}`);
    if (done.has(record)) continue;
    if (!budget.hasTime()) return false;
    const healing =
      clock.now() - one.until > tooOld ? settled(one) : await healAfter(one, { held, budget });
    if (healing === 'out-of-time') return false;
    await store.write(record, healingRecords.text(healing), 'application/json');
    await store.remove(healingsSoFar.key(one.runId, one.name));
    if (healing.problems.length === 0) await store.remove(one.key);
  }
  return true;
}

async function healAfter(
  one: Forgotten,
  { held, budget }: { readonly held: Held; readonly budget: Budget },
): Promise<Healing | 'out-of-time'> {
  const { store } = held.world;
  const ports = applyPorts(held.world, held.lease);
  const { project, runId, at: since, until } = one;
  const healer = await healerOf({ runId, work: one.name }, { store, ports, budget });
  return await heal(
    { project, runId, since, until, deleted: await intendedBy(one, store) },
    healer,
  );
}

/** What the run had begun to delete there: its intents say so, whether or not it came to record it. */
async function intendedBy(
  { runId, name }: Forgotten,
  store: RunStore,
): Promise<readonly Deleted[]> {
  const deleted: Deleted[] = [];
  for (const key of await store.list(stateKeys(runId).intentsOf(name))) {
    const intent = await intents.readAt(store, key);
    if (intent !== undefined) deleted.push(...deletionsOf(intent.actions));
  }
  return deleted;
}

function settled({ project, runId, at, until }: Forgotten): Healing {
  const span = `${formatInstant(at)} to ${formatInstant(until)}`;
  return {
    version: 1,
    project,
    since: at,
    relinked: [],
    tags: [],
    problems: [],
    told: [
      {
        on: project,
        message: `Run ${runId} was cut off while it deleted in ${project} (${span}), and nobody looked after those who pushed there at that time. That is too long ago to heal.`,
        remedy:
          'Pull once what was pushed there in that time; push again what lacks a layer or a tag. This is said once.',
      },
    ],
  };
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
      : [
          relinked.length === 1
            ? 'the manifest of 1 artifact was put again, so that no layer is lost'
            : `the manifests of ${inNumbers(relinked.length)} artifacts were put again, so that no layer is lost`,
        ];
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

function notHealed({ project, problems, told = [], logUnread }: Healing): readonly Warning[] {
  const all = [...problems, ...told];
  const named = all
    .slice(0, shown)
    .map(({ on, message, remedy }): Warning => ({ code: 'push-not-healed', on, message, remedy }));
  const more = all.length - named.length;
  const others: readonly Warning[] =
    more === 0
      ? []
      : [
          {
            code: 'push-not-healed',
            on: project,
            message: `${counted(more, 'more artifact')} pushed into ${project} during this run could not be healed.`,
            remedy: 'They stand in the run’s healing record, each with its command.',
          },
        ];
  return [...named, ...others, ...(logUnread === true ? [unseen(project)] : [])];
}

function unseen(project: string): Warning {
  return {
    code: 'pushes-not-looked-up',
    on: project,
    message: `Whether somebody put a tag on what this run deleted in ${project} in that very moment, or lost one to it, stands only in Harbor’s audit log, and that could not be read.`,
    remedy: 'Grant the robot log:list on the project; before Harbor 2.13 the log does not say it.',
  };
}
