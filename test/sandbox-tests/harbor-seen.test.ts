// What was seen on running Harbors 2.9.5 and 2.15.2, as the embedded one does it.
import { afterEach, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { codeOf, imageOf, pushImage, putManifest, rowsOf, talkTo, uploadParts } from './talk.ts';

const day = 86_400_000;
let harbor: EmbeddedHarbor;
afterEach(() => harbor.close());

async function started(version = 'v2.15.2') {
  harbor = await startHarbor({ version });
  for (const name of ['team', 'bin']) harbor.seed.project(name);
  return talkTo(harbor, 'admin');
}

const at = (project: string, repository = 'api'): string =>
  `/projects/${project}/repositories/${encodeURIComponent(encodeURIComponent(repository))}/artifacts`;
const idOf = (name: string): number =>
  harbor.state.projects().find((project) => project.name === name)?.id ?? 0;
const robotWith = (
  system: readonly [string, string][],
  project: readonly [string, string][] = [],
) => {
  const access = (all: readonly [string, string][]) =>
    all.map(([resource, action]) => ({ resource, action }));
  const robot = harbor.seed.robot({
    name: 'r',
    permissions: [
      { kind: 'system', namespace: '/', access: access(system) },
      { kind: 'project', namespace: '*', access: access(project) },
    ],
  });
  return talkTo(harbor, robot);
};

test('a label on an untagged child is in no list but one of all, and does not keep its index from going', async () => {
  const admin = await started();
  const label = harbor.seed.label({ name: 'keep' });
  const index = harbor.seed.push({
    project: 'team',
    repository: 'api',
    tags: ['v1'],
    children: [{ labels: [label] }],
  });
  const labelled = async (more: string) =>
    rowsOf(await admin('GET', `${at('team')}?with_label=true${more}`)).filter(
      (row) => row['labels'] !== null,
    ).length;
  expect([await labelled(''), await labelled('&q=base%3D*')]).toEqual([0, 1]);
  expect((await admin('DELETE', `${at('team')}/${index.digest}`)).status).toBe(200);
  expect(harbor.state.artifacts('team')).toEqual([]);
});

test('an image whose signature’s tag is immutable can be copied again and again, and not deleted', async () => {
  const admin = await started();
  harbor.seed.immutableRule('team', { tags: 'signed' });
  const { digest } = harbor.seed.push({
    project: 'team',
    repository: 'api',
    tags: ['v1'],
    accessories: [{ type: 'signature.cosign', tags: ['signed'] }],
  });
  const copy = () => admin('POST', `${at('bin')}?from=team/api@${digest}`);
  expect([(await copy()).status, (await copy()).status]).toEqual([201, 201]);
  const refused = await admin('DELETE', `${at('team')}/${digest}`);
  expect([refused.status, codeOf(refused)]).toEqual([412, 'PRECONDITION']);
  expect(harbor.state.tags('bin', 'api').map(({ name }) => name)).toContain('v1');
});

test('a tag that is put on an image between the last look and its deletion goes with it, with 200 and 201', async () => {
  const admin = await started();
  const image = await pushImage(harbor, { repository: 'team/api', tag: 'ci-1' }, ['one']);
  const hold = harbor.hold({ method: 'DELETE', path: /artifacts/ });
  const deleting = admin('DELETE', `${at('team')}/${image.digest}`);
  await hold.reached;
  const pushed = await putManifest(
    harbor,
    { repository: 'team/api', reference: 'stable' },
    image.manifest,
  );
  hold.release();
  expect([pushed.status, (await deleting).status]).toEqual([201, 200]);
  expect(harbor.state.tags('team', 'api')).toEqual([]);
  const log = rowsOf(await admin('GET', '/projects/team/auditlog-exts'));
  expect(log.map((row) => row['resource'])).toContain('team/api:stable');
});

test('T50: the log of 2.15 names tag and digest of each push', async () => {
  const admin = await started();
  const image = await pushImage(harbor, { repository: 'team/api', tag: 'v1' }, ['one']);
  await putManifest(harbor, { repository: 'team/api', reference: image.digest }, image.manifest);
  const by = `team/api@${image.digest}`;
  const pushes = rowsOf(await admin('GET', '/projects/team/auditlog-exts')).filter(
    (row) => row['operation'] === 'create' && row['resource_type'] === 'artifact',
  );
  const named = pushes.map((row) => [row['resource'], row['operation_description']]);
  expect(named).toHaveLength(2);
  expect(named).toContainEqual([by, `push artifact: ${by}`]);
  expect(named).toContainEqual(['team/api:v1', `push artifact: ${by}`]);
});

test('T50: the log of 2.9.5 names a tag or a digest, never both', async () => {
  const admin = await started('v2.9.5');
  const image = await pushImage(harbor, { repository: 'team/api', tag: 'v1' }, ['one']);
  await putManifest(harbor, { repository: 'team/api', reference: image.digest }, image.manifest);
  const rows = rowsOf(await admin('GET', '/projects/team/logs')).filter(
    (row) => row['operation'] === 'create' && row['resource_type'] === 'artifact',
  );
  const named = rows.map((row) => row['resource']);
  expect(new Set(named)).toEqual(new Set([`team/api:${image.digest}`, 'team/api:v1']));
  for (const row of rows) expect(row).not.toHaveProperty('operation_description');
  expect((await admin('GET', '/projects/team/auditlog-exts')).status).toBe(404);
});

test.each(['v2.9.5', 'v2.15.2'])(
  'T51: in %s a project label is claimed by the first, with its description, and 409 to others',
  async (version) => {
    const admin = await started(version);
    const claim = (description: string) =>
      admin('POST', '/labels', {
        name: 'harbor-retention',
        description,
        scope: 'p',
        project_id: idOf('bin'),
      });
    const answers = await Promise.all([claim('one'), claim('two'), claim('three')]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409]);
    expect(answers.filter(({ status }) => status === 409).map(codeOf)).toEqual([
      'CONFLICT',
      'CONFLICT',
    ]);
    const winner = ['one', 'two', 'three'][answers.findIndex(({ status }) => status === 201)];
    const rows = rowsOf(await admin('GET', `/labels?scope=p&project_id=${idOf('bin')}`));
    expect(rows).toMatchObject([{ name: 'harbor-retention', description: winner }]);
  },
);

