// Another backtest, as simple as it can be: whole nights in memory, lists gone through from end to end.
import type { Artifact } from '../../functions/domain/artifact.ts';
import type { RunEntry } from '../../functions/domain/run-history.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import type { RepositoryFacts } from '../../functions/domain/repository.ts';
import { guardPlan } from '../../functions/guard/guard-plan.ts';
import { judgeContext } from '../../functions/plan/judge-context.ts';
import { judgeRepository } from '../../functions/plan/judge-repository.ts';
import { addRepositories, emptyPlan, finishPlan } from '../../functions/plan/make-plan.ts';
import { cutoffFor } from '../../functions/plan/trim-to-limits.ts';
import { type MadeNight, onDay, registryOnDay } from '../support/past-nights.ts';

/** A row that went, with the row that its removal names. */
interface GoneRow {
  readonly id: number;
  readonly digest: string;
  readonly at: number;
  readonly by: NaiveRemoval;
  readonly as: 'head' | 'child' | 'accessory';
  backAt?: number;
}

export interface NaiveRemoval {
  readonly name: string;
  readonly night: number;
  readonly at: number;
  readonly id: number;
  readonly tag?: string;
  readonly labels: readonly string[];
  closedAt?: number;
  readonly regrets: Record<string, number>;
}

const rowsOf = (facts: RepositoryFacts): readonly Artifact[] =>
  facts.kind === 'complete' ? [...facts.artifacts, ...(facts.hidden ?? [])] : facts.seen;
const tagsOf = ({ tags }: Artifact) => (tags === 'unknown' ? [] : tags);
const below = ({ children, accessories }: Artifact): readonly string[] => [
  ...children,
  ...(accessories === 'unknown' ? [] : accessories.map(({ digest }) => digest)),
];

