import type { RunStore } from '../../functions/ports.ts';
import type { TestWorld } from './run-world.ts';

/** Thrown where the process is "killed"; nothing of ours may catch it as an expected failure. */
export class Killed extends Error {
  constructor(where: string) {
    super(`killed ${where}`);
    this.name = 'Killed';
  }
}

export interface Calls {
  /** How many asynchronous calls left the engine so far. */
  count: number;
}

/**
 * A world whose process is killed at one of its calls: `before` it reaches the world, or `after` it did and before the
 * answer came back. From then on no call gets through, as nothing runs on in a dead process. Every port is wrapped
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
