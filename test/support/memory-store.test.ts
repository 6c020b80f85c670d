import { runStoreContract } from '../adapters/run-store-contract.ts';
import { memoryStore } from './memory-store.ts';

runStoreContract('memory', () => {
  const store = memoryStore();
  return Promise.resolve({
    store,
    raw: (key) => store.parts.get(key) ?? Buffer.from(store.texts.get(key) ?? ''),
    damage: (key, bytes) => {
      store.parts.set(key, bytes);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  });
});
