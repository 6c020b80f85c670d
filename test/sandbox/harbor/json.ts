/** How Harbor writes times and leaves out zero values (docs/harbor.md#json). */
export const ZERO_TIME = '0001-01-01T00:00:00.000Z';

export const renderTime = (ms: number): string =>
  ms === 0 ? ZERO_TIME : new Date(ms).toISOString();

/** Without the members whose value is zero, empty or undefined. Nested values are left alone. */
export function omitEmpty(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined || value === 0 || value === '' || value === false) continue;
    kept[key] = value;
  }
  return kept;
}