/** The removals of a policy over one repository's nights. */
export function naiveBacktest(
  policy: Policy,
  nights: readonly (MadeNight & { readonly facts: readonly [RepositoryFacts] })[],
): { readonly removals: readonly NaiveRemoval[]; readonly refused: readonly boolean[] } {
  let rows: GoneRow[] = [];
  const removals: NaiveRemoval[] = [];
  const history: RunEntry[] = [];
  const refused: boolean[] = [];
  const untagged = new Map<string, number>();
  let untaggedAt = -Infinity;

  for (const [night, made] of nights.entries()) {
    const at = onDay(made.day);
    const [facts] = made.facts;
    const all = rowsOf(facts);

    // Who is back, and since when: by a push of its own, or because something that is there lists it.
    const open = rows.filter(({ backAt }) => backAt === undefined);
    for (let changed = true; changed;) {
      changed = false;
      for (const gone of open) {
        const own = all.find(({ digest }) => digest === gone.digest);
        const pushes =
          own === undefined ? [] : [own.pushedAt, ...tagsOf(own).map((tag) => tag.pushedAt)];
        const times = pushes.filter((time) => time !== 'unknown' && time > gone.at).map(Number);
        if (times.length === 0 && own !== undefined && own.id !== gone.id) times.push(gone.at + 1);
        for (const owner of all.filter((one) => below(one).includes(gone.digest))) {
          const row = rows.find(({ id, digest }) => id === owner.id && digest === owner.digest);
          if (row !== undefined) times.push(row.backAt ?? Infinity);
          else if (owner.pushedAt !== 'unknown' && owner.pushedAt > gone.at)
            times.push(owner.pushedAt);
          else times.push(at);
        }
        const first = Math.min(...times);
        if (first >= (gone.backAt ?? Infinity)) continue;
        gone.backAt = first;
        changed = true;
      }
    }
    for (const { as, by, backAt } of open)
      if (as === 'head' && backAt !== undefined) by.closedAt ??= backAt;
    observe(all, rows, { removals, at });

    const isGone = (one: Artifact) =>
      rows.some(
        (row) => row.id === one.id && row.digest === one.digest && row.backAt === undefined,
      );
    const left = (some: readonly Artifact[]): readonly Artifact[] =>
      some
        .filter((one) => !isGone(one))
        .map((one) => {
          const back = rows.find((row) => row.id === one.id && row.digest === one.digest);
          const tags = tagsOf(one).filter(({ name, pushedAt }) => {
            if (back !== undefined) return pushedAt !== 'unknown' && pushedAt > back.at;
            const removal = removals.findLast((each) => each.tag === name && each.id === one.id);
            return removal === undefined || (pushedAt !== 'unknown' && pushedAt > removal.at);
          });
          if (back === undefined) return { ...one, tags };
          const pulledAt =
            one.pulledAt !== 'unknown' && one.pulledAt > back.at ? one.pulledAt : 'unknown';
          return { ...one, tags, pulledAt, pushedAt: back.backAt ?? 0 };
        });
    const listed = facts.kind === 'complete' ? facts.artifacts : facts.seen;
    const kids = new Set(listed.flatMap(({ children }) => children));
    const counted = listed.filter(
      (one) => isGone(one) && (tagsOf(one).length > 0 || !kids.has(one.digest)),
    );
    const head = { ...facts.head, artifactCount: facts.head.artifactCount - counted.length };
    const simulated: RepositoryFacts =
      facts.kind === 'complete'
        ? { ...facts, head, artifacts: left(facts.artifacts), hidden: left(facts.hidden ?? []) }
        : { ...facts, head, seen: left(facts.seen) };

    const registry = registryOnDay(made);
    const known = simulated.kind === 'complete' ? simulated.artifacts : [];
    const isRecent = at - untaggedAt <= 8 * 86_400_000;
    const since = new Map(
      known.flatMap(({ id, digest }) => {
        const seen = untagged.get(`${id} ${digest}`);
        return seen === undefined ? [] : [[digest, seen] as const];
      }),
    );
    const context = {
      ...judgeContext(policy, registry),
      untaggedSince: policy.needs.untaggedMemory && isRecent ? since : ('unknown' as const),
    };
    const weighed = judgeRepository(simulated, context);
    const cutoff =
      policy.limits.onBreach === 'oldestFirst'
        ? cutoffFor(weighed.families, policy.limits, weighed.totals.artifacts)
        : undefined;
    const plan =
      cutoff === undefined ? weighed : judgeRepository(simulated, { ...context, cutoff });
    const whole = finishPlan(addRepositories(emptyPlan, [plan]), {
      madeAt: at,
      policyHash: policy.hash,
      ruleNames: policy.ruleNames,
      actions: [],
    });
    const ruling = guardPlan(whole, {
      policy,
      registry,
      history: { runs: history },
      acknowledged: [],
    });
    const isRefused = ruling.kind === 'refused';
    refused.push(isRefused);

    if (facts.kind === 'complete') {
      const notes = known
        .filter(({ tags }) => tags !== 'unknown' && tags.length === 0)
        .map(({ id, digest }) => `${id} ${digest}`);
      const before = new Map(untagged);
      untagged.clear();
      for (const key of notes) untagged.set(key, (isRecent ? before.get(key) : undefined) ?? at);
      untaggedAt = at;
    }
    history.push({
      runId: '',
      at,
      policyHash: policy.hash,
      mode: 'apply',
      projects: 1,
      repositories: 1,
      artifacts: whole.population.artifacts,
      unread: whole.population.unread ?? 0,
      bytes: 0,
      deletedArtifacts: isRefused ? 0 : whole.population.deletions,
      deletedRepositories: 0,
      plannedByRule: Object.fromEntries(
        whole.rules.map(({ rule, deletions }) => [rule, deletions]),
      ),
      end: isRefused ? 'refused' : 'finished',
    });
    if (isRefused) continue;

    const staying = new Set(
      known
        .filter((_, position) => plan.verdicts[position]?.fate !== 'delete')
        .flatMap((one) => (one.children.length > 0 ? reachable(one, rowsOf(simulated)) : [])),
    );
    for (const action of plan.actions) {
      if (action.kind !== 'delete-artifact' && action.kind !== 'remove-tag') continue;
      const { digest, artifactId: id, labels, tags } = action;
      const isTag = action.kind === 'remove-tag';
      const removal: NaiveRemoval = {
        name: `${digest} ${isTag ? action.tag : tags.map(({ name }) => name).join(' ')}`,
        night,
        at,
        id,
        ...(isTag ? { tag: action.tag } : {}),
        labels,
        regrets: {},
      };
      if (isTag) {
        removals.push(removal);
        continue;
      }
      removals.push(removal);
      const members = (action.members ?? []).filter((one) => !staying.has(one.digest));
      const gone: GoneRow[] = [
        { id, digest, at, by: removal, as: 'head' },
        ...members.map((one) => ({
          id: one.artifactId,
          digest: one.digest,
          at,
          by: removal,
          as: one.as,
        })),
      ];
      for (const { id: row } of gone)
        for (const other of removals)
          if (other.tag !== undefined && other.id === row) other.closedAt ??= at;
      for (const one of gone) {
        if (one.as !== 'head' && rows.some((row) => row.digest === one.digest && row.at === at))
          continue;
        rows = [...rows.filter((row) => row.digest !== one.digest), one];
      }
    }
  }
  return { removals, refused };
}

