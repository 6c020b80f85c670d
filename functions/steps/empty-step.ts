import { removeEmpty } from '../apply/remove-empty.ts';
import type { DeleteRepository } from '../domain/action.ts';
import { mostApproved } from '../domain/approval.ts';
import { recordLine } from '../domain/deletion-record.ts';
import { graphOf } from '../domain/graph.ts';
import type { RepositoryTotals } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import type { RegistryFacts } from '../domain/registry.ts';
import type { Survey } from '../inventory/preflight.ts';
import { emptyRepositories } from '../plan/empty-repositories.ts';
import { reportKeys } from '../report/report-keys.ts';
import { type ApplyTools, refuseOvertaken } from './apply-step.ts';
import { ruleOn } from './guard-step.ts';
import { type RunState, stateKeys } from './run-state.ts';

/** Removes what `repositories.removeEmpty` names, at most 50 in a run; Harbor never does it by itself. */
export async function emptyStep(
  state: RunState,
  given: { readonly policy: Policy; readonly registry: RegistryFacts; readonly survey: Survey },
  { world, lease }: ApplyTools,
): Promise<RunState> {
  const { policy, survey } = given;
  const next: RunState = { ...state, phase: 'collect' };
  const { removeEmpty: wanted } = policy.repositories;
  if (wanted === undefined) return next;
  const { ruling, history } = await ruleOn(state, given, world);
  refuseOvertaken(state, { policy, history });
  if (ruling.kind === 'refused') return next;
  const key = reportKeys(state.runId).record('empty-00001');
  if ((await world.store.list(key)).includes(key)) return next;
  const named = emptyRepositories(ruling.plan.repositories, wanted.olderThan, state.takenAt)
    .filter((one) => policy.inScope(one.project) && !isHeld(one, given))
    .slice(0, mostApproved);
  const actions = named.map(({ project, repository, repositoryId }): DeleteRepository => ({
    kind: 'delete-repository',
    id: `delete-repository ${project}/${repository}`,
    project,
    repository,
    repositoryId,
    rule: 'repositories.removeEmpty',
  }));
  const intent = stateKeys(state.runId).intent('empty-00001');
  await world.store.write(intent, JSON.stringify(actions.map((one) => one.id)), 'application/json');
  const writer = world.store.openPart(key);
  for (const action of actions) {
    await lease.confirm();
    const head = survey.heads.find((one) => one.id === action.repositoryId);
    const project = survey.projects.find((one) => one.name === action.project);
    if (head === undefined || project === undefined) continue;
    const result = await removeEmpty({ action, head, projectId: project.id }, world.harbor);
    const outcome = { action: action.id, at: world.clock.now(), ...result };
    await writer.write(recordLine({ harbor: survey.registry.harbor.url, action, outcome }));
  }
  await writer.close();
  return next;
}

/** Protections of whole repositories hold an empty one as well: named ones, proxy caches, immutable projects. */
function isHeld(
  { project, repository }: RepositoryTotals,
  { policy, registry }: { readonly policy: Policy; readonly registry: RegistryFacts },
): boolean {
  const around = {
    now: registry.takenAt,
    registry,
    project: registry.projects.find((one) => one.name === project),
    projectName: project,
    repository,
    graph: graphOf([]),
  };
  return policy.protections.some((one) => {
    const hold = one.inRepository(around);
    return hold !== undefined && 'all' in hold;
  });
}
