import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { answerOf } from '../../../functions/adapters/harbor/writer.ts';
import type { ArtifactListing } from '../../../functions/ports.ts';
import {
  type EmbeddedHarbor,
  type FaultName,
  type FaultOptions,
  startHarbor,
} from '../../sandbox/harbor/index.ts';
import { applyPortsOn } from '../../support/apply-ports.ts';
import {
  readerOf,
  readEverything,
  type ReadingOptions,
  tagsByDigest,
} from '../../support/harbor-world.ts';

const day = 86_400_000;
let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
});
afterEach(() => harbor.close());

const readerAt = (of: EmbeddedHarbor = harbor) =>
  readerOf({ url: of.url, ...of.admin }, { now: () => of.clock.now() });
const readAll = (options: ReadingOptions = {}) => readEverything(readerAt(), options);
const listed = async (
  name: string,
  options: ReadingOptions = {},
): Promise<ArtifactListing | undefined> => (await readAll(options)).listings.get(name);

function push(tag: string, more: object = {}): string {
  return harbor.seed.push({ project: 'team', repository: 'api', tags: [tag], ...more }).digest;
}
function pushMany(count: number, of: EmbeddedHarbor = harbor): void {
  for (let index = 0; index < count; index += 1) {
    of.seed.push({ project: 'team', repository: 'api', tags: [`t${index}`], size: index + 1 });
  }
}
const listPath = /\/artifacts\?/;
const artifactLists = (): readonly string[] =>
  harbor.requests.all.map(({ path }) => path).filter((path) => listPath.test(path));

