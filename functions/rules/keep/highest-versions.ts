import * as z from 'zod';
import { byText } from '../../domain/artifact-order.ts';
import type { Digest } from '../../domain/artifact.ts';
import type { Finding, PoolMember } from '../../domain/policy.ts';
import { compareVersions, parseVersion, type Version } from '../../domain/version.ts';
import { keepCondition } from '../keep-condition.ts';
import { positive } from '../parameters.ts';
import { isBetter, rankMargin } from '../rank.ts';

const params = z.strictObject({
  count: positive,
  per: z
    .enum(['major', 'minor', 'all'])
    .prefault('all')
    .describe('Counts inside each major, each minor, or over all.'),
  prereleases: z.boolean().prefault(false).describe('false: the rule leaves prereleases alone.'),
});

type Params = z.output<typeof params>;

interface Entry {
  readonly digest: Digest;
  readonly version: Version;
  readonly member: PoolMember;
}

/** Keeps the N highest versions by SemVer precedence, per major, minor or over all. */
export const highestVersions = keepCondition({
  key: 'highestVersions',
  kind: 'count',
  params,
  needs: ['tags'],
  description: 'Keeps the N highest versions by SemVer precedence.',
  judge: findings,
  doesNotGovern: (tag, written) => whyNotGoverned(parseVersion(tag), written),
});

function whyNotGoverned(version: Version | undefined, written: Params): string | undefined {
  if (version === undefined) return 'it is not a version';
  return version.isPrerelease && !written.prereleases
    ? 'it is a prerelease, which the rule leaves alone'
    : undefined;
}

function findings(members: readonly PoolMember[], written: Params): readonly Finding[] {
  const best = new Map<PoolMember, { rank: number; group: string }>();
  for (const [group, entries] of inLines(members, written)) {
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
    const place = best.get(member);
    if (place === undefined) return { says: 'not-governed' };
    const says = place.rank <= written.count ? 'keeps' : 'lets-go';
    return { says, margin: rankMargin(place, 'version', written.count) };
  });
}

/** The release lines: one list per group and major or minor. */
function inLines(members: readonly PoolMember[], written: Params): ReadonlyMap<string, Entry[]> {
  const lines = new Map<string, Entry[]>();
  for (const member of members) {
    for (const { subject, group } of member.selected) {
      const version = subject === null ? undefined : parseVersion(subject);
      if (version === undefined || whyNotGoverned(version, written) !== undefined) continue;
      const line = [group, lineOf(version, written.per)].filter((part) => part !== '').join(' ');
      const entries = lines.get(line) ?? [];
      entries.push({ digest: member.digest, version, member });
      lines.set(line, entries);
    }
  }
  return lines;
}

function lineOf({ major, minor }: Version, per: Params['per']): string {
  if (per === 'all') return '';
  return per === 'major' ? `${major}` : `${major}.${minor}`;
}

function highestFirst(one: Entry, other: Entry): number {
  return compareVersions(other.version, one.version) || byText(one.digest, other.digest);
}
