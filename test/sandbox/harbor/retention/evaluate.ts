import { isImmutableArtifact } from '../immutability.ts';
import type { ArtifactRow, RepositoryRow } from '../rows.ts';
import { type Candidate, selects } from '../selectors.ts';
import { viewOf } from '../shelf.ts';
import type { RetentionRule } from './policy.ts';

/** An artifact as Harbor's retention sees it: its times are the latest of its own and its tags'. */
export interface RetentionCandidate {
  readonly row: ArtifactRow;
  readonly tags: readonly string[];
  readonly pushedAt: number;
  readonly pulledAt: number;
}

export type Fate = 'RETAIN' | 'DEL' | 'IMMUTABLE';

export class RetentionError extends Error {}

const seconds = (ms: number): number => Math.floor(ms / 1000);
const DAY_SECONDS = 86_400;

export function candidatesOf(repository: RepositoryRow): RetentionCandidate[] {
  return viewOf(repository.shelf, 'listed')
    .map((row) => ({
      row,
      tags: (row.tags ?? []).map((tag) => tag.name),
      pushedAt: Math.max(row.pushedAt, ...(row.tags ?? []).map((tag) => tag.pushedAt)),
      pulledAt: Math.max(row.pulledAt, ...(row.tags ?? []).map((tag) => tag.pulledAt)),
    }))
    .sort((a, b) => b.row.pushedAt - a.row.pushedAt || b.row.id - a.row.id);
}

type Keep = (
  found: readonly RetentionCandidate[],
  amount: number,
  now: number,
) => readonly RetentionCandidate[];

const newest =
  (time: (candidate: RetentionCandidate) => number): Keep =>
  (found, amount) =>
    [...found].sort((a, b) => seconds(time(b)) - seconds(time(a))).slice(0, amount);

const within =
  (time: (candidate: RetentionCandidate) => number, orEqual: boolean): Keep =>
  (found, amount, now) => {
    const bound = seconds(now) - amount * DAY_SECONDS;
    return found.filter((candidate) => {
      const at = seconds(time(candidate));
      return at > 0 && (orEqual ? at >= bound : at > bound);
    });
  };

const templates: Readonly<Record<string, { readonly keep: Keep; readonly otherwise: number }>> = {
  always: { keep: (found) => found, otherwise: 0 },
  latestPushedK: { keep: newest((one) => one.pushedAt), otherwise: 10 },
  latestPulledN: { keep: newest((one) => one.pulledAt), otherwise: 10 },
  latestActiveK: { keep: newest((one) => Math.max(one.pushedAt, one.pulledAt)), otherwise: 10 },
  nDaysSinceLastPush: { keep: within((one) => one.pushedAt, true), otherwise: 30 },
  nDaysSinceLastPull: { keep: within((one) => one.pulledAt, true), otherwise: 30 },
  lastXDays: { keep: within((one) => one.pushedAt, false), otherwise: 10 },
};

const asCandidate = (candidate: RetentionCandidate): Candidate => ({
  namespace: candidate.row.project.name,
  repository: candidate.row.repository.shortName,
  tags: candidate.tags,
});

function kept(
  rule: RetentionRule,
  candidates: readonly RetentionCandidate[],
  now: number,
): readonly RetentionCandidate[] {
  const template = templates[rule.template];
  if (template === undefined)
    throw new RetentionError(`rule evaluator ${rule.template} is not registered`);
  const found = candidates.filter((candidate) =>
    (rule.tag_selectors ?? []).every((selector) => selects(selector, asCandidate(candidate))),
  );
  const wished = rule.params?.[rule.template];
  // Anything but a number that is not negative silently means the default.
  const amount = typeof wished === 'number' && wished >= 0 ? wished : template.otherwise;
  return template.keep(found, amount, now);
}

/** Does a rule choose the repository? All its repository selectors have to. @throws SelectorError */
export const chooses = (rule: RetentionRule, repository: RepositoryRow): boolean =>
  rule.disabled !== true &&
  (rule.scope_selectors?.['repository'] ?? []).every((selector) =>
    selects(selector, {
      namespace: repository.project.name,
      repository: repository.shortName,
      tags: [],
    }),
  );

/**
 * What becomes of each candidate of one repository: the union of what the rules keep stays, the rest goes.
 * @throws RetentionError, SelectorError
 */
export function judge(
  rules: readonly RetentionRule[],
  candidates: readonly RetentionCandidate[],
  now: number,
): ReadonlyMap<RetentionCandidate, Fate> {
  for (const rule of rules)
    if (templates[rule.template] === undefined)
      throw new RetentionError(`rule evaluator ${rule.template} is not registered`);
  // A rule without tag selectors drops out; if no other is left, nothing is deleted.
  const speaking = rules.filter((rule) => (rule.tag_selectors ?? []).length > 0);
  const retained = new Set(
    speaking.length === 0 ? candidates : speaking.flatMap((rule) => kept(rule, candidates, now)),
  );
  return new Map(
    candidates.map((candidate) => {
      if (retained.has(candidate)) return [candidate, 'RETAIN'];
      return [candidate, isImmutableArtifact(candidate.row) ? 'IMMUTABLE' : 'DEL'];
    }),
  );
}