function reachable(one: Artifact, all: readonly Artifact[]): readonly string[] {
  const found = new Set(below(one));
  for (const digest of found) {
    const next = all.find((other) => other.digest === digest);
    if (next !== undefined) for (const further of below(next)) found.add(further);
  }
  return [...found];
}

function observe(
  all: readonly Artifact[],
  rows: readonly GoneRow[],
  { removals, at }: { readonly removals: readonly NaiveRemoval[]; readonly at: number },
): void {
  const note = (removal: NaiveRemoval, kind: string, time: number): void => {
    removal.regrets[kind] = Math.min(time, removal.regrets[kind] ?? Infinity);
  };
  for (const gone of rows) {
    const one = all.find(({ digest }) => digest === gone.digest);
    if (one === undefined) continue;
    const until = Math.min(gone.backAt ?? Infinity, gone.by.closedAt ?? Infinity);
    const pushes = tagsOf(one)
      .map((tag) => tag.pushedAt)
      .filter((time) => time !== 'unknown' && time > gone.at);
    const tagged = Math.min(...pushes.map(Number));
    if (pushes.length > 0 && tagged <= until) note(gone.by, 'tagged', tagged);
    if (one.id !== gone.id) continue;
    const own = tagsOf(one).filter(
      ({ pushedAt, pulledAt }) =>
        pulledAt !== 'unknown' && (pushedAt === 'unknown' || pulledAt >= pushedAt),
    );
    const pulls = [one.pulledAt, ...own.map((tag) => tag.pulledAt)].filter(
      (time) => time !== 'unknown',
    );
    const pulled = Math.max(...pulls.map(Number));
    if (gone.as !== 'accessory' && pulled > gone.at && pulled < until)
      note(gone.by, 'pulled', pulled);
    const labels = one.labels === 'unknown' ? [] : one.labels;
    const isNew = labels.some((label) => !gone.by.labels.includes(label));
    if (gone.as === 'head' && gone.backAt === undefined && isNew) note(gone.by, 'labelled', at);
  }
  for (const removal of removals) {
    if (
      removal.tag === undefined ||
      removals.findLast((one) => one.tag === removal.tag && one.id === removal.id) !== removal
    )
      continue;
    for (const one of all) {
      if (
        one.id !== removal.id ||
        rows.some((row) => row.id === one.id && row.digest === one.digest)
      )
        continue;
      const tag = tagsOf(one).find(({ name }) => name === removal.tag);
      if (tag === undefined || removal.closedAt !== undefined) continue;
      if (tag.pushedAt !== 'unknown' && tag.pushedAt > removal.at) {
        removal.closedAt = tag.pushedAt;
        continue;
      }
      const isOwn =
        tag.pulledAt !== 'unknown' && (tag.pushedAt === 'unknown' || tag.pulledAt >= tag.pushedAt);
      if (isOwn && Number(tag.pulledAt) > removal.at) note(removal, 'pulled', Number(tag.pulledAt));
    }
  }
}
