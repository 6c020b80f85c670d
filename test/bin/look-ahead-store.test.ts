import { expect, test } from '@jest/globals';
import { rememberingStore } from '../../bin/look-ahead-store.ts';
import { memoryStore } from '../support/memory-store.ts';

const key = 'state/harbors/harbor.example-0123/untagged/team.json';

test('every look ahead goes by what real runs remember today, and leaves it as it is', async () => {
  const real = memoryStore();
  const store = rememberingStore(memoryStore(), real);
  await real.write(key, 'as the run of Monday saw it');
  expect((await store.read(key))?.text).toBe('as the run of Monday saw it');
  await store.write(key, 'as a look ahead on Monday saw it');
  await real.write(key, 'as the run of Friday saw it');
  expect((await store.read(key))?.text).toBe('as the run of Friday saw it');
});
