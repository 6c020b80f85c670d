const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;

/** `21.4 GB`; decimal units, as registries and disks are sold. */
export function inBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return formatOf(unit, value < 100 && unit > 0 ? 1 : 0).format(value);
}

// Making one takes longer than using it a hundred times.
const formats = new Map<number, Intl.NumberFormat>();

function formatOf(unit: number, maximumFractionDigits: number): Intl.NumberFormat {
  const key = unit * 2 + maximumFractionDigits;
  const made =
    formats.get(key) ??
    new Intl.NumberFormat('en', {
      style: 'unit',
      unit: units[unit] ?? 'byte',
      unitDisplay: unit === 0 ? 'long' : 'short',
      maximumFractionDigits,
    });
  formats.set(key, made);
  return made;
}

// The first one loads ICU, which a cold start need not wait for.
let numbers: Intl.NumberFormat | undefined;

/** `4,183`. */
export function inNumbers(count: number): string {
  numbers ??= new Intl.NumberFormat('en');
  return numbers.format(count);
}

/** `850 ms`, `12.3 s`, `4 min 10 s`. */
export function inTime(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `1 artifact`, `1,234 artifacts`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${inNumbers(count)} ${count === 1 ? one : many}`;
}
