import type { Applying, Batch, ProjectWork } from './applying.ts';
import { actionsOf } from '../store/planned-actions.ts';
import type { Action } from '../domain/action.ts';
import type { ActionPart } from '../domain/plan.ts';
import type { GuardedPlan } from '../guard/guarded-plan.ts';
import type { Stop } from './apply-batch.ts';
import { applyProject } from './apply-project.ts';
import { busyLast } from './order-projects.ts';
import { byProject, inParallel } from './in-parallel.ts';

export type { Applying } from './applying.ts';

/** Actions whose intent is stored at once: a crash leaves at most these to be looked at again, per project. */
const batchSize = 20;

export interface ApplyEnd {
  /** False: out of time; calling again goes on. */
  readonly done: boolean;
  readonly stop?: Stop;
}

/**
 * Does what a guarded plan says; what was done before an interruption is not done again. The purge of the trash is a
 * phase of its own, when nothing is copied into it any more (docs/harbor.md#t40-layers-that-get-lost).
 */
export async function applyPlan(
  plan: GuardedPlan,
  applying: Applying,
  which: 'deletions' | 'purge' = 'deletions',
): Promise<ApplyEnd> {
  let stop: Stop | undefined;
  for (const part of which === 'purge' ? (plan.purge?.actions ?? []) : plan.actions) {
    const projects = byProject(await actionsOf(part, applying.store), ({ project }) => project);
    const known = new Set(await applying.store.list(applying.recordPrefix));
    const work = [...projects].map(([project, actions]): ProjectWork => ({
      name: `${nameOf(part)}-${project}`,
      project,
      batches: batchesOf(part, project, actions),
      heals: which === 'deletions' && applying.healsIn(project),
    }));
    const ordered =
      which === 'purge' ? work : await busyLast(work, { ports: applying.ports, known, applying });
    const ends = await inParallel(ordered, (one) =>
      applyProject(one, { applying, known, stop: () => stop, stopAll: (why) => (stop ??= why) }),
    );
    if (ends.includes(false)) return { done: false, ...(stop === undefined ? {} : { stop }) };
  }
  return { done: true, ...(stop === undefined ? {} : { stop }) };
}

function nameOf(part: ActionPart): string {
  return (part.key.split('/').at(-1) ?? '').replace(/\.ndjson\.gz$/, '');
}

/** Names follow from the plan only, so that the next slice finds them again. */
function batchesOf(
  part: ActionPart,
  project: string,
  actions: readonly Action[],
): readonly Batch[] {
  const name = nameOf(part);
  const batches: Batch[] = [];
  for (let start = 0; start < actions.length; start += batchSize) {
    const number = String(start / batchSize + 1).padStart(5, '0');
    batches.push({
      name: `${name}-${project}-${number}`,
      actions: actions.slice(start, start + batchSize),
    });
  }
  return batches;
}
