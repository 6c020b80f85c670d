const units: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** Text form of a number of bytes, for JSON Schema. */
export const bytesForm = '^[0-9]+(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$';

/** Reads `500GB`, `20GiB`: an integer with a unit; undefined for anything else, and beyond 2^53. */
export function parseBytes(text: string): number | undefined {
  const found = /^(\d+)([A-Za-z]+)$/.exec(text);
  if (found === null) return undefined;
  const [, count, unit = ''] = found;
  const bytes = Number(count) * (units[unit] ?? NaN);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
