import type { Hands } from '../apply/hands.ts';
import type { RestoreItem, RestoreStep } from '../apply/plan-restore.ts';
import { lookAt, type Restored, restoreItem } from '../apply/restore.ts';
import type { Budget, HarborInspector, ProjectHead, World } from '../ports.ts';
import { changesOf, handsOf } from './hands-of.ts';
import { takeLease } from './lease.ts';
import { leaseTimeOf } from './progress.ts';
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
 * Puts back what a run deleted, one thing at a time. Deletes nothing: the copies stay in the trash, marked, for the purge.
 * May be repeated after any interruption: what is back is seen to be complete.
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
  if (!request.apply) {
    const steps = await lookAll(items, changesOf(world).inspector);
    return { ...shown(steps), applied: false, failed: [], disbelieved, open: 0 };
  }
  const runId = request.from.kind === 'run' ? request.from.runId : 'restore';
  const who = { runId, owner: request.owner, holder: world.identity };
  const lease = await takeLease(world.store, who, leaseTimeOf(world));
  const hands = handsOf(world, lease);
  const confirm = (): Promise<void> => lease.confirm();
  try {
    const done = await putBack(items, { hands, projects, world, budget, confirm });
    return { ...done, disbelieved };
  } finally {
    await lease.release();
  }
}

async function lookAll(
  items: readonly RestoreItem[],
  inspector: HarborInspector,
): Promise<readonly RestoreStep[]> {
  const steps: RestoreStep[] = [];
  for (const item of items) steps.push(await lookAt(item, inspector));
  return steps;
}

function shown(
  steps: readonly RestoreStep[],
): Pick<RestoreReport, 'restored' | 'complete' | 'lost'> {
  const of = (fate: RestoreStep['fate']) => steps.filter((step) => step.fate === fate);
  return { restored: of('restore'), complete: of('complete'), lost: of('lost') };
}

interface PuttingBack {
  readonly hands: Hands;
  readonly projects: readonly ProjectHead[];
  readonly world: World;
  readonly budget: Budget;
  readonly confirm: () => Promise<void>;
}

async function putBack(
  items: readonly RestoreItem[],
  { hands, projects, world, budget, confirm }: PuttingBack,
): Promise<Omit<RestoreReport, 'disbelieved'>> {
  const labels = new Map<string, ReadonlyMap<string, number>>();
  const results: Restored[] = [];
  for (const [index, item] of items.entries()) {
    if (!budget.hasTime()) break;
    await confirm();
    const { project } = item.place;
    const known = labels.get(project) ?? (await labelsOf(world, projects, { project, item }));
    if (known !== undefined) labels.set(project, known);
    results.push(await restoreItem(item, { hands, labels: known ?? new Map() }));
    world.telemetry.progress({
      phase: 'apply',
      done: index + 1,
      of: items.length,
      what: 'restored',
    });
  }
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

/** Read only where a label has to come back; a project that is gone has none. */
async function labelsOf(
  world: World,
  projects: readonly ProjectHead[],
  { project, item }: { readonly project: string; readonly item: RestoreItem },
): Promise<ReadonlyMap<string, number> | undefined> {
  const head = projects.find((one) => one.name === project);
  if (head === undefined || item.labels.length === 0) return undefined;
  return await changesOf(world).inspector.readLabels(head.id);
}
