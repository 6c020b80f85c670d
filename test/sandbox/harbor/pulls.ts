import type { ArtifactRow, TagRow } from './rows.ts';
import type { State } from './state.ts';
import { since } from './version.ts';

/** Pulls are written this much later, all at once (docs/harbor.md#pull-times). */
export const FLUSH_MS = 10_000;

export interface PendingPulls {
  readonly artifacts: Map<ArtifactRow, number>;
  readonly tags: Map<TagRow, { readonly artifact: ArtifactRow; readonly at: number }>;
  readonly counts: Map<string, number>;
  scheduled: boolean;
}

export const createPendingPulls = (): PendingPulls => ({
  artifacts: new Map(),
  tags: new Map(),
  counts: new Map(),
  scheduled: false,
});

function flush(state: State): void {
  const { pulls } = state;
  pulls.scheduled = false;
  for (const [row, at] of pulls.artifacts) {
    row.pulledAt = Math.max(row.pulledAt, at);
    // A child's pull is its indexes' too, from v2.15.1 on.
    if (since(state.version, 15, 1))
      for (const parent of row.parents ?? []) parent.pulledAt = Math.max(parent.pulledAt, at);
  }
  // A tag that has moved meanwhile is not the one that was pulled.
  for (const [tag, pull] of pulls.tags) if (tag.artifact === pull.artifact) tag.pulledAt = pull.at;
  for (const [name, count] of pulls.counts) {
    const [project = ''] = name.split('/');
    const repository = state.projectsByName
      .get(project)
      ?.repositories.get(name.slice(project.length + 1));
    if (repository === undefined) continue;
    repository.pullCount += count;
    repository.updatedAt = state.clock.now();
  }
  pulls.artifacts.clear();
  pulls.tags.clear();
  pulls.counts.clear();
  state.revision += 1;
}

/** Notes a pull; it shows when Harbor next writes them down. */
export function notePull(state: State, row: ArtifactRow, tag: TagRow | undefined): void {
  const { pulls } = state;
  const at = state.clock.now();
  pulls.artifacts.set(row, at);
  if (tag !== undefined) pulls.tags.set(tag, { artifact: row, at });
  const { name } = row.repository;
  pulls.counts.set(name, (pulls.counts.get(name) ?? 0) + 1);
  if (pulls.scheduled) return;
  pulls.scheduled = true;
  state.clock.at(at + FLUSH_MS, () => flush(state));
}
