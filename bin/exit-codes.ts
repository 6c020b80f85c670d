import type { ErrorCode } from '../functions/errors.ts';

/** What the command line ends with; docs/messages.md has the same table. */
export const exitCodes = {
  /** All is well: the plan was let through, the policy is good. */
  ok: 0,
  /** A fault of ours, or of the machine. */
  failure: 1,
  /** Something given is wrong: options, policy, credential file, saved inventory. */
  usage: 2,
  /** The plan was refused. */
  refused: 3,
  /** Harbor or the store could not be reached, or did not let us in. */
  unreachable: 4,
  /** A plan was made, but some repositories could not be read whole; a list was written, but something is missing. */
  partial: 5,
  /** `diff`, `compare-harbor`: something would go that would have stayed before, or stays in Harbor. */
  condemnsMore: 6,
  /** `backtest`: something was wanted after the policy would have taken it. */
  regrets: 7,
} as const;

const byError: Readonly<Record<ErrorCode, number>> = {
  'environment-invalid': exitCodes.usage,
  'event-invalid': exitCodes.usage,
  'start-too-late': exitCodes.usage,
  'policy-invalid': exitCodes.usage,
  'policy-unreadable': exitCodes.usage,
  'secret-missing': exitCodes.usage,
  'secret-denied': exitCodes.usage,
  'secret-malformed': exitCodes.usage,
  'secret-unreachable': exitCodes.unreachable,
  'run-unfinished': exitCodes.failure,
  'run-failed': exitCodes.failure,
  'run-died': exitCodes.failure,
  'harbor-unreachable': exitCodes.unreachable,
  'harbor-not-signed-in': exitCodes.unreachable,
  'harbor-denied': exitCodes.unreachable,
  'harbor-too-old': exitCodes.unreachable,
  'harbor-unexpected': exitCodes.unreachable,
  'store-unreachable': exitCodes.unreachable,
  'store-denied': exitCodes.unreachable,
  'state-invalid': exitCodes.failure,
  'inventory-invalid': exitCodes.usage,
  'report-not-found': exitCodes.usage,
  'approval-invalid': exitCodes.usage,
  'plan-changed': exitCodes.refused,
  'lease-held': exitCodes.unreachable,
  'run-elsewhere': exitCodes.unreachable,
  'trash-claimed': exitCodes.refused,
  'workloads-unreachable': exitCodes.unreachable,
  usage: exitCodes.usage,
};

export function exitCodeOf(code: ErrorCode): number {
  return byError[code];
}
