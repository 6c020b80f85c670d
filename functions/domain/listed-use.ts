import { assertNever } from './assert-never.ts';
import type { Instant } from './instant.ts';

/** Why a workload uses an image: it runs, it may start again, or one would go back to it. Strongest first. */
export const workloadRoles = ['running', 'may-start', 'roll-back'] as const;
export type WorkloadRole = (typeof workloadRoles)[number];

/** Who uses an image, as a collected list says it (docs/workloads.md#the-list). */
export interface ListedUse {
  /** For people: `deployment prod/api`. */
  readonly by: string;
  readonly role: WorkloadRole;
  /** The cluster or account that the list speaks of, where it says so. */
  readonly scope?: string;
  /** When the list was begun, where it says so. */
  readonly seenAt?: Instant;
}

/** Returns the stronger of two uses of one image, and the first of two equal ones. */
export function strongerUse<Use extends { readonly role: WorkloadRole }>(
  one: Use,
  other: Use,
): Use {
  return workloadRoles.indexOf(other.role) < workloadRoles.indexOf(one.role) ? other : one;
}

/** The strongest use of each digest and reference that entries name, where they say who uses it. */
export function strongestUses(
  entries: Iterable<{
    readonly digests: readonly string[];
    readonly references: readonly string[];
    readonly use?: ListedUse;
  }>,
): ReadonlyMap<string, ListedUse> {
  const uses = new Map<string, ListedUse>();
  for (const { digests, references, use } of entries) {
    if (use === undefined) continue;
    for (const name of [...digests, ...references]) {
      const known = uses.get(name);
      uses.set(name, known === undefined ? use : strongerUse(known, use));
    }
  }
  return uses;
}

/** `deployment prod/api in prod-eu runs it (tag 1.2)`; `named` is how the list names the image. */
export function useInWords({ by, role, scope }: ListedUse, named: string): string {
  const who = scope === undefined ? by : `${by} in ${scope}`;
  return `${who} ${doing(role)} (${named})`;
}

function doing(role: WorkloadRole): string {
  switch (role) {
    case 'running':
      return 'runs it';
    case 'may-start':
      return 'may start it again';
    case 'roll-back':
      return 'would be rolled back to it';
    default:
      return assertNever(role);
  }
}
