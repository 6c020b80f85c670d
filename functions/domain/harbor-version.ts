/** The part of Harbor's version that behaviour depends on. */
export interface HarborVersion {
  readonly major: number;
  readonly minor: number;
}

/** `v2.15.2-0a1b2c3d` is 2 and 15. Undefined for a text that is no version, as a build of somebody's own may have. */
export function parseHarborVersion(text: string): HarborVersion | undefined {
  const match = /^v?(\d+)\.(\d+)/.exec(text);
  if (match === null) return undefined;
  return { major: Number(match[1]), minor: Number(match[2]) };
}

export function isAtLeast({ major, minor }: HarborVersion, least: HarborVersion): boolean {
  return major > least.major || (major === least.major && minor >= least.minor);
}

/**
 * `GET /projects/{p}/artifacts`, all artifacts of a project, is there from 2.12 on
 * (docs/harbor.md#which-lists-there-are). A version that can't be read has none.
 */
export function hasProjectList(version: HarborVersion | undefined): boolean {
  return version !== undefined && isAtLeast(version, { major: 2, minor: 12 });
}
