import type { Manifest } from './manifest.ts';
import { nothingUnknown, type Unknowns, withUnread } from './range.ts';
import { fateIn, projectScope, type Scope, type ScopeName, scopeNames, scopes } from './role.ts';

/** What is not known, figure by figure. */
export interface AllUnknowns {
  readonly scopes: Readonly<Record<ScopeName, Unknowns>>;
  /** By position of the project; absent: nothing is unknown. */
  readonly projects: ReadonlyMap<number, Unknowns>;
}

/**
 * Adds up unread manifests. `unlisted`: projects that hold artifacts which nobody has listed; `trash`: which of all
 * projects is the trash.
 */
export function sumUnknowns(
  unlisted: ReadonlySet<number>,
  trash?: number,
): {
  readonly add: (manifest: Manifest) => void;
  readonly total: () => AllUnknowns;
} {
  const projects = new Map<number, Unknowns>();
  for (const project of unlisted) projects.set(project, { ...nothingUnknown, unlisted: true });
  const everywhere = { ...nothingUnknown, unlisted: unlisted.size > 0 };
  // The trash is a project of its own: its quota depends only on what lies in it.
  const inTrash = { ...nothingUnknown, unlisted: trash !== undefined && unlisted.has(trash) };
  const sums: Record<ScopeName, Unknowns> = {
    storage: everywhere,
    now: everywhere,
    trashRises: inTrash,
    trashFalls: inTrash,
  };
  const add = ({ cap, roles, projects: places }: Manifest): void => {
    for (const name of scopeNames) sums[name] = noted(sums[name], scopes[name], { cap, roles });
    for (let at = 0; at < places.length; at += 2) {
      const project = places[at] ?? 0;
      const before = projects.get(project) ?? nothingUnknown;
      projects.set(project, noted(before, projectScope, { cap, roles: places[at + 1] ?? 0 }));
    }
  };
  return { add, total: () => ({ scopes: { ...sums }, projects }) };
}

function noted(
  before: Unknowns,
  scope: Scope,
  { cap, roles }: Pick<Manifest, 'cap' | 'roles'>,
): Unknowns {
  const fate = fateIn(scope, roles);
  return fate === undefined ? before : withUnread(before, { goes: fate === 'goes', cap });
}
