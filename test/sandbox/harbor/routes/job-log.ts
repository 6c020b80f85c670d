import { unprocessable } from '../errors.ts';
import type { Exchange } from '../http.ts';
import { since } from '../version.ts';

/**
 * Older releases serve the log of a job as text, and to nobody else (docs/harbor.md#t53-logs-of-jobs; ran on 2.9.5).
 */
export function requireText({ headers, services }: Exchange): void {
  if (headers.accept === 'application/json' && !since(services.state.version, 10))
    throw unprocessable('unsupported media type requested, only [text/plain] are available');
}
