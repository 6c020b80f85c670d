/** Columns of text: the first flush left, the others flush right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        const gap = ' '.repeat(Math.max(0, width - cell.length));
        return column === 0 ? cell + gap : gap + cell;
      })
      .join('   ')
      .trimEnd(),
  );
}