describe('reading lists', () => {
  test('T4: a repository name with slashes is encoded twice, and a missed route is not taken for "gone"', async () => {
    const { digest } = harbor.seed.push({ project: 'team', repository: 'a/b/c', tags: ['v1'] });
    const ports = applyPortsOn(harbor).harbor;
    expect(
      await ports.readArtifact({ project: 'team', repository: 'a/b/c' }, digest),
    ).toMatchObject({ kind: 'there' });
    const authorization = `Basic ${Buffer.from(`admin:${harbor.admin.password}`).toString('base64')}`;
    const decoded = await fetch(
      `${harbor.url}/api/v2.0/projects/team/repositories/a/b/c/artifacts/${digest}`,
      {
        method: 'DELETE',
        headers: { authorization },
      },
    );
    expect(decoded.status).toBe(404);
    const raw = { status: decoded.status, text: await decoded.text(), location: undefined };
    expect(answerOf({ ...raw, isMarked: true }, 'DELETE')).toMatchObject({ kind: 'unexpected' });
    expect(await ports.deleteArtifact({ project: 'team', repository: 'a/b/c' }, digest)).toEqual({
      kind: 'done',
    });
  });

  test.each(['v2.15.2-0a1b2c3d', 'v2.11.1-aaaaaaaa'])(
    'T5: a repository that was deleted after it was counted is not an empty one (%s)',
    async (version) => {
      const of = await startHarbor({ version });
      try {
        of.seed.project('team');
        const { digest } = of.seed.push({ project: 'team', repository: 'api', tags: ['v1'] });
        const reader = readerAt(of);
        await reader.identify();
        const [team] = (await reader.listProjects()).filter((one) => one.name === 'team');
        const heads = await reader.listRepositories(team === undefined ? [] : [team]);
        await applyPortsOn(of).harbor.deleteArtifact(
          { project: 'team', repository: 'api' },
          digest,
        );
        const authorization = `Basic ${Buffer.from(`admin:${of.admin.password}`).toString('base64')}`;
        await fetch(`${of.url}/api/v2.0/projects/team/repositories/api`, {
          method: 'DELETE',
          headers: { authorization },
        });
        const scope = {
          project: 'team',
          projectId: team?.id ?? 0,
          repositories: heads,
          withChildren: false,
          confirmUntagged: true,
        };
        for await (const listing of reader.listArtifacts(scope))
          expect(listing.kind).toBe('incomplete');
        expect(heads).toHaveLength(1);
      } finally {
        await of.close();
      }
    },
  );

  test('T8: every flag that something negative is concluded from is asked for, in every list and look', async () => {
    const digest = push('v1');
    push('', { tags: [] });
    await readAll({ withChildren: true });
    const whole = artifactLists().filter((path) => !path.includes('tags%3Dnil'));
    expect(whole.length).toBeGreaterThan(0);
    for (const path of whole) {
      for (const flag of ['with_tag', 'with_label', 'with_accessory'])
        expect(path).toContain(`${flag}=true`);
    }
    harbor.requests.clear();
    await applyPortsOn(harbor).harbor.readArtifact({ project: 'team', repository: 'api' }, digest);
    expect(harbor.requests.all[0]?.path).toContain('with_immutable_status=true');
  });

  test('T9: a tagged release whose tags could not be read is not taken for untagged', async () => {
    const release = push('v1.0');
    const loose = push('', { tags: [] });
    harbor.faults.on('tags-unread', { path: (request) => !request.url.includes('nil') });
    const listing = await listed('team/api');
    expect(listing?.kind).toBe('complete');
    expect(tagsByDigest(listing)).toEqual({ [release]: 'unknown', [loose]: [] });
  });

  test('T48: nor is one whose row was torn in a single pass', async () => {
    const release = push('v1.0');
    harbor.faults.on('tags-unread', { path: listPath, times: 1 });
    expect(tagsByDigest(await listed('team/api'))).toEqual({ [release]: 'unknown' });
  });

  test('T9: where the filter for untagged artifacts is ignored, nothing is proven untagged', async () => {
    const loose = push('', { tags: [] });
    const release = push('v1');
    harbor.faults.on('q-ignored', { path: /tags%3Dnil/ });
    expect(tagsByDigest(await listed('team/api'))).toEqual({
      [loose]: 'unknown',
      [release]: ['v1'],
    });
    harbor.faults.on('tags-unread', { path: listPath, after: 1 });
    expect(tagsByDigest(await listed('team/api'))).toEqual({
      [loose]: 'unknown',
      [release]: ['v1'],
    });
  });

  const broken: readonly (readonly [FaultName, FaultOptions])[] = [
    ['q-ignored', {}],
    ['sort-ignored', {}],
    ['total-missing', {}],
    ['rows-dropped', {}],
    ['rows-repeated', {}],
    ['total-wrong', { value: 3 }],
  ];
  test.each(broken)(
    'T10: a list under the fault %s is not whole, and says so',
    async (fault, options) => {
      pushMany(130);
      harbor.faults.on(fault, { path: listPath, ...options });
      expect(await listed('team/api')).toMatchObject({
        kind: 'incomplete',
        because: expect.stringContaining('team/api is not planned'),
      });
    },
  );

  test('T10: a filter or order that is ignored in the list of projects or repositories stops the reading', async () => {
    for (let index = 0; index < 101; index += 1) harbor.seed.project(`p${index}`);
    for (const fault of ['q-ignored', 'sort-ignored'] as const) {
      harbor.faults.off();
      harbor.faults.on(fault, { path: /\/projects\?/ });
      await expect(readAll()).rejects.toMatchObject({ code: 'harbor-unexpected' });
    }
  });

  test('T11: deletions and pushes between two pages neither hide nor repeat a row', async () => {
    pushMany(250);
    const ids = harbor.state.artifacts('team').map((one) => one.id);
    const hold = harbor.hold({
      method: 'GET',
      path: new RegExp(`artifacts\\?.*${(ids[99] ?? 0) + 1}~`),
    });
    const reading = listed('team/api');
    await hold.reached;
    const survivors = harbor.state.artifacts('team').slice(100);
    const ports = applyPortsOn(harbor).harbor;
    for (const one of harbor.state.artifacts('team').slice(0, 60)) {
      await ports.deleteArtifact({ project: 'team', repository: 'api' }, one.digest);
    }
    const late = push('late', { size: 9_999 });
    hold.release();
    const listing = await reading;
    expect(listing?.kind).toBe('complete');
    const digests = listing?.artifacts.map((one) => one.digest) ?? [];
    expect(new Set(digests).size).toBe(digests.length);
    expect(digests).toEqual(expect.arrayContaining(survivors.map((one) => one.digest)));
    expect(digests).toContain(late);
  });

  test('T12: an endless Link is not followed', async () => {
    pushMany(130);
    harbor.faults.on('link-endless');
    expect((await listed('team/api'))?.artifacts).toHaveLength(130);
    expect(artifactLists().length).toBeLessThan(5);
  });

  test('T12: Harbor 2.5 drops accessories behind the query; short and empty pages do not end the list', async () => {
    const of = await startHarbor({ version: 'v2.5.3-aaaaaaaa' });
    try {
      of.seed.project('team');
      for (let index = 0; index < 3; index += 1) {
        const accessories = Array.from({ length: 90 }, () => ({ type: 'signature.cosign' }));
        of.seed.push({ project: 'team', repository: 'api', tags: [`t${index}`], accessories });
      }
      const { listings } = await readEverything(readerAt(of));
      const listing = listings.get('team/api');
      expect(listing?.kind).toBe('complete');
      expect(
        listing?.artifacts.filter((one) => one.tags !== 'unknown' && one.tags.length > 0),
      ).toHaveLength(3);
    } finally {
      await of.close();
    }
  });

  test('T13: never pulled is unknown, not two thousand years ago, and no request sorts by it', async () => {
    push('v1');
    push('v2', { pulledAt: harbor.clock.now() - day });
    const listing = await listed('team/api', { withChildren: true });
    expect(listing?.artifacts.map((one) => one.pulledAt)).toEqual([
      'unknown',
      harbor.clock.now() - day,
    ]);
    expect(listing?.artifacts[0]?.tags).toMatchObject([{ pulledAt: 'unknown' }]);
    expect(harbor.requests.all.filter(({ path }) => /sort=[^&]*pull_time/.test(path))).toEqual([]);
  });

  test('T24: a count of 0 by an internal error does not make a repository empty', async () => {
    pushMany(3);
    harbor.faults.on('artifact-count-zero');
    expect((await listed('team/api'))?.artifacts).toHaveLength(3);
  });

  test('T33: nothing is concluded from audit logs, which are empty for many reasons: none is read', async () => {
    pushMany(3);
    await readAll({ withChildren: true });
    expect(harbor.requests.all.filter(({ path }) => /audit|\/logs/.test(path))).toEqual([]);
  });
});
