import type { EmbeddedHarbor } from '../sandbox/harbor/index.ts';
import type { MemoryStore } from './memory-store.ts';

export interface Scene {
  readonly harbor: EmbeddedHarbor;
  readonly store: MemoryStore;
}

/**
 * Marks a scene, so that a test can begin with it as often as it wants to: making it once costs as much as a whole run.
 * Each time the Harbor is as it was and the store is one of its own with the same content.
 */
export function beginningWith<Marked extends Scene>(scene: Marked): () => Promise<Marked> {
  const back = scene.harbor.mark();
  return async () => {
    await back();
    return { ...scene, store: scene.store.copy() };
  };
}
