/** What became of the mutants of a file. */
export interface Score {
  readonly file: string;
  readonly caught: number;
  /** Survived, or run by no test. */
  readonly missed: number;
  readonly seconds: number;
}

type Files = Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>;

const caught: ReadonlySet<string> = new Set(['Killed', 'Timeout']);
const missed: ReadonlySet<string> = new Set(['Survived', 'NoCoverage']);

/** The scores of a report of Stryker, lowest first; files without mutants are left out. `seconds`: by file. */
export function scoresOf(files: Files, seconds: ReadonlyMap<string, number>): readonly Score[] {
  return Object.entries(files)
    .map(([file, { mutants }]) => ({
      file,
      caught: mutants.filter(({ status }) => caught.has(status)).length,
      missed: mutants.filter(({ status }) => missed.has(status)).length,
      seconds: seconds.get(file) ?? 0,
    }))
    .filter((score) => score.caught + score.missed > 0)
    .toSorted((one, other) => percent(one) - percent(other) || (one.file < other.file ? -1 : 1));
}

/** The table of scores in Markdown, with all files together in the last row. */
export function scoresTable(scores: readonly Score[]): string {
  const all = {
    file: 'all',
    caught: sum(scores, ({ caught: some }) => some),
    missed: sum(scores, ({ missed: some }) => some),
    seconds: sum(scores, ({ seconds: some }) => some),
  };
  return [
    '| file | mutants | missed | score | seconds |',
    '|---|---|---|---|---|',
    ...[...scores, all].map((score) => {
      const mutants = score.caught + score.missed;
      const figures = [mutants, score.missed, `${percent(score).toFixed(1)} %`];
      return `| ${[score.file, ...figures, score.seconds.toFixed(1)].join(' | ')} |`;
    }),
  ].join('\n');
}

function percent(score: Score): number {
  const mutants = score.caught + score.missed;
  return mutants === 0 ? 100 : (100 * score.caught) / mutants;
}

function sum(scores: readonly Score[], of: (score: Score) => number): number {
  let total = 0;
  for (const score of scores) total += of(score);
  return total;
}
