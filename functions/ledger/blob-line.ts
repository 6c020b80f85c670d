/** A manifest's blobs as they are remembered: key and bytes in turn, the manifest's own first. */
export type BlobLine = readonly (string | number)[];

/** Key and bytes of each blob. */
export function* blobsOf(line: BlobLine): Generator<readonly [key: string, bytes: number]> {
  for (let at = 0; at + 1 < line.length; at += 2) {
    yield [String(line[at]), Number(line[at + 1])];
  }
}

/** The reverse of `JSON.stringify`; undefined if it is not one of ours. */
export function readLine(text: string): BlobLine | undefined {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(line) || line.length < 2 || typeof line[0] !== 'string') return undefined;
  return line as BlobLine;
}