test('T52: a lower bound of the pull time is exact over children too, and never shows what was never pulled', async () => {
  const admin = await started();
  const pulled = (days: number) => harbor.clock.now() - days * day;
  harbor.seed.push({ project: 'team', repository: 'api', tags: ['old'], pulledAt: pulled(40) });
  harbor.seed.push({ project: 'team', repository: 'api', tags: ['never'] });
  const index = harbor.seed.push({
    project: 'team',
    repository: 'api',
    tags: ['index'],
    children: [{ pulledAt: pulled(3) }, { size: 7 }],
  });
  const since = new Date(pulled(30)).toISOString().slice(0, 19).replace('T', ' ');
  const q = encodeURIComponent(`base=*,pull_time=[${since}~]`);
  const rows = rowsOf(await admin('GET', `/projects/team/artifacts?q=${q}`));
  const [child] = index.references ?? [];
  expect(rows.map((row) => row['digest'])).toEqual([child?.child.digest]);
});

test('a robot without garbage-collection:read starts a collection and can’t follow it', async () => {
  await started();
  const robot = robotWith([
    ['garbage-collection', 'create'],
    ['garbage-collection', 'list'],
  ]);
  const answer = await robot('POST', '/system/gc/schedule', {
    schedule: { type: 'Manual' },
    parameters: { delete_untagged: false },
  });
  expect(answer.status).toBe(201);
  const path = answer.headers.get('location')?.replace('/api/v2.0', '') ?? '';
  expect((await robot('GET', path)).status).toBe(403);
  expect((await robot('GET', '/system/gc')).status).toBe(200);
});

test('a robot without label:list puts labels on artifacts and can’t look up which there are', async () => {
  const admin = await started();
  const label = harbor.seed.label({ name: 'keep', project: 'team' });
  const { digest } = harbor.seed.push({ project: 'team', repository: 'api', tags: ['v1'] });
  const robot = robotWith([], [['artifact-label', 'create']]);
  const list = await robot('GET', `/labels?scope=p&project_id=${idOf('team')}`);
  expect([list.status, codeOf(list)]).toEqual([403, 'FORBIDDEN']);
  const put = await robot('POST', `${at('team')}/${digest}/labels`, { id: label.id });
  expect(put.status).toBe(200);
  const shown = await admin('GET', `${at('team')}/${digest}?with_label=true`);
  expect(shown.json).toMatchObject({ labels: [{ name: 'keep' }] });
});

test('a tagged child outlives its index, and comes along in the copy', async () => {
  const admin = await started();
  const index = harbor.seed.push({
    project: 'team',
    repository: 'api',
    tags: ['v1'],
    children: [{ tags: ['v1-amd64'] }, { size: 7 }],
  });
  await admin('POST', `${at('bin')}?from=team/api@${index.digest}`);
  expect((await admin('DELETE', `${at('team')}/${index.digest}`)).status).toBe(200);
  const tags = (project: string) =>
    harbor.state
      .tags(project, 'api')
      .map(({ name }) => name)
      .toSorted();
  expect([tags('team'), tags('bin')]).toEqual([['v1-amd64'], ['v1', 'v1-amd64']]);
  expect(harbor.state.artifacts('bin')).toHaveLength(3);
});

test('a copy beside a deletion of its source is all or nothing: the source that is gone is 400', async () => {
  const admin = await started();
  const image = imageOf('x', ['one']);
  await uploadParts(harbor, 'team/api', { config: image.config, layers: ['one'] });
  await putManifest(harbor, { repository: 'team/api', reference: 'v1' }, image.manifest);
  await admin('DELETE', `${at('team')}/${image.digest}`);
  const copy = await admin('POST', `${at('bin')}?from=team/api@${image.digest}`);
  expect([copy.status, codeOf(copy)]).toEqual([400, 'BAD_REQUEST']);
});
