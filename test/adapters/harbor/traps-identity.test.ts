import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, startHarbor } from '../../sandbox/harbor/index.ts';
import { applyPortsOn } from '../../support/apply-ports.ts';
import { readerOf, readEverything } from '../../support/harbor-world.ts';
import {
  dryRun,
  fatesOf,
  reportIn,
  rowsIn,
  runToEnd,
  worldAround,
} from '../../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
trash: off
limits: { maxDeletionsPercent: 90 }
rules:
  - name: old
    select: { projects: ["*"], tags: ["*"] }
    keep: { pushedWithin: 30d }
`;
const permissions = (namespace: string, ...access: readonly string[]) => ({
  kind: 'project',
  namespace,
  access: access.map((one) => {
    const [resource = '', action = ''] = one.split(':');
    return { resource, action };
  }),
});
const planner = permissions(
  '*',
  'project:read',
  'repository:list',
  'repository:read',
  'artifact:list',
  'artifact:read',
  'tag:list',
  'immutable-tag:list',
);

let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('open', { public: true });
  harbor.seed.project('team');
  for (const project of ['open', 'team']) {
    for (const age of [1, 40, 50]) push(project, `ci-${age}`, age);
  }
});
afterEach(() => harbor.close());

function push(project: string, tag: string, age: number): void {
  const pushedAt = harbor.clock.now() - age * day;
  harbor.seed.push({ project, repository: 'api', tags: [tag], pushedAt, size: 1_000 });
}

const clock = { now: () => harbor.clock.now() };
const readerAs = ({ username, secret }: { username: string; secret: string }) =>
  readerOf({ url: harbor.url, username, password: secret }, clock);

/** What a dry run condemns, by name. */
async function condemned(world = worldAround(harbor, { policy })): Promise<readonly string[]> {
  await runToEnd(world);
  const fates = fatesOf(await rowsIn(world.store, reportIn(world.store)));
  return Object.keys(fates)
    .filter((name) => fates[name] !== 'keep')
    .toSorted();
}

describe('who we are to Harbor', () => {
  test('T1: an expired robot is recognised although public projects are served with 200', async () => {
    const expiresAt = harbor.clock.now() / 1000 + 60;
    const robot = harbor.seed.robot({ name: 'soon', permissions: [planner], expiresAt });
    await expect(readerAs(robot).identify()).resolves.toMatchObject({ readOnly: false });
    harbor.clock.advance(61_000);
    await expect(readEverything(readerAs(robot))).rejects.toMatchObject({
      code: 'harbor-not-signed-in',
    });
  });

  test('T1: whichever single answer is served as to nobody, nothing private is taken for gone', async () => {
    const all = await condemned();
    expect(all).toEqual(['open/api:ci-40', 'open/api:ci-50', 'team/api:ci-40', 'team/api:ci-50']);
    const sent = harbor.requests.all.length;
    for (let after = 0; after < sent; after += 1) {
      harbor.faults.off();
      harbor.faults.on('anonymous', { after, times: 1 });
      const world = worldAround(harbor, { policy });
      try {
        expect(all).toEqual(expect.arrayContaining([...(await condemned(world))]));
        const report = reportIn(world.store);
        const isWhole = report.totals?.artifacts === 6 && report.totals.unplannable === 0;
        const says =
          report.warnings.length + report.refusals.length + (report.totals?.unplannable ?? 0);
        // A public answer served to nobody is the same answer; a private one that is lost must be said.
        if (!isWhole && report.totals?.projects === 2) expect(says).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toMatchObject({ code: 'harbor-not-signed-in' });
      }
    }
  });

  test('T55: a Harbor that shows its version to anybody does not make a wrong secret signed in', async () => {
    const old = await startHarbor({ version: 'v2.9.5-aaaaaaaa' });
    old.seed.project('open', { public: true });
    const as = (username: string, password: string) =>
      readerOf({ url: old.url, username, password }, clock).identify();
    await expect(as(old.admin.username, 'wrong')).rejects.toMatchObject({
      code: 'harbor-not-signed-in',
    });
    await expect(as('robot$nobody', 'x')).rejects.toMatchObject({ code: 'harbor-not-signed-in' });
    await expect(as(old.admin.username, old.admin.password)).resolves.toMatchObject({
      version: 'v2.9.5-aaaaaaaa',
    });
    await old.close();
  });

  test('T2: somebody else’s wrong password for the same user is not taken for an empty registry', async () => {
    const dora = harbor.seed.user({ username: 'dora', isAdmin: true });
    const gate = harbor.holdFailedLogins();
    const wrong = readerAs({ ...dora, secret: 'wrong' }).identify();
    wrong.catch(() => undefined);
    await gate.reached;
    await expect(readEverything(readerAs(dora))).rejects.toMatchObject({
      code: 'harbor-not-signed-in',
    });
    gate.release();
    await expect(wrong).rejects.toMatchObject({ code: 'harbor-not-signed-in' });
    expect((await readEverything(readerAs(dora))).listings.size).toBe(2);
  });

  test('T44: a robot is not disturbed by that', async () => {
    const robot = harbor.seed.robot({ name: 'retention', permissions: [planner] });
    const gate = harbor.holdFailedLogins();
    const wrong = readerOf(
      { url: harbor.url, username: 'admin', password: 'wrong' },
      clock,
    ).identify();
    wrong.catch(() => undefined);
    await gate.reached;
    expect((await readEverything(readerAs(robot))).listings.size).toBe(2);
    gate.release();
    await expect(wrong).rejects.toMatchObject({ code: 'harbor-not-signed-in' });
  });

  test('T3: a write behind reads is no forgery to Harbor, because no cookie is kept', async () => {
    const { harbor: ports } = applyPortsOn(harbor);
    const [first] = harbor.state.artifacts('team');
    const place = { project: 'team', repository: 'api', digest: first?.digest ?? '' };
    await ports.readArtifact(place, place.digest);
    expect(await ports.createTag(place, 'again')).toEqual({ kind: 'done' });
  });

  test('T31: a robot of Harbor 2.9 that lost its project permissions plans nothing of private projects', async () => {
    const old = await startHarbor({ version: 'v2.9.4-aaaaaaaa' });
    try {
      old.seed.project('team');
      const pushedAt = old.clock.now() - 90 * day;
      for (const tag of ['a', 'b', 'c'])
        old.seed.push({ project: 'team', repository: 'api', tags: [tag], pushedAt });
      const system = {
        kind: 'system',
        namespace: '/',
        access: [{ resource: 'project', action: 'list' }],
      };
      const both = old.seed.robot({ name: 'both', permissions: [planner, system] });
      const credential = { username: both.username, password: both.secret };
      const world = worldAround(old, { policy, credential });
      await runToEnd(world);
      const report = reportIn(world.store);
      expect(report.totals).toMatchObject({
        projects: 1,
        repositories: 1,
        unplannable: 1,
        deletions: 0,
      });
      expect(report.repositories[0]?.unplannable).toContain('403, FORBIDDEN');
    } finally {
      await old.close();
    }
  });

  test('T32: with an OIDC CLI secret, which counts on some paths only, private projects are not planned', async () => {
    const dora = harbor.seed.user({ username: 'dora', roles: { team: 4 }, oidcCli: true });
    const credential = { username: dora.username, password: dora.secret };
    const world = worldAround(harbor, { policy, credential });
    const names = await condemned(world);
    expect(names.filter((name) => name.startsWith('team/'))).toEqual([]);
    expect(reportIn(world.store).warnings).toContainEqual(
      expect.objectContaining({ code: 'project-incomplete', on: 'team' }),
    );
    const [first] = harbor.state.artifacts('team');
    const ports = applyPortsOn(harbor, credential).harbor;
    const place = { project: 'team', repository: 'api' };
    expect(await ports.deleteArtifact(place, first?.digest ?? '')).toMatchObject({
      kind: 'denied',
      by: 'sign-in',
    });
  });

  test('T34: a project whose name is all digits is read and changed by its name', async () => {
    const team = harbor.seed.project('7').id;
    const digits = String(team - 1);
    harbor.seed.project(`${digits}`);
    push(digits, 'v1', 5);
    const { listings } = await readEverything(
      readerOf({ url: harbor.url, ...harbor.admin }, clock),
    );
    expect(listings.get(`${digits}/api`)).toMatchObject({
      kind: 'complete',
      artifacts: [{ tags: [{ name: 'v1' }] }],
    });
    const [artifact] = harbor.state.artifacts(digits);
    const place = { project: digits, repository: 'api' };
    expect(await applyPortsOn(harbor).harbor.deleteArtifact(place, artifact?.digest ?? '')).toEqual(
      {
        kind: 'done',
      },
    );
    expect(harbor.state.artifacts(digits)).toEqual([]);
    expect(harbor.state.artifacts('team')).toHaveLength(3);
  });

  test('T37: a robot’s name is sent with its dollar sign; cut by a shell it is not signed in, and the remedy says so', async () => {
    const robot = harbor.seed.robot({ name: 'retention', permissions: [planner] });
    expect(robot.username).toBe('robot$retention');
    await expect(readerAs(robot).identify()).resolves.toBeDefined();
    await expect(readerAs({ ...robot, username: 'robot' }).identify()).rejects.toMatchObject({
      code: 'harbor-not-signed-in',
    });
    const credential = { username: 'robot', password: robot.secret };
    const world = worldAround(harbor, { policy, credential });
    await expect(runToEnd(world, dryRun)).rejects.toMatchObject({
      remedy: expect.stringContaining('its full name'),
    });
  });
});
