import { actionsOf } from '../store/planned-actions.ts';
import { removeEmpty } from '../apply/remove-empty.ts';
import { recordLine } from '../domain/deletion-record.ts';
import type { Policy } from '../domain/policy.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import { planEmptyRepositories } from '../plan/empty-repositories.ts';
import type { World } from '../ports.ts';
import { reportKeys, stateKeys } from '../domain/store-keys.ts';
import { refuseOvertaken } from './carry-out.ts';
import { done, type Step } from './phase.ts';
import { ruleOn } from './guard.ts';
import { applyPorts } from './changes.ts';
import { requireDraft, saveDraft } from '../store/plan-draft.ts';
import { judgedAt, type RunState } from '../store/run-state.ts';

interface PolicyAndRegistry {
  readonly policy: Policy;
  readonly registry: RegistryFacts;
}

/**
 * Makes the empty repositories that would go actions of the plan (docs/arming.md#whole-repositories): shown, asked
 * for, and in the fingerprint.
 */
export async function planEmpty(
  state: RunState,
  given: PolicyAndRegistry,
  world: World,
): Promise<void> {
  if (given.policy.repositories.removeEmpty === undefined) return;
  const draft = await requireDraft(world.store, state.runId);
  const now = judgedAt(state);
  const { actions, deferred, waiting } = planEmptyRepositories(
    draft.soFar.repositories,
    { ...given, rollOut: draft.rollOut },
    now,
  );
  const repositories = actions.map(({ project, repository }) => ({ project, repository }));
  const empty = { repositories, deferred, ...(waiting === 0 ? {} : { waiting }), actions: [] };
  if (actions.length === 0) {
    await saveDraft(world.store, state.runId, { ...draft, empty });
    return;
  }
  const writer = world.store.openPart(stateKeys(state.runId).empty);
  for (const action of actions) await writer.write(JSON.stringify(action));
  const { key, lines, sha256 } = await writer.close();
  const written = { ...empty, actions: [{ key, actions: lines, sha256 }] };
  await saveDraft(world.store, state.runId, { ...draft, empty: written });
}

/** Removes the empty repositories of the plan, and no other; Harbor never does it by itself. */
export const removeEmptyRepositories: Step = async (state, tools) => {
  const { policy, survey, world, lease } = tools;
  const { ruling, history } = await ruleOn(state, tools, world);
  refuseOvertaken(state, { policy, history });
  const [part] = ruling.plan.empty?.actions ?? [];
  if (ruling.kind === 'refused' || part === undefined) return done(state);
  const key = reportKeys(state.runId).record('empty-00001');
  if ((await world.store.list(key)).includes(key)) return done(state);
  const actions = await actionsOf(part, world.store);
  const intent = stateKeys(state.runId).intent('empty-00001');
  await world.store.write(intent, JSON.stringify(actions.map((one) => one.id)), 'application/json');
  const ports = { ...world.harbor, ...applyPorts(world, lease).harbor };
  const writer = world.store.openPart(key);
  for (const action of actions) {
    if (action.kind !== 'delete-repository') continue;
    await lease.confirm();
    const head = survey.heads.find((one) => one.id === action.repositoryId);
    const project = survey.projects.find((one) => one.name === action.project);
    if (head === undefined || project === undefined) continue;
    const result = await removeEmpty({ action, head, projectId: project.id }, ports);
    const outcome = { action: action.id, at: world.clock.now(), ...result };
    await writer.write(recordLine({ harbor: survey.registry.harbor.url, action, outcome }));
  }
  await writer.close();
  return done(state);
};
