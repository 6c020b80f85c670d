import * as z from 'zod';
import { byText } from '../../domain/artifact-order.ts';
import type { Digest } from '../../domain/artifact.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Finding, PoolMember } from '../../domain/policy.ts';
import { compileVersionPattern } from '../../domain/pattern.ts';
import { compareVersions, lineOf, parseVersion, type Version } from '../../domain/version.ts';
import { unknownPushTime } from '../age.ts';
import { keepCondition } from '../keep-condition.ts';
import { positive } from '../parameters.ts';
import { isBetter, rankMargin } from '../rank.ts';

const patternAllowed =
  'a regular expression between slashes that captures the version: "/^(?<version>[0-9.]+)(-(?<group>.+))?$/"';

const versionPattern = z
  .string({ error: patternAllowed })
  .transform((written, context) => {
    const compiled = compileVersionPattern(written);
    if (compiled.ok) return compiled.pattern;
    context.issues.push({
      code: 'custom',
      input: written,
      message: `takes out no version: ${compiled.because}`,
      params: { allowed: patternAllowed },
    });
    return z.NEVER;
  })
  .describe(
    'Takes the version out of a tag, as the capture version; a capture group names variants that are counted apart.',
  );

const params = z.strictObject({
  count: positive,
  per: z
    .enum(['major', 'minor', 'all'])
    .prefault('all')
    .describe('Counts inside each major, each minor, or over all.'),
  prereleases: z.boolean().prefault(false).describe('false: the rule does not judge prereleases.'),
  pattern: versionPattern.optional(),
});

type Params = z.output<typeof params>;

interface Entry {
  readonly digest: Digest;
  readonly version: Version;
  readonly pushed: Instant;
  readonly member: PoolMember;
}

interface ReleaseLine {
  /** As the margin names it. */
  readonly group: string;
  readonly entries: Entry[];
}

/** Keeps the N highest versions, per major, minor or over all; SemVer precedence where they are SemVer. */
export const highestVersions = keepCondition({
  key: 'highestVersions',
  kind: 'count',
  params,
  needs: ['tags'],
  description:
    'Keeps the N highest versions. The rule then selects only tags that are versions, whatever other conditions it has.',
  judge: findings,
  doesNotGovern: (tag, written) => {
    const read = readTag(tag, written);
    return 'because' in read ? read.because : undefined;
  },
});

type ReadTag =
  { readonly version: Version; readonly variant: string } | { readonly because: string };

function readTag(tag: string, { pattern, prereleases }: Params): ReadTag {
  const parts = pattern === undefined ? { version: tag, group: '' } : pattern.partsOf(tag);
  if (parts === undefined) return { because: `${pattern?.text ?? ''} takes no version out of it` };
  const version = parseVersion(parts.version);
  if (version === undefined) {
    return {
      because:
        pattern === undefined
          ? 'it is not a version'
          : `what ${pattern.text} takes out of it, ${JSON.stringify(parts.version)}, is not a version`,
    };
  }
  if (version.prerelease.length > 0 && !prereleases) {
    return { because: 'it is a prerelease, which the rule does not judge' };
  }
  return { version, variant: parts.group };
}

function findings(members: readonly PoolMember[], written: Params): readonly Finding[] {
  const best = new Map<PoolMember, { rank: number; group: string }>();
  for (const { group, entries } of inLines(members, written)) {
    entries.sort(highestFirst);
    const seen = new Set<Digest>();
    for (const { digest, member } of entries) {
      if (seen.has(digest)) continue;
      seen.add(digest);
      const place = { rank: seen.size, group };
      const known = best.get(member);
      if (known === undefined || isBetter(place, known)) best.set(member, place);
    }
  }
  return members.map((member): Finding => {
    // Equal versions rank by push time, so that nothing can be said of one without.
    if (member.pushed === 'unknown') return unknownPushTime;
    const place = best.get(member);
    if (place === undefined) return { says: 'not-governed' };
    const says = place.rank <= written.count ? 'keeps' : 'lets-go';
    return { says, margin: rankMargin(place, 'version', written.count) };
  });
}

/** The release lines: one list per group, variant, and major or minor. */
function inLines(members: readonly PoolMember[], written: Params): Iterable<ReleaseLine> {
  const lines = new Map<string, ReleaseLine>();
  for (const member of members) {
    for (const { subject, group } of member.selected) {
      if (subject === null || member.pushed === 'unknown') continue;
      const read = readTag(subject, written);
      if ('because' in read) continue;
      const { version, variant } = read;
      const release = written.per === 'all' ? '' : lineOf(version, written.per);
      const parts = [group, variant, release];
      const key = JSON.stringify(parts);
      const name = parts.filter((part) => part !== '').join(' ');
      const line = lines.get(key) ?? { group: name, entries: [] };
      line.entries.push({ digest: member.digest, version, pushed: member.pushed, member });
      lines.set(key, line);
    }
  }
  return lines.values();
}

function highestFirst(one: Entry, other: Entry): number {
  return (
    compareVersions(other.version, one.version) ||
    other.pushed - one.pushed ||
    byText(one.digest, other.digest)
  );
}
