import { denied } from './errors.ts';
import type { ProjectRow } from './rows.ts';
import { type State } from './state.ts';

/** Bytes that count against the project's quota: every linked blob once (docs/harbor.md#quotas). */
export function quotaUsed(state: State, project: ProjectRow): number {
  void state;
  return project.quota.used;
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

function human(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const figure = unit === 0 ? String(value) : value.toFixed(1);
  return `${figure} ${units[unit] ?? 'B'}`;
}

/** @throws HarborError 403 DENIED when the project could not take that many bytes more */
export function reserve(state: State, project: ProjectRow, bytes: number): void {
  const { hard } = project.quota;
  if (hard < 0) return;
  const used = quotaUsed(state, project);
  if (used + bytes <= hard) return;
  const change = bytes > 0 ? 'adding' : 'subtracting';
  throw denied(
    `${change} ${human(bytes)} of storage resource, which when updated to current usage of ${human(used)} will exceed the configured upper limit of ${human(hard)}.`,
  );
}
