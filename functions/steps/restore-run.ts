import type { Hands } from '../apply/hands.ts';
import {
  itemsInTrash,
  itemsOf,
  type Only,
  type RestoreItem,
  type RestoreStep,
} from '../apply/plan-restore.ts';
import { emptyTrashPlace, lookAt, type Restored, restoreItem } from '../apply/restore.ts';
import type { Place } from '../domain/trash.ts';
import { RetentionError } from '../errors.ts';
import type { Budget, HarborInspector, ProjectHead, World } from '../ports.ts';
import { changesOf, handsOf } from './hands-of.ts';
import { takeLease } from './lease.ts';
import { leaseTimeOf } from './progress.ts';
import { recordsOf } from './records.ts';

/** What to put back. */
export interface RestoreRequest {
  /** A run, by its records; or everything that lies in a trash project, where the records are lost. */
  readonly from:
    | { readonly kind: 'run'; readonly runId: string }
    | { readonly kind: 'trash'; readonly project: string };
  readonly only: Only;
  /** Repositories that `only` names: those with very long names are found in the trash by them. */
  readonly named: readonly Place[];
  /** False: says what would be done. */
  readonly apply: boolean;
  readonly owner: string;
}

export interface RestoreReport {
  readonly applied: boolean;
  readonly restored: readonly RestoreStep[];
  /** Was complete already. */
  readonly complete: readonly RestoreStep[];
  readonly lost: readonly RestoreStep[];
  readonly failed: readonly { readonly step: RestoreStep; readonly because: string }[];
  /** Restored, but still in the trash, and why. */
  readonly leftInTrash: readonly { readonly step: RestoreStep; readonly because: string }[];
  /** Not looked at yet, for want of time. */
  readonly open: number;
}

/**
 * Puts back what a run deleted, one thing at a time. May be repeated after any interruption: what is back is seen to
 * be complete. The trash is emptied when everything is back, never meanwhile.
 * @throws RetentionError lease-held, report-not-found, state-invalid, harbor-…
 */
export async function restoreRun(
  request: RestoreRequest,
  world: World,
  budget: Budget,
): Promise<RestoreReport> {
  const { url: harbor } = await world.harbor.identify();
  const projects = await world.harbor.listProjects();
  const items =
    request.from.kind === 'run'
      ? itemsOf(await recordsOf(world.store, { runId: request.from.runId, harbor }), request.only)
      : await itemsFromTrash(world, projects, { project: request.from.project, request });
  if (!request.apply) return await lookOnly(items, changesOf(world).inspector);
  const runId = request.from.kind === 'run' ? request.from.runId : 'restore';
  const who = { runId, owner: request.owner, holder: world.identity };
  const lease = await takeLease(world.store, who, leaseTimeOf(world));
  const hands = handsOf(world, lease);
  try {
    return await putBack(items, { hands, projects, world, budget, confirm: () => lease.confirm() });
  } finally {
    await lease.release();
  }
}

async function lookOnly(
  items: readonly RestoreItem[],
  inspector: HarborInspector,
): Promise<RestoreReport> {
  const steps: RestoreStep[] = [];
  for (const item of items) steps.push(await lookAt(item, inspector));
  const of = (fate: RestoreStep['fate']) => steps.filter((step) => step.fate === fate);
  return {
    applied: false,
    restored: of('restore'),
    complete: of('complete'),
    lost: of('lost'),
    failed: [],
    leftInTrash: [],
    open: 0,
  };
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
): Promise<RestoreReport> {
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
  const leftInTrash: RestoreReport['leftInTrash'][number][] = [];
  for (const { result, step } of results) {
    if (result !== 'restored' && result !== 'complete') continue;
    await confirm();
    const because = await emptyTrashPlace(step.item, hands);
    if (because !== undefined) leftInTrash.push({ step, because });
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
    leftInTrash,
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

async function itemsFromTrash(
  world: World,
  projects: readonly ProjectHead[],
  { project, request }: { readonly project: string; readonly request: RestoreRequest },
): Promise<readonly RestoreItem[]> {
  const trash = projects.find((one) => one.name === project);
  if (trash === undefined) {
    throw new RetentionError(
      'usage',
      `There is no project ${project}, or the robot can't see it.`,
      {
        remedy: 'Name the trash project of the policy with --from-trash PROJECT.',
      },
    );
  }
  const repositories = await world.harbor.listRepositories([trash]);
  const scope = {
    project: trash.name,
    projectId: trash.id,
    repositories,
    withChildren: false,
    confirmUntagged: false,
  };
  const items: RestoreItem[] = [];
  for await (const listing of world.harbor.listArtifacts(scope)) {
    const place = { project: trash.name, repository: listing.head.name };
    items.push(
      ...itemsInTrash({ place, artifacts: listing.artifacts }, request.only, request.named),
    );
  }
  return items;
}
