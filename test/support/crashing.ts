import { expect } from '@jest/globals';
import type { RunStore } from '../../functions/ports.ts';
import type { TestWorld } from './run-world.ts';

/** Thrown where the process is "killed"; nothing of ours may catch it as an expected failure. */
export class Killed extends Error {
  constructor(where: string) {
    super(`killed ${where}`);
    this.name = 'Killed';
  }
}

/** Whether a call may change something; whatever is not known to read counts as a change. */
function mayChange(port: string, call: string): boolean {
  if (port === 'harbor') return false;
  if (port === 'store') return !['read', 'list'].includes(call);
  // Harbor may count the reading of a manifest as a pull.
  if (port === 'inspector' || port === 'manifests') return /manifest/i.test(call);
  return !(port === 'garbage' && /^(list|read|find)/.test(call));
}

export interface Calls {
  /** How many asynchronous calls left the engine so far. */
  count: number;
}

/**
 * A world whose process is killed at one of its calls: `before` it reaches the world, or `after` it did and before the
 * answer came back. After a call that only reads the world is as it was before it, so that `after` counts the others. From then on no call gets through, as nothing runs on in a dead process. Every port is wrapped
 * whole, so that a new await is counted by itself.
 */
export function killedAt(
  world: TestWorld,
  { at, when }: { readonly at: number; readonly when: 'before' | 'after' },
  calls: Calls,
): TestWorld {
  let dead = false;
  const wrap = <T extends object>(port: T, name: string): T =>
    new Proxy(port, {
      get: (target, key, receiver) => {
        const value: unknown = Reflect.get(target, key, receiver);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          const result = (): unknown => Reflect.apply(value, target, args) as unknown;
          if (key === 'requests' || key === 'now') return result();
          if (key === 'listArtifacts' || key === 'readPart') return result();
          if (key === 'openPart') return wrap(result() as object, `${name}.part`);
          if (dead) return Promise.reject(new Killed('already'));
          if (when === 'after' && !mayChange(name, String(key))) return result();
          calls.count += 1;
          if (calls.count !== at) return result();
          dead = true;
          if (when === 'before') return Promise.reject(new Killed(`before ${name}.${String(key)}`));
          return Promise.resolve(result()).then(() => {
            throw new Killed(`after ${name}.${String(key)}`);
          });
        };
      },
    });
  const { inspector, writer, garbage } = world.changes;
  return {
    ...world,
    harbor: wrap(world.harbor, 'harbor'),
    changes: {
      inspector: wrap(inspector, 'inspector'),
      writer: wrap(writer, 'writer'),
      garbage: wrap(garbage, 'garbage'),
    },
    manifests: wrap(world.manifests, 'manifests'),
    store: wrap<RunStore>(world.store, 'store') as TestWorld['store'],
  };
}

/** A run that is killed, from the scene that it begins with to what must be true in the end. */
export interface Killing<Scene> {
  /** The scene, as it is each time. */
  readonly begin: () => Promise<Scene>;
  readonly world: (scene: Scene) => TestWorld;
  readonly run: (world: TestWorld) => Promise<unknown>;
  /** What follows a kill, and what must then be true; told of every scene but the first. */
  readonly afterwards: (scene: Scene, at: number) => Promise<void>;
}

/**
 * Runs once as it is, and then again for each of its calls, killed there.
 * @returns how many calls there were
 * @throws Error that names the call, with what was not true as its cause
 */
export async function killedAtEveryCall<Scene>(
  when: 'before' | 'after',
  { begin, world, run, afterwards }: Killing<Scene>,
): Promise<number> {
  const calls: Calls = { count: 0 };
  await run(killedAt(world(await begin()), { at: -1, when }, calls));
  for (let at = 1; at <= calls.count; at += 1) {
    try {
      const scene = await begin();
      const dying = run(killedAt(world(scene), { at, when }, { count: 0 }));
      await expect(dying).rejects.toBeInstanceOf(Killed);
      await afterwards(scene, at);
    } catch (error) {
      throw new Error(`killed ${when} call ${at} of ${calls.count}`, { cause: error });
    }
  }
  return calls.count;
}
