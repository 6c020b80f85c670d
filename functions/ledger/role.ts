/** What becomes of a manifest in one place; of a blob, what its manifests become of. Bits, because both are united. */
export const roles = {
  /** In the registry, and to stay. */
  stays: 1,
  /** In the registry, condemned. */
  goes: 2,
  /** In the trash, not to be purged yet. */
  waits: 4,
  /** In the trash, purged by this run. */
  due: 8,
  /** In the trash, but somebody else put it there: never purged. */
  foreign: 16,
} as const;

/** A union of roles. */
export type Roles = number;

/** For one figure: the roles that count as going, and the roles that keep a blob from being counted. */
export interface Scope {
  readonly going: Roles;
  readonly keeping: Roles;
}

const { stays, goes, waits, due, foreign } = roles;

/** Roles of what nothing ever takes away. */
export const lasting: Roles = stays | foreign;

/**
 * What a plan does to bytes, at its three moments (docs/harbor.md#deleting-an-artifact, #t21-what-is-freed,
 * #copying). Storage: what is free once the trash was purged of it and garbage collected; by then everything that
 * waits in the trash today is gone as well. Now: what a garbage collection right after this run could take. Rises and
 * falls: the quota of the trash project, which gets copies of all that goes, and loses what is purged.
 */
export const scopes = {
  storage: { going: goes, keeping: lasting },
  now: { going: due, keeping: lasting | goes | waits },
  trashRises: { going: goes, keeping: waits | due | foreign },
  trashFalls: { going: due, keeping: waits | goes | foreign },
} as const satisfies Readonly<Record<string, Scope>>;

export type ScopeName = keyof typeof scopes;

export const scopeNames: readonly ScopeName[] = ['storage', 'now', 'trashRises', 'trashFalls'];

/** A project's own quota falls right at the deletion. */
export const projectScope: Scope = scopes.storage;

/** Whether a figure counts what has these roles, or what keeps it from being counted; undefined: neither. */
export function fateIn({ going, keeping }: Scope, has: Roles): 'goes' | 'stays' | undefined {
  if ((has & keeping) !== 0) return 'stays';
  return (has & going) === 0 ? undefined : 'goes';
}
