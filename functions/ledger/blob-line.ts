/** A manifest's blobs as they are remembered: key and bytes in turn, the manifest's own first. */
export type BlobLine = readonly (string | number)[];

/** Key and bytes of each blob. */
export function* blobsOf(line: BlobLine): Generator<readonly [key: string, bytes: number]> {
  for (let at = 0; at + 1 < line.length; at += 2) {
    yield [String(line[at]), Number(line[at + 1])];
  }
}

/** One line, whose blobs are looked at only where they are asked for: parsing takes longest. */
export interface RememberedLine {
  readonly key: string;
  /** Empty if it is damaged. */
  readonly blobs: () => BlobLine;
}

export const rememberedLine = (line: BlobLine): RememberedLine => ({
  key: String(line[0]),
  blobs: () => line,
});

const keyForm = /^\["([0-9a-f]{24})",/;

/** A line as it was stored; undefined if it is not one of ours. */
export function readLine(text: string): RememberedLine | undefined {
  const key = keyForm.exec(text)?.[1];
  return key === undefined ? undefined : { key, blobs: () => parsed(text) };
}

function parsed(text: string): BlobLine {
  try {
    const line: unknown = JSON.parse(text);
    return Array.isArray(line) ? (line as BlobLine) : [];
  } catch {
    return [];
  }
}
