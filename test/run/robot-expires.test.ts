import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { permissions } from '../bin/command-line.ts';
import { memoryStore } from '../support/memory-store.ts';
import { dryRun, reportIn, runToEnd, worldAround } from '../support/run-world.ts';

const policy = `version: 1
trash: off
rules:
  - { name: r, select: { projects: [team], tags: ['**'] }, keep: { pushedWithin: 30d } }
`;

let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor();
  harbor.seed.project('team');
});
afterEach(() => harbor.close());

const day = 86_400;
const mayList = { kind: 'system', namespace: '/', access: [{ resource: 'robot', action: 'list' }] };

async function warned(expiresAt: number, system: readonly (typeof mayList)[]) {
  for (let other = 0; other < 120; other += 1)
    harbor.seed.robot({ name: `other-${other}`, permissions: [], expiresAt: 2_000_000_000 });
  const robot = harbor.seed.robot({
    name: 'retention',
    permissions: [...permissions, ...system],
    expiresAt,
  });
  const credential = { username: robot.username, password: robot.secret };
  const store = memoryStore();
  await runToEnd(worldAround(harbor, { policy, store, credential }), dryRun);
  return reportIn(store)
    .warnings.filter(({ code }) => code === 'robot-expires')
    .map(({ message }) => message.replace(/.*, (in .*):.*/, '$1'));
}

test.each<readonly [string, number, readonly string[]]>([
  ['in 15 days', 15 * day, []],
  ['in 14 days and a second', 14 * day + 1, []],
  ['in 14 days', 14 * day, ['in 14 days']],
  ['in a day and a half', 1.5 * day, ['in 1 day']],
  ['in an hour', 3_600, ['in 0 days']],
])('a robot that expires %s', async (_, left, expected) => {
  const now = Math.floor(harbor.clock.now() / 1_000);
  expect(await warned(now + left, [mayList])).toEqual(expected);
});

test('a robot that never expires is not spoken of', async () => {
  expect(await warned(-1, [mayList])).toEqual([]);
});

test('a robot that may not see its end is told nothing of it', async () => {
  expect(await warned(Math.floor(harbor.clock.now() / 1_000) + day, [])).toEqual([]);
});
