import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, createRandom, startHarbor } from '../sandbox/harbor/index.ts';
import { between } from '../sandbox/harbor/random.ts';
import { type Talk, rowsOf, talkTo } from './talk.ts';

let harbor: EmbeddedHarbor;
let admin: Talk;

afterEach(() => harbor.close());

async function start(version?: string): Promise<void> {
  harbor = await startHarbor(version === undefined ? {} : { version });
  admin = talkTo(harbor, 'admin');
}

/** Tagged, untagged, indexes, signed, moved: a bit of everything. */
function fill(seed: number): void {
  const random = createRandom(seed);
  harbor.seed.project('p');
  for (let build = 0; build < 120; build += 1)
    harbor.seed.push({
      project: 'p',
      repository: `r${between(random, 1, 7)}`,
      tags: random() < 0.6 ? [`t${between(random, 1, 40)}`] : [],
      size: between(random, 1, 9) * 1_000,
      pushedAt: harbor.clock.now() - between(random, 0, 500) * 3_600_000,
      ...(random() < 0.4 ? { platforms: between(random, 1, 4) } : {}),
      ...(random() < 0.3 ? { accessories: [{ type: 'signature.cosign' }] } : {}),
    });
}

const ids = (rows: readonly Record<string, unknown>[]): number[] =>
  rows.map((row) => Number(row['id']));

/** All pages by offset, sorted by what no shortcut knows. */
async function byOffset(path: string, q: string): Promise<number[]> {
  const found: number[] = [];
  for (let page = 1; ; page += 1) {
    const filter = q === '' ? '' : `&q=${encodeURIComponent(q)}`;
    const reply = await admin('GET', `${path}?sort=id,digest&page=${page}&page_size=17${filter}`);
    found.push(...ids(rowsOf(reply)));
    if (rowsOf(reply).length < 17) return found;
  }
}

/** All pages by keyset; checks on the way that each total is the number of rows that are left. */
async function byKeyset(path: string, q: string): Promise<number[]> {
  const found: number[] = [];
  const totals: number[] = [];
  for (let from = 0; ; from = (found.at(-1) ?? 0) + 1) {
    const filter = [q, `id=[${from}~]`].filter((part) => part !== '').join(',');
    const reply = await admin(
      'GET',
      `${path}?sort=id&page_size=17&q=${encodeURIComponent(filter)}`,
    );
    totals.push(Number(reply.headers.get('x-total-count')) + found.length);
    found.push(...ids(rowsOf(reply)));
    if (rowsOf(reply).length < 17) break;
  }
  expect(new Set(totals)).toEqual(new Set([found.length]));
  return found;
}

describe('keyset pages and offset pages hold the same rows', () => {
  beforeEach(() => start());

  test.each([
    ['everything listed', ''],
    ['children too', 'base=*'],
    ['only what is tagged', 'tags=*'],
    ['only what is untagged', 'tags=nil'],
    ['untagged, children too', 'tags=nil,base=*'],
    ['one repository', 'repository_id=3'],
    ['some repositories', 'repository_id=[2~5]'],
    ['some repositories with children', 'base=*,repository_id=[2~5]'],
    ['what no shortcut knows', 'type=IMAGE'],
  ])('%s', async (_, q) => {
    fill(5);
    const expected = await byOffset('/projects/p/artifacts', q);
    expect(await byKeyset('/projects/p/artifacts', q)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(0);
  });

  test('after tags have moved and artifacts have gone', async () => {
    fill(6);
    await byKeyset('/projects/p/artifacts', '');
    const tagged = harbor.state.artifacts('p').filter((artifact) => artifact.tags.length > 0);
    for (const artifact of tagged.slice(0, 20)) {
      const repository = artifact.repository.slice('p/'.length);
      const path = `/projects/p/repositories/${repository}/artifacts/${artifact.digest}`;
      if (artifact.id % 2 === 0) await admin('DELETE', path);
      else await admin('DELETE', `${path}/tags/${artifact.tags[0] ?? ''}`);
    }
    for (const q of ['', 'base=*', 'tags=*', 'tags=nil'])
      expect(await byKeyset('/projects/p/artifacts', q)).toEqual(
        await byOffset('/projects/p/artifacts', q),
      );
  });

  test('repository by repository as in the whole project', async () => {
    fill(7);
    const whole = await byKeyset('/projects/p/artifacts', '');
    const parts: number[] = [];
    for (const repository of harbor.state.repositories('p'))
      parts.push(
        ...(await byKeyset(`/projects/p/repositories/${repository.name.slice(2)}/artifacts`, '')),
      );
    expect(parts.sort((a, b) => a - b)).toEqual(whole);
  });
});

describe('other versions', () => {
  test.each(['v2.5.3', 'v2.9.4', 'v2.11.2'])(
    '%s has no project-wide list of artifacts',
    async (version) => {
      await start(version);
      fill(1);
      expect((await admin('GET', '/projects/p/artifacts')).status).toBe(404);
      expect((await admin('GET', '/projects/p/repositories/r1/artifacts')).status).toBe(200);
    },
  );

  test('T12: 2.5 counts accessories and drops them from its pages', async () => {
    await start('v2.5.3');
    harbor.seed.project('p');
    for (let build = 0; build < 10; build += 1)
      harbor.seed.push({
        project: 'p',
        repository: 'r',
        tags: [`t${build}`],
        accessories: [{ type: 'signature.cosign' }],
      });
    const reply = await admin('GET', '/projects/p/repositories/r/artifacts?sort=id&page_size=6');
    expect([rowsOf(reply).length, reply.headers.get('x-total-count')]).toEqual([3, '20']);
  });

  test('before 2.12 an artifact names neither its repository nor its type', async () => {
    await start('v2.11.2');
    fill(1);
    const [row = {}] = rowsOf(await admin('GET', '/projects/p/repositories/r1/artifacts'));
    expect(Object.keys(row)).not.toContain('repository_name');
    expect(Object.keys(row)).not.toContain('artifact_type');
  });

  test('T31: until 2.9 a robot with a system permission has lost those in projects', async () => {
    const permissions = [
      { kind: 'project', namespace: 'p', access: [{ resource: 'artifact', action: 'list' }] },
      { kind: 'system', namespace: '/', access: [{ resource: 'project', action: 'list' }] },
    ];
    await start('v2.9.4');
    fill(1);
    const robot = talkTo(harbor, harbor.createRobot('both', permissions));
    expect((await robot('GET', '/projects/p/repositories/r1/artifacts')).status).toBe(403);
    await harbor.close();
    await start('v2.10.0');
    fill(1);
    const later = talkTo(harbor, harbor.createRobot('both', permissions));
    expect((await later('GET', '/projects/p/repositories/r1/artifacts')).status).toBe(200);
  });

  test('T33: before 2.13 the old audit log is the one with rows', async () => {
    await start('v2.12.4');
    await admin('POST', '/projects', { project_name: 'new' });
    expect(rowsOf(await admin('GET', '/audit-logs'))).toHaveLength(1);
    expect((await admin('GET', '/auditlog-exts')).status).toBe(404);
  });
});
