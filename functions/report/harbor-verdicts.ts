/** What Harbor's own retention said of one artifact (docs/harbor.md#harbors-own-retention). */
export interface HarborVerdict {
  readonly digest: string;
  readonly tags: readonly string[];
  /** `ERR` and `IMMUTABLE` stay, although no rule keeps them. */
  readonly fate: 'RETAIN' | 'DEL' | 'ERR' | 'IMMUTABLE';
}

const fates = { RETAIN: true, DEL: true, ERR: true, IMMUTABLE: true } as const;

/**
 * The table at the end of a task's log. Columns are found by their titles. Undefined if there is no table, as in the log of
 * a task that failed. Pure.
 */
export function harborVerdicts(log: string): readonly HarborVerdict[] | undefined {
  const lines = log.split('\n').map((line) => line.trim());
  const head = lines.findLastIndex((line) => /^\|.*\bDigest\b.*\bRetention\b.*\|$/.test(line));
  if (head < 0) return undefined;
  const titles = cellsOf(lines[head] ?? '');
  const at = (title: string): number => titles.indexOf(title);
  const [digestAt, tagAt, fateAt] = [at('Digest'), at('Tag'), at('Retention')];
  const verdicts: HarborVerdict[] = [];
  for (const line of lines.slice(head + 2)) {
    if (!line.startsWith('|')) break;
    const cells = cellsOf(line);
    const fate = cells[fateAt] ?? '';
    if (!isFate(fate)) return undefined;
    const tags = (cells[tagAt] ?? '').split(',').filter((tag) => tag !== '');
    verdicts.push({ digest: cells[digestAt] ?? '', tags, fate });
  }
  return verdicts;
}

const isFate = (text: string): text is HarborVerdict['fate'] => Object.hasOwn(fates, text);

const cellsOf = (line: string): readonly string[] =>
  line
    .replace(/^\|/, '')
    .replace(/\|$/, '')
    .split('|')
    .map((cell) => cell.trim());
