import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { sampleRegistry } from '../sandbox/sample-registry.ts';
import { sampleWorkloads } from '../sandbox/sample-workloads.ts';
import { memoryStore } from '../support/memory-store.ts';
import { root } from '../support/pages.ts';
import { dryRun, fatesOf, reportIn, rowsIn, runToEnd, worldAround } from '../support/run-world.ts';

const example = readFileSync(join(root, 'examples', 'policy.yaml'), 'utf8');
const withLists = example.replace(
  /^protect:$/m,
  'protect:\n  inUse: [{ source: collected, must: [prod-eu, prod] }]',
);

let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor();
});
afterEach(() => harbor.close());

test.each([
  ['go without the lists', example, ['delete', 'delete']],
  ['stay with them', withLists, ['keep', 'keep']],
])('two old images of the sample %s', async (_, policy, fates) => {
  const now = harbor.clock.now();
  harbor.seed.project('team-a');
  harbor.seed.project('team-b');
  harbor.seed.project('retention-trash');
  const { held, lists } = sampleWorkloads(harbor, now);
  const store = memoryStore();
  for (const [name, text] of lists) await store.write(`lists/workloads/${name}.ndjson`, text);
  await runToEnd(worldAround(harbor, { policy, store }), dryRun);
  const rows = fatesOf(await rowsIn(store, reportIn(store)));
  expect(held.map((name) => rows[name])).toEqual(fates);
});

test('the example policy names nothing that the sample does not have, where it protects', async () => {
  sampleRegistry(harbor, harbor.clock.now());
  const store = memoryStore();
  await runToEnd(worldAround(harbor, { policy: example, store }), dryRun);
  expect(reportIn(store).warnings.filter(({ code }) => code === 'matched-nothing')).toEqual([]);
});
