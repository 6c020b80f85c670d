import { byText } from '../domain/artifact-order.ts';
import { sha256Hex } from '../domain/hash.ts';
import type { Instant } from '../domain/instant.ts';
import type { Policy } from '../domain/policy.ts';
import { fullName, type RepositoryHead } from '../domain/repository.ts';
import type { RollOut, RollOutScope } from '../domain/roll-out.ts';
import { decidesHalt, type RunHistory } from '../domain/run-history.ts';

/** The share of the repositories in which a changed policy deletes first. */
const firstShare = 0.1;

/** Repositories that a report names. */
const named = 20;

/** What says how far a roll-out is. */
export interface RollingOut {
  /** The run's one clock reading. */
  readonly now: Instant;
  /** All repositories as they were listed, before anything was read of them. */
  readonly heads: readonly RepositoryHead[];
  /** Whether that is all of them for certain. */
  readonly isWhole: boolean;
  /** Earlier runs, without this one. */
  readonly history: RunHistory;
  /** Fingerprints that a person acknowledged as this run was started. */
  readonly acknowledged: readonly string[];
}

/**
 * How far the roll-out of a policy is, and over which repositories it goes (docs/policy.md#roll-out). Undefined: the
 * policy holds everywhere at once. Pure.
 */
export function rollOutAt(
  policy: Pick<Policy, 'rollout' | 'rules' | 'hash'>,
  { now, heads, isWhole, history, acknowledged }: RollingOut,
): (RollOut & RollOutScope) | undefined {
  if (policy.rollout === undefined) return undefined;
  const { startedAt, over } = policy.rollout;
  const endsAt = startedAt + over;
  const names = heads.filter((head) => isSelected(head, policy)).map(fullName);
  const tenth = names.filter(isInTenth);
  // What could not be listed may be in the tenth, and then nothing stands in for it.
  const standIn = tenth.length > 0 || !isWhole ? undefined : lowest(names);
  const first = standIn === undefined ? tenth : [standIn];
  const halting = haltedBy(history, policy.hash, acknowledged);
  const isHeld = now >= endsAt && halting !== undefined;
  const phase = now < startedAt ? 'before' : now < endsAt || isHeld ? 'first' : 'all';
  const isNew = history.runs.every(({ policyHash }) => policyHash !== policy.hash);
  return {
    startedAt,
    endsAt,
    phase,
    ...(phase === 'all' && isNew ? { isLate: true } : {}),
    ...(standIn === undefined ? {} : { standIn }),
    ...(isHeld ? { heldBy: halting } : {}),
    inScope: names.length,
    first: first.length,
    names: first.toSorted(byText).slice(0, named),
  };
}

/** Whether something may be deleted in a repository, `project/repository`. Pure. */
export function mayGo(rollOut: RollOut | undefined, name: string): boolean {
  if (rollOut === undefined || rollOut.phase === 'all') return true;
  return rollOut.phase === 'first' && isFirst(rollOut, name);
}

/** Whether a repository is among those in which is deleted first. */
export function isFirst({ standIn }: RollOut, name: string): boolean {
  return name === standIn || isInTenth(name);
}

/** By the name and nothing else: the same in every run, under every policy, in every registry. */
function isInTenth(name: string): boolean {
  return placeOf(name) < firstShare;
}

/** A number from 0 up to 1, spread evenly over names. */
function placeOf(name: string): number {
  return Number.parseInt(sha256Hex(name).slice(0, 12), 16) / 2 ** 48;
}

function lowest(names: readonly string[]): string | undefined {
  return names.toSorted((one, other) => placeOf(one) - placeOf(other))[0];
}

function isSelected({ project, name }: RepositoryHead, { rules }: Pick<Policy, 'rules'>): boolean {
  return rules.some(({ select }) => select.inProject(project) && select.inRepository(name));
}

/**
 * The last run under this policy that drift or regrets refused, if nobody has acknowledged all of that and no run was
 * let through since: a refusal must not end by waiting, nor by another refusal.
 */
function haltedBy(
  { runs }: RunHistory,
  policyHash: string,
  acknowledged: readonly string[],
): string | undefined {
  const last = runs.findLast((run) => run.policyHash === policyHash && decidesHalt(run));
  if (last?.halts === undefined) return undefined;
  const said = new Set([...acknowledged, ...runs.flatMap((run) => run.acknowledged ?? [])]);
  return last.halts.every((fingerprint) => said.has(fingerprint)) ? undefined : last.runId;
}
