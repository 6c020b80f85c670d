import { harborClient } from '../../functions/adapters/harbor/client.ts';
import { harborGarbage } from '../../functions/adapters/harbor/garbage.ts';
import { harborInspector } from '../../functions/adapters/harbor/inspector.ts';
import { rateLimiter } from '../../functions/adapters/harbor/rate-limiter.ts';
import { harborWriter } from '../../functions/adapters/harbor/writer.ts';
import type { Hands } from '../../functions/apply/hands.ts';
import type { HarborGarbage } from '../../functions/ports.ts';
import type { EmbeddedHarbor } from '../sandbox/harbor/index.ts';

/** Hands on an embedded Harbor; a pause moves its clock instead of waiting. */
export function handsOn(
  harbor: EmbeddedHarbor,
  credential: { readonly username: string; readonly password: string } = harbor.admin,
): Hands & { readonly harbor: HarborGarbage } {
  const clock = { now: () => harbor.clock.now() };
  const connection = { url: harbor.url, ...credential, retries: 2, firstPauseMs: 1 };
  const client = harborClient(connection, rateLimiter(), clock);
  return {
    harbor: { ...harborInspector(client), ...harborWriter(client), ...harborGarbage(client) },
    clock,
    pause: (ms) => {
      harbor.clock.advance(ms);
      return Promise.resolve();
    },
  };
}
