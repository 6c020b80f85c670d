import { parseBytes } from '../domain/bytes.ts';
import { parseDuration } from '../domain/duration.ts';

/** The known word that a mistyped one is nearest to, if it is near enough to be meant. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  const plain = simplify(written);
  let best: { readonly word: string; readonly distance: number } | undefined;
  for (const word of known) {
    const distance = editDistance(plain, simplify(word));
    if (best === undefined || distance < best.distance) best = { word, distance };
  }
  const tolerated = Math.max(1, Math.floor(plain.length / 3));
  return best !== undefined && best.distance <= tolerated ? best.word : undefined;
}

// `pushed_within`, `PushedWithin` and `pushed-within` are the same slip.
function simplify(word: string): string {
  return word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwap =
        row > 1 &&
        column > 1 &&
        one[row - 1] === other[column - 2] &&
        one[row - 2] === other[column - 1];
      const replaced = (last[column - 1] ?? 0) + (isSame ? 0 : 1);
      const added = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      const swapped = isSwap ? (before[column - 2] ?? 0) + 1 : Infinity;
      current.push(Math.min(replaced, added, swapped));
    }
    before = last;
    last = current;
  }
  return last[other.length] ?? one.length;
}

/** A duration as it was likely meant: `30`, `30 d`, `30days` → `30d`; undefined for months and the like. */
export function mendedDuration(written: unknown): string | undefined {
  const [, count, unit = 'd'] =
    /^\s*(\d+)\s*(?:(h|d|w)(?:our|ay|eek)?s?)?\s*$/i.exec(String(written)) ?? [];
  const mended = `${count}${unit.toLowerCase()}`;
  return count === undefined || parseDuration(mended) === undefined ? undefined : mended;
}

/** A number of bytes as it was likely meant: `500 gb` → `500GB`. */
export function mendedBytes(written: unknown): string | undefined {
  const [, count, unit] = /^\s*(\d+)\s*([kmgt]i?b?|b)\s*$/i.exec(String(written)) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  const [prefix = '', ...rest] = unit.toUpperCase().replace(/B$/, '');
  const mended = `${count}${prefix}${rest.includes('I') ? 'i' : ''}B`;
  return parseBytes(mended) === undefined ? undefined : mended;
}
