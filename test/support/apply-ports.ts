import { harborClient } from '../../functions/adapters/harbor/client.ts';
import { harborGarbage } from '../../functions/adapters/harbor/garbage.ts';
import { harborInspector } from '../../functions/adapters/harbor/inspector.ts';
import { rateLimiter } from '../../functions/adapters/harbor/rate-limiter.ts';
import { harborWriter } from '../../functions/adapters/harbor/writer.ts';
import { type Fenced, fencedGarbage, fencedWriter } from '../../functions/apply/fence.ts';
import type { ApplyPorts } from '../../functions/apply/apply-ports.ts';
import type { Changes, HarborGarbage } from '../../functions/ports.ts';
import { bringNear, type EmbeddedHarbor } from '../sandbox/harbor/index.ts';

/** What changes an embedded Harbor, with nothing in front of it. */
export function changesOn(
  harbor: EmbeddedHarbor,
  credential: { readonly username: string; readonly password: string } = harbor.admin,
): Changes {
  const clock = { now: () => harbor.clock.now() };
  const connection = {
    url: harbor.url,
    ...credential,
    retries: 2,
    firstPauseMs: 1,
    deadline: harbor.deadline,
  };
  const client = harborClient(connection, rateLimiter(), clock);
  return {
    inspector: harborInspector(client, credential.username),
    writer: harborWriter(client),
    garbage: harborGarbage(client),
  };
}

const open = (): Promise<void> => Promise.resolve();

/** ApplyPorts on an embedded Harbor, behind a fence that is always open; a pause moves its clock instead of waiting. */
export function applyPortsOn(
  harbor: EmbeddedHarbor,
  credential: { readonly username: string; readonly password: string } = harbor.admin,
): ApplyPorts & { readonly harbor: Fenced<HarborGarbage> } {
  bringNear(harbor.url);
  const { inspector, writer, garbage } = changesOn(harbor, credential);
  const fenced = { ...fencedWriter(writer, open), ...fencedGarbage(garbage, open) };
  return {
    harbor: { ...inspector, ...fenced },
    clock: { now: () => harbor.clock.now() },
    pause: (ms) => {
      harbor.clock.advance(ms);
      return Promise.resolve();
    },
  };
}
