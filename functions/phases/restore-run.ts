import type { ApplyPorts } from '../apply/apply-ports.ts';
import { isOfHarbor } from '../apply/write-result.ts';
import { byProject, inParallel } from '../apply/in-parallel.ts';
import type { RestoreItem } from '../apply/restore-item.ts';
import type { RestoreStep } from '../apply/plan-restore.ts';
import { type Labels, lookAt, type Restored, restoreItem } from '../apply/restore.ts';
import { RetentionError } from '../errors.ts';
import type { Budget, ProjectHead, World } from '../ports.ts';
import { countRestoreDeath, forgetRestoreDeaths } from '../store/deaths.ts';
import { changesOf, applyPorts } from './changes.ts';
import { takeLease } from '../store/lease.ts';
import { leaseTimeOf } from '../store/progress.ts';
import { itemsFor, type RestoreRequest, trashOf } from './restore-items.ts';

export type { RestoreRequest } from './restore-items.ts';

export interface RestoreReport {
  readonly applied: boolean;
  readonly restored: readonly RestoreStep[];
  /** Was complete already. */
  readonly complete: readonly RestoreStep[];
  readonly lost: readonly RestoreStep[];
  readonly failed: readonly { readonly step: RestoreStep; readonly because: string }[];
  /** Named by a record or an intent of the run that its sealed plan does not hold: somebody else wrote it. */
  readonly disbelieved: readonly string[];
  /** Not looked at yet, for want of time. */
  readonly open: number;
}

/**
 * Puts back what a run deleted, one thing at a time in a repository, in several repositories at once. Deletes nothing: the
 * copies stay in the trash, marked, for the purge. May be repeated after any interruption: what is back is seen to be complete.
 * @throws RetentionError usage, lease-held, report-not-found, state-invalid, policy-…, harbor-…
 */
export async function restoreRun(
  request: RestoreRequest,
  world: World,
  budget: Budget,
): Promise<RestoreReport> {
  const { url: harbor } = await world.harbor.identify();
  const projects = await world.harbor.listProjects();
  const trash = await trashOf(world);
  const { items, disbelieved } = await itemsFor(request, { harbor, projects, trash }, world);
  refuseUnmatched(request);
  if (!request.apply) {
    const { inspector } = changesOf(world);
    const steps = await each(items, world, (item) => lookAt(item, inspector));
    return { ...shown(steps), applied: false, failed: [], disbelieved, open: 0 };
  }
  const runId = request.from.kind === 'run' ? request.from.runId : 'restore';
  const who = { runId, owner: request.owner, holder: world.identity };
  const lease = await takeLease(world.store, who, leaseTimeOf(world));
  const ports = applyPorts(world, lease);
  const confirm = (): Promise<void> => lease.confirm();
  try {
    if (lease.isAfterDeath) await countRestoreDeath(runId, request.owner, world);
    const done = await putBack(items, { ports, projects, world, budget, confirm });
    if (lease.isAfterDeath) await forgetRestoreDeaths(world);
    return { ...done, disbelieved };
  } finally {
    await lease.release();
  }
}

/**
 * Works on items of several repositories at once, also of one project, as nothing is deleted that could cut what comes
 * back (docs/harbor.md#t40-layers-that-get-lost); on one at a time within a repository, in their order. Undefined: not
 * come to.
 */
async function each<R>(
  items: readonly RestoreItem[],
  world: World,
  work: (item: RestoreItem) => Promise<R | undefined>,
): Promise<readonly R[]> {
  const nameOf = ({ project, repository }: RestoreItem['place']): string =>
    `${project}/${repository}`;
  const repositories = byProject([...items.entries()], ([, item]) => nameOf(item.place));
  const results: R[] = [];
  let done = 0;
  await inParallel([...repositories.values()], async (own) => {
    for (const [index, item] of own) {
      const result = await work(item);
      if (result === undefined) return;
      results[index] = result;
      done += 1;
      world.telemetry.progress({ phase: 'apply', done, of: items.length, what: 'restored' });
    }
  });
  return results.filter((_, index) => index in results);
}

/** A restore of what nobody has deleted would look like one that found everything complete. */
function refuseUnmatched({ unmatched, from }: RestoreRequest): void {
  const names = unmatched?.() ?? [];
  if (names.length === 0) return;
  const where = from.kind === 'run' ? `run ${from.runId} deleted` : `lies in ${from.project}`;
  throw new RetentionError('usage', `Nothing that ${where} is ${names.join(' or ')}.`, {
    remedy:
      'Look at what there is: leave --only out (nothing is changed without --apply). The tag must be one that it had, the digest may be shortened.',
  });
}

function shown(
  steps: readonly RestoreStep[],
): Pick<RestoreReport, 'restored' | 'complete' | 'lost'> {
  const of = (fate: RestoreStep['fate']) => steps.filter((step) => step.fate === fate);
  return { restored: of('restore'), complete: of('complete'), lost: of('lost') };
}

interface PuttingBack {
  readonly ports: ApplyPorts;
  readonly projects: readonly ProjectHead[];
  readonly world: World;
  readonly budget: Budget;
  readonly confirm: () => Promise<void>;
}

async function putBack(
  items: readonly RestoreItem[],
  { ports, projects, world, budget, confirm }: PuttingBack,
): Promise<Omit<RestoreReport, 'disbelieved'>> {
  const labels = new Map<string, Promise<Labels>>();
  const results = await each(items, world, async (item) => {
    if (!budget.hasTime()) return undefined;
    await confirm();
    const { project } = item.place;
    const head = projects.find((one) => one.name === project);
    // Read only where a label has to come back; a project that is gone has none.
    if (head !== undefined && item.labels.length > 0 && !labels.has(project))
      labels.set(project, labelsOf(world, head));
    return await restoreItem(item, { ports, labels: (await labels.get(project)) ?? new Map() });
  });
  const of = (kind: Restored['result']) =>
    results.flatMap((one) => (one.result === kind ? [one.step] : []));
  return {
    applied: true,
    restored: of('restored'),
    complete: of('complete'),
    lost: of('lost'),
    failed: results.flatMap((one) =>
      one.result === 'failed' ? [{ step: one.step, because: one.because }] : [],
    ),
    open: items.length - results.length,
  };
}

async function labelsOf(world: World, { id }: ProjectHead): Promise<Labels> {
  try {
    return await changesOf(world).inspector.readLabels(id);
  } catch (error) {
    if (!isOfHarbor(error)) throw error;
    return { because: error.message };
  }
}
