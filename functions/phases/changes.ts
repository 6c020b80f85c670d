import { type Fenced, fencedGarbage, fencedWriter } from '../apply/fence.ts';
import type { ApplyPorts } from '../apply/apply-ports.ts';
import type { Changes, HarborGarbage, World } from '../ports.ts';
import type { HeldLease } from '../store/lease.ts';

type Confirming = Pick<HeldLease, 'confirm'>;

/** A world whose lease is held. */
export interface Held {
  readonly world: World;
  readonly lease: Confirming;
}

/** What may change Harbor; only armed runs and restores come here, and their drivers give it to them. */
export function changesOf({ changes }: World): Changes {
  if (changes === undefined)
    throw new Error('a run that changes Harbor was given nothing to do so');
  return changes;
}

/** The ports for everything that a run or a restore changes. Each write asks first whether the lease is still ours. */
export function applyPorts(world: World, lease: Confirming): ApplyPorts {
  const { inspector, writer } = changesOf(world);
  return {
    harbor: { ...inspector, ...fencedWriter(writer, () => lease.confirm()) },
    clock: world.clock,
    pause: world.pause,
  };
}

/** Harbor's garbage collection. Starting one asks first whether the lease is still ours. */
export function garbageOf(world: World, lease: Confirming): Fenced<HarborGarbage> {
  return fencedGarbage(changesOf(world).garbage, () => lease.confirm());
}

/** A world without any way to change Harbor, whatever its driver gave: that of a dry run. */
export function withoutChanges(world: World): World {
  const { changes, ...rest } = world;
  return changes === undefined ? world : rest;
}
