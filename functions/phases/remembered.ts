import type { World } from '../ports.ts';

/** What was read is used for this many milliseconds; whoever asks meanwhile gets the same. */
export function remembered<T>(
  ms: number,
  { stopwatch }: World,
  read: () => Promise<T>,
): () => Promise<T> {
  let last: { readonly at: number; readonly value: Promise<T> } | undefined;
  return () => {
    const now = stopwatch.elapsed();
    if (last === undefined || now - last.at > ms) {
      const own = { at: now, value: read() };
      last = own;
      // What failed is read again by whoever asks next.
      own.value.catch(() => {
        if (last === own) last = undefined;
      });
      return own.value;
    }
    return last.value;
  };
}
