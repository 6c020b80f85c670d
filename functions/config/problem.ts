/** One thing wrong with a document; everything an operator needs to find and repair it. */
export interface Problem {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /** How many characters to underline; at least 1. */
  readonly length: number;
  /** `rules[0].keep.pushedWithin`; empty for the document itself. */
  readonly path: string;
  /** The value as written, shortened; absent where nothing is written. */
  readonly value?: string;
  readonly message: string;
  readonly allowed?: string;
  /** What was likely meant. */
  readonly suggestion?: string;
}

/** Keys and indexes from the top of a document. */
export type Path = readonly (string | number)[];

/** `rules[0].keep.pushedWithin`; keys that are no plain words stand in brackets and quotes. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!/^[A-Za-z_][\w-]*$/.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/** A value as a short JSON text, for messages; undefined for none, and for what has no end. */
export function inBrief(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  let text: string;
  try {
    text = JSON.stringify(value);
  } catch {
    // An anchor that holds an alias to itself.
    return undefined;
  }
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/**
 * In the order of the document, and no two about the same place in the same words. Two keys that are missing in one map
 * have one place: these are told apart by their names. What lies behind an alias has several paths, but one last step.
 */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const sorted = problems.toSorted(
    (one, other) => one.line - other.line || one.column - other.column,
  );
  const seen = new Set<string>();
  return sorted.filter(({ line, column, path, message, value }) => {
    const key = JSON.stringify([line, column, lastStep(path), message, value]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function lastStep(path: string): string {
  return /(?:\[[^\]]*\]|[^.[\]]*)$/.exec(path)?.[0] ?? '';
}
