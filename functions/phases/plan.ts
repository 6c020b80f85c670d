import { defined } from '../domain/defined.ts';
import { memoryOf } from '../store/harbor-memory.ts';
import { type Instant, latestKnown } from '../domain/instant.ts';
import type { Policy } from '../domain/policy.ts';
import type { LookAhead, RepositoryPlan } from '../domain/plan.ts';
import { graphOf, isUntaggedChild } from '../domain/graph.ts';
import { fullName, type RepositoryFacts } from '../domain/repository.ts';
import { readFacts } from '../inventory/facts-file.ts';
import { layOut, type Layout } from '../plan/prepare-repository.ts';
import { type JudgeContext, judgeContext } from '../plan/judge-context.ts';
import { judgeRepository } from '../plan/judge-repository.ts';
import { type Fates, lookAhead, mergeLookAheads, untaggedByThen } from '../plan/look-ahead.ts';
import { addRepositories } from '../plan/make-plan.ts';
import { cutoffFor } from '../plan/trim-to-limits.ts';
import type { PartWriter, World } from '../ports.ts';
import { wholeFate } from '../plan/hold-back.ts';
import { addDistributions, distributionsOf, noDistributions } from '../report/distributions.ts';
import { reportKeys, stateKeys } from '../domain/store-keys.ts';
import { rowOf } from '../report/row.ts';
import { matchedIn, nothingMatched } from '../plan/matched.ts';
import { type ActionWriter, actionWriter } from '../store/action-writer.ts';
import { approvedFor } from './approved-list.ts';
import { done, type Step, unfinished } from './phase.ts';
import { rollOutOf } from './roll-out.ts';
import { loadDraft, newDraft, type PlanDraft, saveDraft } from '../store/plan-draft.ts';
import { judgedAt, type RunState } from '../store/run-state.ts';
import { untaggedMemory, type UntaggedMemory } from '../store/untagged-memory.ts';

const saveEvery = 16;

interface Judging {
  readonly state: RunState;
  readonly world: World;
  readonly context: JudgeContext;
  readonly memory: UntaggedMemory | undefined;
}

/** Judges part after part, one repository in memory at a time, until all are or the time is up. */
export const judgeParts: Step = async (
  state,
  { policy, registry, survey, world, budget, lease },
) => {
  const approved = approvedFor(state, survey);
  const trims = policy.limits.onBreach === 'oldestFirst';
  const stored = await loadDraft(world.store, state.runId);
  const remembered = memoryOf(world.store, registry.harbor.url);
  let draft =
    stored ??
    newDraft(
      trims ? 'weigh' : 'write',
      await rollOutOf(state, { policy, registry, survey }, remembered),
    );
  const judging: Judging = {
    state,
    world,
    context: {
      ...judgeContext(policy, registry),
      ...defined({ approved, rollOut: draft.rollOut }),
    },
    memory: policy.needs.untaggedMemory ? untaggedMemory(remembered, state.takenAt) : undefined,
  };
  while (budget.hasTime()) {
    if (draft.judged === state.parts) {
      if (draft.pass === 'write') break;
      draft = afterWeighing(draft, policy);
    }
    await lease.confirm();
    if (state.parts > 0) draft = await judgePart(judging, draft);
    showProgress(judging, draft);
    if (draft.judged % saveEvery === 0) await saveDraft(world.store, state.runId, draft);
  }
  await judging.memory?.flush();
  await saveDraft(world.store, state.runId, draft);
  const isDone = draft.pass === 'write' && draft.judged === state.parts;
  return isDone ? done(state) : unfinished(state);
};

/** Starts the writing pass, with the cutoff that the weighing found. */
function afterWeighing(weighed: PlanDraft, policy: Policy): PlanDraft {
  let inScope = 0;
  for (const one of weighed.soFar.repositories) {
    if (policy.inScope(one.project)) inScope += one.artifacts;
  }
  const cutoff = cutoffFor(weighed.families, policy.limits, inScope);
  return { ...newDraft('write', weighed.rollOut), ...(cutoff === undefined ? {} : { cutoff }) };
}

