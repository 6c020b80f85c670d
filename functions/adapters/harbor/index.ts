import type { Clock, ConnectedHarbor } from '../../ports.ts';
import { harborClient, type HarborConnection } from './client.ts';
import { harborGarbage } from './garbage.ts';
import { harborInspector } from './inspector.ts';
import { type HarborLimits, rateLimiter } from './rate-limiter.ts';
import { ownRetention } from './own-retention.ts';
import { harborReader } from './reader.ts';
import { harborWriter } from './writer.ts';

/**
 * A Harbor over one client, so that reading and changing share the pace. Sends nothing yet.
 * @throws RetentionError harbor-unreachable for an address of the wrong form
 */
export function connectHarbor(
  connection: HarborConnection,
  clock: Clock,
  limits: HarborLimits = {},
): ConnectedHarbor {
  const client = harborClient(connection, rateLimiter(limits), clock);
  const inspector = harborInspector(client, connection.username);
  return {
    reader: harborReader(client, clock, connection),
    manifests: {
      readArtifact: (place, digest) => inspector.readArtifact(place, digest),
      readBlobs: (place, digest) => inspector.readBlobs(place, digest),
    },
    retention: ownRetention(client),
    changes: {
      inspector,
      writer: harborWriter(client),
      garbage: harborGarbage(client),
    },
  };
}
