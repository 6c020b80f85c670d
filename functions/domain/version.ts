// These two alone: the whole package is three times as much in the bundle.
import compare from 'semver/functions/compare.js';
import parse from 'semver/functions/parse.js';

/** A tag that is a version, by SemVer 2. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly isPrerelease: boolean;
  /** Full form, `1.2.0-rc.1`: what comparing uses. */
  readonly full: string;
}

/**
 * Reads a tag as a version (policy.md §2): a leading `v` is allowed, a plain one- or two-part number is filled
 * up with zeros; anything else that SemVer 2 does not accept (`1.2-alpine`, `1.2.3.4`) is no version.
 */
export function parseVersion(tag: string): Version | undefined {
  const parsed = parse(filledUp(tag));
  if (parsed === null) return undefined;
  const { major, minor, prerelease } = parsed;
  return { major, minor, isPrerelease: prerelease.length > 0, full: parsed.version };
}

/** SemVer precedence, lowest first; 0 for equal precedence, which is no total order. */
export function compareVersions(one: Version, other: Version): number {
  return compare(one.full, other.full);
}

function filledUp(tag: string): string {
  if (/^v?\d+$/.test(tag)) return `${tag}.0.0`;
  return /^v?\d+\.\d+$/.test(tag) ? `${tag}.0` : tag;
}
