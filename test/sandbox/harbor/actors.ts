import { type AuditEvent, audit } from './audit.ts';
import type { Exchange } from './http.ts';
import { usernameOf } from './identity.ts';
import type { ArtifactRow } from './rows.ts';

/** Writes an audit row in the caller's name. */
export function note(exchange: Exchange, event: Omit<AuditEvent, 'username'>): void {
  audit(exchange.services.state, { ...event, username: usernameOf(exchange.identity) });
}

export function noteDeleted(exchange: Exchange, row: ArtifactRow): void {
  note(exchange, {
    project: row.project,
    operation: 'delete',
    resourceType: 'artifact',
    resource: `${row.repository.name}@${row.digest}`,
  });
}
