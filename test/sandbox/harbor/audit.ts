import type { ProjectRow } from './rows.ts';
import { type State, nextId } from './state.ts';

export interface AuditRow {
  readonly id: number;
  readonly projectId: number;
  readonly username: string;
  readonly operation: string;
  readonly resourceType: string;
  readonly resource: string;
  readonly description: string;
  readonly at: number;
}

export interface AuditEvent {
  readonly project: Pick<ProjectRow, 'id'> | undefined;
  readonly username: string;
  readonly operation: 'create' | 'delete' | 'pull';
  readonly resourceType: 'artifact' | 'tag' | 'repository' | 'project' | 'user' | 'robot';
  readonly resource: string;
  /** Where it is not made of operation, type and resource. */
  readonly description?: string;
}

export function audit(state: State, event: AuditEvent): void {
  const { operation, resourceType, resource } = event;
  state.auditLog.push({
    id: nextId(state, 'audit'),
    projectId: event.project?.id ?? 0,
    username: event.username,
    operation,
    resourceType,
    resource,
    description: event.description ?? `${operation} ${resourceType}: ${resource}`,
    at: state.clock.now(),
  });
}
