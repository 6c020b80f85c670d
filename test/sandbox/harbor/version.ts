/** A Harbor release; behaviour that came with one is asked for by `since(version, 12)`. */
export interface Version {
  /** As `systeminfo` shows it. */
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

export const DEFAULT_VERSION = 'v2.15.2-080b0220';

/** @throws Error when the text does not begin like a version */
export function parseVersion(text: string): Version {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  if (match === null)
    throw new Error(`"${text}" is no Harbor version: expected something like v2.15.2`);
  return { text, major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3] ?? 0) };
}

/** Is it that release or a later one? */
export function since(version: Version, minor: number, patch = 0): boolean {
  if (version.major !== 2) return version.major > 2;
  return version.minor > minor || (version.minor === minor && version.patch >= patch);
}
