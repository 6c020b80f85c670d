import type { BoundCondition, Moment, PoolMember, Rule } from '../domain/policy.ts';

/** What one rule makes of some tags, whatever else an artifact may have. */
export interface TriedRule {
  readonly rule: string;
  readonly tags: readonly TriedTag[];
  /** Only in a rule on versions: each release line with its tags, the highest first. */
  readonly lines: readonly { readonly line: string; readonly tags: readonly string[] }[];
}

export interface TriedTag {
  readonly tag: string;
  readonly says: 'selected' | 'not-selected' | 'not-a-version';
  /** Why a rule on versions does not judge it. */
  readonly because?: string;
}

/** What each rule on tags says of these names. Rules on untagged artifacts have nothing to say. Pure. */
export function tryTags(rules: readonly Rule[], tags: readonly string[]): readonly TriedRule[] {
  const distinct = [...new Set(tags)];
  return rules.flatMap((rule) => {
    const { hasTag } = rule.select;
    if (hasTag === undefined) return [];
    const tried = distinct.map((tag) => tryTag(rule, tag));
    const selected = tried.flatMap(({ tag, says }) => (says === 'selected' ? [tag] : []));
    return [{ rule: rule.name, tags: tried, lines: linesOf(rule, selected) }];
  });
}

function tryTag({ select, keep }: Rule, tag: string): TriedTag {
  if (select.hasTag?.(tag) !== true) return { tag, says: 'not-selected' };
  for (const condition of keep) {
    const because = condition.doesNotGovern?.(tag);
    if (because !== undefined) return { tag, says: 'not-a-version', because };
  }
  return { tag, says: 'selected' };
}

const anyMoment: Moment = { now: 0, pullSignal: 'live' };
const never = { pushed: 0, pulled: 0, active: 0, untaggedSince: 0 };

/** Versions of equal precedence rank by push time, which nobody knows here: then by name. */
function linesOf(rule: Rule, tags: readonly string[]): TriedRule['lines'] {
  const ranking = versionsIn(rule.keep);
  if (ranking === undefined) return [];
  const members = tags.map((tag): PoolMember => {
    const group = rule.groupBy === undefined ? '' : (rule.groupBy.groupOf(tag) ?? tag);
    return { digest: tag, ...never, selected: [{ subject: tag, group }] };
  });
  const lines = new Map<string, { rank: number; tag: string }[]>();
  for (const [index, finding] of ranking.judge(members, anyMoment).entries()) {
    if (!('margin' in finding) || finding.margin.kind !== 'rank') continue;
    const line = finding.margin.group ?? '';
    const known = lines.get(line) ?? [];
    known.push({ rank: finding.margin.rank, tag: tags[index] ?? '' });
    lines.set(line, known);
  }
  return [...lines].map(([line, own]) => ({
    line,
    tags: own.toSorted((one, other) => one.rank - other.rank).map(({ tag }) => tag),
  }));
}

function versionsIn(keep: readonly BoundCondition[]): BoundCondition | undefined {
  const all = keep.flatMap((condition) => condition.parts ?? [condition]);
  return all.find(({ key }) => key === 'highestVersions');
}
