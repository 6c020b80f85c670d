/** `spec.templates[*].container`: fields from the top of an object; `[*]` means each of a list or of a map. */
export const pathForm = /^[A-Za-z_][\w-]*(?:\[\*\])?(?:\.[A-Za-z_][\w-]*(?:\[\*\])?)*$/;

/** What lies at a path; empty if nothing does. */
export function valuesAt(value: unknown, path: string): readonly unknown[] {
  let found: readonly unknown[] = [value];
  for (const step of path.split('.')) {
    const isEach = step.endsWith('[*]');
    const field = isEach ? step.slice(0, -3) : step;
    found = found
      .map((one) => fieldOf(one, field))
      .flatMap((one) => (isEach ? eachOf(one) : [one]))
      .filter((one) => one !== undefined && one !== null);
  }
  return found;
}

function fieldOf(value: unknown, field: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[field];
}

function eachOf(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? (Object.values(value) as unknown[]) : [];
}
