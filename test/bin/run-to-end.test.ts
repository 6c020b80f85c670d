import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runToEnd } from '../../bin/run-to-end.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { dryRun, silent, worldAround } from '../support/run-world.ts';

let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor();
  harbor.seed.project('team');
  harbor.seed.push({ project: 'team', repository: 'api', tags: ['v1'] });
});
afterEach(() => harbor.close());

const policy = `
version: 1
trash: off
rules:
  - name: old-builds
    select: { projects: ["team"], tags: ["ci-*"] }
    keep: { pushedWithin: 60d }
`;

test('a wait is said once where nobody looks at progress, and sat out', async () => {
  const warned: unknown[] = [];
  const waits: string[] = [];
  const own = worldAround(harbor, { policy });
  let looks = 0;
  const world: typeof own = {
    ...own,
    harbor: {
      ...own.harbor,
      async *listArtifacts(scope) {
        looks += 1;
        if (looks === 1) harbor.faults.on('cut-before');
        yield* own.harbor.listArtifacts(scope);
      },
    },
    telemetry: {
      ...silent,
      warn: (message, data) => warned.push([message, data]),
      progress: ({ phase, what }) => {
        if (phase === 'wait') waits.push(what);
        if (waits.length === 3) harbor.faults.off();
      },
    },
  };
  expect(await runToEnd(world, dryRun)).toMatchObject({ done: true, end: 'finished' });
  expect(waits).toHaveLength(3);
  expect(warned.filter((one) => JSON.stringify(one).includes('waits'))).toEqual([
    ['the run waits', { for: 'Harbor to answer again' }],
  ]);
});