async function judgePart(judging: Judging, draft: PlanDraft): Promise<PlanDraft> {
  const { state, world } = judging;
  const index = draft.judged;
  const keys = stateKeys(state.runId);
  const writes = draft.pass === 'write';
  const rows = writes ? world.store.openPart(reportKeys(state.runId).part(index)) : undefined;
  const plans: RepositoryPlan[] = [];
  const actions = writes ? actionWriter(world, keys.actions(index)) : undefined;
  const lastActivity: Record<string, Instant> = {};
  let distributions = draft.distributions ?? noDistributions;
  const ahead: LookAhead[] = [...(draft.lookAhead ?? [])];
  let matched = draft.matched ?? nothingMatched;
  const key = keys.facts(index);
  for await (const facts of readFacts(world.store.readPart(key), key)) {
    const context = await contextOf(judging, facts, draft);
    // Judged now and for two days to come: what time does not change is found out once.
    const laidOut = facts.kind === 'complete' ? { layout: layOut(facts, context.policy) } : {};
    const writing = { rows, actions, state, ...laidOut };
    const { plan, fates } = await writePlan(writing, facts, context);
    plans.push(plan);
    if (writes) ahead.push(...lookAhead(facts, { ...fates.whole, ...laidOut }, context));
    const artifacts = facts.kind === 'complete' ? facts.artifacts : facts.seen;
    const classes = distributionsOf(artifacts, fates.now.verdicts, judgedAt(state));
    distributions = addDistributions(distributions, classes);
    const activity = activityOf(facts);
    if (activity !== 'unknown') lastActivity[fullName(facts.head)] = activity;
    if (writes) matched = matchedIn(facts, matched, context);
  }
  const written = rows === undefined ? [] : [await rows.close()];
  const part = (await actions?.close()) ?? [];
  return {
    ...draft,
    judged: index + 1,
    soFar: addRepositories(draft.soFar, plans),
    families: writes ? [] : [...draft.families, ...plans.flatMap((plan) => plan.families)],
    actions: [...draft.actions, ...part],
    rows: [...draft.rows, ...written],
    // Not copied: with many repositories that would be most of the work.
    lastActivity: Object.assign(draft.lastActivity, lastActivity),
    distributions,
    matched,
    lookAhead: mergeLookAheads(ahead),
    refusedApprovals: [...(draft.refusedApprovals ?? []), ...refusedIn(plans)],
  };
}

function refusedIn(plans: readonly RepositoryPlan[]): NonNullable<PlanDraft['refusedApprovals']> {
  return plans.flatMap(({ project, repository, approvalRefused }) =>
    approvalRefused === undefined
      ? []
      : [{ repository: `${project}/${repository}`, because: approvalRefused }],
  );
}

async function contextOf(
  { context, memory, state }: Judging,
  facts: RepositoryFacts,
  { cutoff }: PlanDraft,
): Promise<JudgeContext> {
  const seen = memory === undefined ? 'unknown' : await memory.visit(facts);
  const untaggedSince =
    state.judgeAt === undefined ? seen : untaggedByThen(facts, seen, state.takenAt);
  return { ...context, untaggedSince, ...(cutoff === undefined ? {} : { cutoff }) };
}

interface Writing {
  readonly state: RunState;
  readonly rows: PartWriter | undefined;
  readonly actions: ActionWriter | undefined;
  readonly layout?: Layout;
}

const fateAlone = {
  keep: { fate: 'keep' },
  untag: { fate: 'untag' },
  delete: { fate: 'delete' },
} as const;

/** Judges a repository and writes what came of it, so that only sums and fates stay in memory. */
async function writePlan(
  { state, rows, actions, layout }: Writing,
  facts: RepositoryFacts,
  context: JudgeContext,
): Promise<{
  readonly plan: RepositoryPlan;
  /** Those of this run, and those as if its roll-out were over. */
  readonly fates: { readonly now: Fates; readonly whole: Fates };
}> {
  const plan = judgeRepository(facts, context, layout);
  const artifacts = facts.kind === 'complete' ? facts.artifacts : facts.seen;
  const graph = layout?.graph ?? graphOf(artifacts);
  for (const [position, artifact] of artifacts.entries()) {
    const verdict = plan.verdicts[position];
    if (rows === undefined || verdict === undefined) continue;
    const isChild = isUntaggedChild(graph, artifact);
    const row = rowOf(facts.head, { artifact, verdict, isChild }, judgedAt(state));
    await rows.write(JSON.stringify(row));
  }
  for (const action of plan.actions) await actions?.write(action);
  return {
    plan: { ...plan, verdicts: [], actions: [] },
    fates: {
      now: { verdicts: plan.verdicts.map(({ fate }) => fateAlone[fate]) },
      whole: { verdicts: plan.verdicts.map((verdict) => fateAlone[wholeFate(verdict)]) },
    },
  };
}

function activityOf(facts: RepositoryFacts): Instant | 'unknown' {
  const artifacts = facts.kind === 'complete' ? facts.artifacts : facts.seen;
  return latestKnown(
    artifacts.flatMap(({ pushedAt, pulledAt, tags }) => [
      pushedAt,
      pulledAt,
      ...(tags === 'unknown' ? [] : tags.map((tag) => tag.pushedAt)),
    ]),
  );
}

function showProgress({ state, world }: Judging, draft: PlanDraft): void {
  let done = 0;
  for (const part of draft.rows) done += part.lines;
  const what = draft.pass === 'weigh' ? 'weighing' : `${draft.judged} of ${state.parts} parts`;
  world.telemetry.progress({ phase: 'plan', done, of: state.artifactsRead, what });
}
