import type { Clock, Harbor } from '../../ports.ts';
import { harborClient, type HarborConnection } from './client.ts';
import { harborGarbage } from './garbage.ts';
import { harborInspector } from './inspector.ts';
import { rateLimiter } from './rate-limiter.ts';
import { harborReader } from './reader.ts';
import { harborWriter } from './writer.ts';

/**
 * A Harbor over one client, so that reading and changing share the pace. Sends nothing yet.
 * @throws RetentionError harbor-unreachable for an address of the wrong form
 */
export function connectHarbor(
  connection: HarborConnection,
  clock: Clock,
  maxConcurrency?: number,
): Harbor {
  const client = harborClient(connection, rateLimiter(maxConcurrency), clock);
  return {
    ...harborReader(client, clock, connection.url),
    ...harborInspector(client),
    ...harborWriter(client),
    ...harborGarbage(client),
  };
}
