import { deleteArtifact } from './actions/delete-artifact.ts';
import { materialise, materialiseAll, unlinkBlob } from './blobs.ts';
import { HarborError } from './errors.ts';
import type { GcExecution, GcParameters, GcResult } from './gc-state.ts';
import type { ArtifactRow, BlobRow } from './rows.ts';
import { viewOf } from './shelf.ts';
import { type State, nextId } from './state.ts';
import { since } from './version.ts';

const HOUR = 3_600_000;
/** Not settable by the API; readable in `job_parameters` only (docs/harbor.md#parameters-of-a-collection). */
export const WINDOW_HOURS = 2;
/** From mark to sweep, and from the result to the final status (docs/harbor.md#t45-late-figures). */
const SWEEP_MS = 1_000;
const STATUS_LAG_MS = 25_000;

const tooYoung = (state: State, blob: BlobRow): boolean =>
  blob.updatedAt > state.clock.now() - WINDOW_HOURS * HOUR;

/** Links that no artifact of the project needs, of blobs that nobody touched lately. */
function dropUselessLinks(state: State): void {
  for (const project of state.projects.values())
    for (const digest of project.blobLinks) {
      const blob = state.blobs.get(digest);
      if (project.blobUses.has(digest) || blob === undefined || tooYoung(state, blob)) continue;
      unlinkBlob(state, project, digest);
    }
}

function linkedDigests(state: State): Set<string> {
  const linked = new Set<string>();
  for (const project of state.projects.values())
    for (const digest of project.blobLinks) linked.add(digest);
  return linked;
}

/** What nothing uses and nobody touched within the window. */
function candidates(state: State): BlobRow[] {
  const linked = linkedDigests(state);
  return [...state.blobs.values()].filter(
    (blob) => !linked.has(blob.digest) && !tooYoung(state, blob),
  );
}

const untagged = (state: State): ArtifactRow[] =>
  [...state.projects.values()].flatMap((project) => [...viewOf(project.shelf, 'untagged')]);

/** Instance-wide, of any age, with accessories and unshared children; no audit row, no webhook (T20). */
function deleteUntagged(state: State): void {
  for (const row of untagged(state)) {
    try {
      if (!row.deleted) deleteArtifact(state, row);
    } catch (error) {
      if (!(error instanceof HarborError)) throw error;
    }
  }
}

const isManifest = (blob: BlobRow): boolean => /manifest|image\.index/.test(blob.contentType);

function resultOf(blobs: readonly BlobRow[]): GcResult {
  let freedSpace = 0;
  for (const blob of blobs) freedSpace += blob.size;
  const purgedManifests = blobs.filter(isManifest).length;
  return { freedSpace, purgedManifests, purgedBlobs: blobs.length - purgedManifests };
}

/** A dry run counts every blob of every untagged artifact, shared ones repeatedly. */
function estimate(state: State, parameters: GcParameters): GcResult {
  const found = candidates(state);
  if (parameters.deleteUntagged)
    for (const row of untagged(state))
      for (const digest of materialise(state, row)) {
        const blob = state.blobs.get(digest);
        if (blob !== undefined) found.push(blob);
      }
  return resultOf(found);
}

function remove(state: State, blob: BlobRow): void {
  state.blobs.delete(blob.digest);
  for (const storage of state.storage.values()) {
    storage.layers.delete(blob.digest);
    storage.revisions.delete(blob.digest);
  }
}

interface Marked {
  readonly blob: BlobRow;
  readonly at: number;
}

function mark(state: State): Marked[] {
  const at = state.clock.now();
  return candidates(state).map((blob) => {
    blob.status = 'delete';
    blob.updatedAt = at;
    return { blob, at };
  });
}

/** What was touched, or linked, since the mark is spared. */
function sweep(state: State, marked: readonly Marked[]): GcResult {
  const gone = marked
    .filter(
      ({ blob, at }) =>
        blob.status === 'delete' && blob.updatedAt === at && state.blobs.get(blob.digest) === blob,
    )
    .map(({ blob }) => blob);
  for (const blob of gone) {
    blob.status = 'deleting';
    remove(state, blob);
  }
  return resultOf(gone);
}

function finish(state: State, execution: GcExecution, result: GcResult): void {
  if (execution.status !== 'Running') return;
  const now = state.clock.now();
  execution.result = result;
  execution.updatedAt = now;
  execution.log += `${new Date(now).toISOString()} [INFO] GC job completed, freed ${result.freedSpace} bytes\n`;
  // The result is there long before the status says so (T45).
  state.clock.at(now + STATUS_LAG_MS, () => {
    if (execution.status === 'Running') execution.status = 'Success';
    execution.updatedAt = state.clock.now();
    startNext(state);
  });
}

function run(state: State, execution: GcExecution): void {
  const { parameters } = execution;
  for (const project of state.projects.values()) materialiseAll(state, project);
  execution.log = `${new Date(state.clock.now()).toISOString()} [INFO] start to run gc in job.\n`;
  if (parameters.dryRun) {
    // Until 2.3 a dry run with delete_untagged really deleted them (docs/harbor.md#parameters-of-a-collection).
    if (parameters.deleteUntagged && !since(state.version, 4)) deleteUntagged(state);
    const result = estimate(state, parameters);
    state.clock.at(state.clock.now() + SWEEP_MS, () => finish(state, execution, result));
    return;
  }
  if (parameters.deleteUntagged) deleteUntagged(state);
  dropUselessLinks(state);
  const marked = mark(state);
  state.clock.at(state.clock.now() + SWEEP_MS, () => {
    if (execution.status === 'Running') finish(state, execution, sweep(state, marked));
  });
}

/** Runs queue, one at a time; while they wait they are called Running too (docs/harbor.md#t22-a-second-collection). */
function startNext(state: State): void {
  const next = state.gc.executions.find(
    (execution) => execution.status === 'Running' && execution.log === '',
  );
  const busy = state.gc.executions.some(
    (execution) => execution.status === 'Running' && execution.log !== '',
  );
  if (next !== undefined && !busy) run(state, next);
}

export function startGc(
  state: State,
  parameters: GcParameters,
  kind: 'MANUAL' | 'SCHEDULE' = 'MANUAL',
): GcExecution {
  const now = state.clock.now();
  const execution: GcExecution = {
    id: nextId(state, 'execution'),
    kind,
    parameters,
    status: 'Running',
    result: undefined,
    log: '',
    createdAt: now,
    updatedAt: now,
  };
  state.gc.executions.push(execution);
  startNext(state);
  return execution;
}

/** Cooperative; what was marked stays marked, and so is hidden from the next run for one window. */
export function stopGc(state: State, execution: GcExecution): void {
  if (execution.status !== 'Running') return;
  execution.status = 'Stopped';
  execution.updatedAt = state.clock.now();
  startNext(state);
}
