import type { Action } from '../domain/action.ts';
import { assertNever } from '../domain/assert-never.ts';
import type { Outcome, Result } from '../domain/outcome.ts';
import { type ApplyContext, deleteArtifact } from './apply-action.ts';
import { removeTag } from './remove-tag.ts';
import { purgeArtifact } from './purge-artifact.ts';

/** What stops more than one action. */
export type Stop =
  /** The credential, or Harbor as a whole: the run stops. */
  | { readonly of: 'run'; readonly because: string; readonly isReadOnly?: boolean }
  /** A permission in this project. */
  | { readonly of: 'project'; readonly because: string }
  /** The trash takes no more: nothing that needs it goes on. */
  | { readonly of: 'trash'; readonly because: string };

/** Digests that stay although they were to go, by repository: what follows or hangs on them stays too. */
export type Staying = ReadonlyMap<string, ReadonlySet<string>>;

/** What is known of a project while its batches are applied, one after the other. */
export interface ProjectProgress {
  readonly staying: Staying;
  readonly stop?: Stop;
}

export const freshProgress: ProjectProgress = { staying: new Map() };

export interface Applied {
  readonly outcomes: readonly Outcome[];
  readonly progress: ProjectProgress;
}

/** Applies actions of one project, one at a time, in their order (docs/harbor.md#t35-one-at-a-time). */
export async function applyBatch(
  actions: readonly Action[],
  progress: ProjectProgress,
  context: ApplyContext,
): Promise<Applied> {
  let { staying, stop } = progress;
  const outcomes: Outcome[] = [];
  for (const action of actions) {
    const waiting = stop === undefined ? dependsOn(action, staying) : stopped(action, stop);
    if (waiting === undefined) await context.confirmLease?.();
    const result = waiting ?? (await applyOne(action, context));
    outcomes.push({ action: action.id, at: context.ports.clock.now(), ...result });
    stop ??= stopOf(result);
    staying = stayingAfter(staying, action, result);
  }
  return { outcomes, progress: { staying, ...(stop === undefined ? {} : { stop }) } };
}

async function applyOne(action: Action, context: ApplyContext): Promise<Result> {
  switch (action.kind) {
    case 'delete-artifact':
      return await deleteArtifact(action, context);
    case 'remove-tag':
      return await removeTag(action, context);
    case 'purge':
      return await purgeArtifact(action, context);
    case 'delete-repository':
      return { result: 'not-attempted', because: `${action.kind} has a phase of its own` };
    default:
      return assertNever(action);
  }
}

/** An index that stays keeps its children, a subject its accessory tags (docs/policy.md#indexes-and-signatures). */
export function stayingAfter(staying: Staying, action: Action, { result }: Result): Staying {
  const went = result === 'done' || result === 'already-gone';
  if (action.kind !== 'delete-artifact' || went) return staying;
  const own = staying.get(action.repository) ?? [];
  return new Map([
    ...staying,
    [action.repository, new Set([...own, action.digest, ...action.children])],
  ]);
}

function dependsOn(action: Action, staying: Staying): Result | undefined {
  if (action.kind !== 'delete-artifact') return undefined;
  const own = staying.get(action.repository);
  if (own === undefined) return undefined;
  if (action.follows !== undefined && own.has(action.follows)) {
    return { result: 'not-attempted', because: `its subject ${action.follows} stays` };
  }
  return own.has(action.digest)
    ? { result: 'not-attempted', because: 'an index that lists it stays' }
    : undefined;
}

function stopped(action: Action, stop: Stop): Result | undefined {
  // Single tags need no trash.
  if (stop.of === 'trash' && action.kind === 'remove-tag') return undefined;
  return { result: 'not-attempted', because: stop.because };
}

/** A refusal that concerns all stops the run; one that concerns an artifact only skips it. */
export function stopOf(result: Result): Stop | undefined {
  if (result.result === 'trash-full') {
    return { of: 'trash', because: `the trash is full: ${result.because}` };
  }
  if (result.result !== 'refused') return undefined;
  const because = `${inWords[result.by]}: ${result.because}`;
  if (result.by === 'permission') return { of: 'project', because };
  return { of: 'run', because, ...(result.by === 'read-only' ? { isReadOnly: true } : {}) };
}

const inWords = {
  'sign-in': 'Harbor did not accept the credential',
  permission: 'the robot lacks a permission in this project',
  'read-only': 'Harbor is read-only',
  quota: 'a quota is exceeded',
  csrf: 'a proxy or cookie came between us and Harbor',
} as const;
