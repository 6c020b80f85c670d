import { type Identity, isAdmin } from './identity.ts';
import { isPublic, maySystem } from './permissions.ts';
import type { ProjectRow } from './rows.ts';
import { type State } from './state.ts';
import { since } from './version.ts';

function robotSees(state: State, identity: Identity, project: ProjectRow): boolean {
  if (identity.kind !== 'robot') return false;
  // Before 2.4 robots without that permission saw public projects only (docs/harbor.md#permissions).
  if (!since(state.version, 4)) return false;
  const { robot } = identity;
  if (robot.level === 'project') return robot.projectId === project.id;
  return robot.permissions.some(
    (permission) =>
      permission.kind === 'project' &&
      (permission.namespace === '*' || permission.namespace === project.name),
  );
}

/** The projects whose repositories a caller finds in the instance-wide list. */
export function readableProjects(state: State, identity: Identity): ProjectRow[] {
  return [...state.projects.values()].filter(
    (project) =>
      isAdmin(identity) ||
      isPublic(project) ||
      (identity.kind === 'user' &&
        project.members.some((member) => member.userId === identity.user.id)) ||
      robotSees(state, identity, project),
  );
}

/** The projects a caller finds in the list of projects; nobody sees the public ones (T1). */
export const visibleProjects = (state: State, identity: Identity): ProjectRow[] =>
  maySystem(identity, 'project', 'list')
    ? [...state.projects.values()]
    : readableProjects(state, identity);
