/** Endings that make several names of one word. */
const endings = ['', '0', '1', '-1', '.0', '-rc1', '_x', '-2026', '.sig', '/a'];

/**
 * Names that some of the patterns may match: the words that stand in them, alone and in pairs, with some endings. For
 * patterns that are too large to be decided exactly. Always the same names for the same patterns.
 */
export function sampleNames(patterns: readonly string[]): readonly string[] {
  const words = new Set(['a', 'latest', 'v1.2.3', '1', 'main']);
  for (const pattern of patterns) {
    for (const [word] of pattern.matchAll(/[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*/g)) words.add(word);
    const plain = pattern.replaceAll(/[*?]+/g, 'x').replaceAll(/[^A-Za-z0-9._/-]/g, '');
    if (plain !== '') words.add(plain);
  }
  const few = [...words].slice(0, 200);
  const pairs = few
    .slice(0, 12)
    .flatMap((one) => few.slice(0, 12).map((other) => `${one}-${other}`));
  return [...few, ...pairs].flatMap((name) => endings.map((ending) => name + ending));
}
