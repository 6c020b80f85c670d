import { formatProblems } from '../config/format-problems.ts';
import { loadApproved } from '../config/load-approved.ts';
import type { ApprovedList } from '../domain/approval.ts';
import type { Instant } from '../domain/instant.ts';
import { harborKey } from '../domain/harbor-address.ts';
import type { DigestListSource, Policy } from '../domain/policy.ts';
import type { Warning } from '../domain/warning.ts';
import { RetentionError } from '../errors.ts';
import type { Survey } from '../inventory/preflight.ts';
import type { World } from '../ports.ts';
import { policyOf } from './policy-of.ts';
import type { PlanDraft } from '../store/plan-draft.ts';
import type { RunState } from '../store/run-state.ts';

/** The text of the list and where it is from. @throws RetentionError if it can't be read, or has mistakes */
export async function readApproved(
  source: DigestListSource,
  world: World,
): Promise<NonNullable<RunState['approved']>> {
  const name = source.kind === 'file' ? source.path : `s3://${source.bucket}/${source.key}`;
  const read = await world.readDigestList(source);
  const text = typeof read === 'string' ? read : read.text;
  checked({ text, name }, world.clock.now());
  return { text, name };
}

/**
 * The policy of a run. What its approved list names is in scope as what rules select is
 * (docs/arming.md#whole-repositories), whether or not a rule selects anything: counted by limits and rails, and read
 * as closely, tags of untagged artifacts and labels included.
 * @throws RetentionError policy-invalid, approval-invalid
 */
export function policyFor(
  state: Pick<RunState, 'policy' | 'approved' | 'takenAt'>,
  world: World,
): Policy {
  const policy = policyOf(state.policy, world);
  if (state.approved === undefined) return policy;
  const { repositories } = checked(state.approved, state.takenAt);
  const named = new Set(repositories.map(({ name }) => name.slice(0, name.indexOf('/'))));
  return {
    ...policy,
    inScope: (project) => policy.inScope(project) || named.has(project),
    needs: { ...policy.needs, untagged: true },
  };
}

/** The list of this run, if it has one. @throws RetentionError approval-invalid if it is for another Harbor */
export function approvedFor(state: RunState, survey: Survey): ApprovedList | undefined {
  if (state.approved === undefined) return undefined;
  const approved = checked(state.approved, state.takenAt);
  const { url } = survey.registry.harbor;
  if (harborKey(approved.harbor) === harborKey(url)) return approved;
  throw new RetentionError(
    'approval-invalid',
    `${state.approved.name} is for ${approved.harbor}, this is ${url}.`,
  );
}

function checked({ text, name }: NonNullable<RunState['approved']>, now: Instant): ApprovedList {
  const loaded = loadApproved(text, now);
  if (loaded.ok) return loaded.approved;
  throw new RetentionError(
    'approval-invalid',
    `The approved list can't be used.\n${formatProblems(loaded.problems, text, { name })}`,
  );
}

/** What of the list was not followed: each repository by name. */
export function approvalWarnings(
  state: RunState,
  draft: PlanDraft,
  listed: ReadonlySet<string>,
): readonly Warning[] {
  if (state.approved === undefined) return [];
  const unknown = checked(state.approved, state.takenAt)
    .repositories.filter(({ name }) => !listed.has(name))
    .map(({ name }) => ({
      repository: name,
      because: 'there is no such repository, or the robot can’t see it',
    }));
  return [...(draft.refusedApprovals ?? []), ...unknown].map(({ repository, because }) => ({
    code: 'approval-refused',
    on: repository,
    message: `It is on the approved list, and is judged by the rules only: ${because}.`,
    remedy: 'Look at the newest ranking, and approve the repository again if it may still go.',
  }));
}
