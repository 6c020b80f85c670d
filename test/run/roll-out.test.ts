import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { day } from '../../functions/domain/duration.ts';
import { formatInstant } from '../../functions/domain/instant.ts';
import type { DigestListReader, RunRequest } from '../../functions/ports.ts';
import { restoreRun, type RestoreRequest } from '../../functions/phases/restore-run.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { type MemoryStore, memoryStore } from '../support/memory-store.ts';
import { armed, reportIn, rowsIn, runToEnd, unlimited, worldAround } from '../support/run-world.ts';

// By their names, api and f are in the first tenth, and none of the others is.
const first = ['api', 'f'];
const others = ['a', 'b', 'web'];

let harbor: EmbeddedHarbor;
let store: MemoryStore;
let startedAt: number;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  for (const project of ['team', 'retention-trash']) harbor.seed.project(project);
  const pushedAt = harbor.clock.now() - 90 * day;
  for (const repository of [...first, ...others])
    for (let n = 0; n < 3; n += 1)
      harbor.seed.push({ project: 'team', repository, tags: [`ci-${n}`], pushedAt, size: 10 + n });
  store = memoryStore();
  startedAt = harbor.clock.now();
});
afterEach(() => harbor.close());

const policy = (more = ''): string => `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: 100, maxDeletionsPercentPerRepository: 100 }
trash: { project: retention-trash, keepFor: 30d }
protect: { keepAtLeast: 1 }
rollout: { startedAt: "${formatInstant(startedAt)}", over: 7d }
${more}
rules:
  - { name: ci, select: { projects: ["team"], tags: ["ci-*"] }, keep: { pushedWithin: 30d } }
`;

const idNow = (): string =>
  `${formatInstant(harbor.clock.now()).slice(0, 19).replaceAll(':', '')}Z`;

/** An armed run now, and what it left; then a day passes. */
async function night(
  request: Partial<RunRequest> = {},
  text = policy(),
  readList: DigestListReader = () => Promise.resolve(''),
) {
  const runId = idNow();
  await runToEnd(worldAround(harbor, { policy: text, store, readList }), {
    ...armed,
    runId,
    ...request,
  });
  const report = reportIn(store);
  const { run, refusals, applied, rollOut, totals } = report;
  harbor.clock.advance(day);
  return { runId, report, end: run.end, refusals, deleted: applied?.deleted, rollOut, totals };
}

const left = (repository: string): number => harbor.state.tags('team', repository).length;

async function pullFromTrash(repository: string, tag: string): Promise<void> {
  const { username, password } = harbor.admin;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const place = `retention-trash/team/${repository}`;
  const answer = await fetch(`${harbor.url}/v2/${place}/manifests/${tag}`, {
    headers: { authorization, accept: 'application/vnd.oci.image.manifest.v1+json' },
  });
  expect(answer.status).toBe(200);
  // Harbor writes pull times some seconds later.
  harbor.clock.advance(60_000);
}

const tagInTrash = (repository: string): string => {
  const tags = harbor.state.tags('retention-trash', `team/${repository}`).map(({ name }) => name);
  return tags.find((name) => /\.ci-/.test(name)) ?? '';
};

test('a changed policy deletes in a tenth first, in all once its time is over, and shows the rest as waiting', async () => {
  const one = await night();
  expect(one).toMatchObject({ end: 'finished', deleted: 4 });
  expect(one.rollOut).toMatchObject({
    phase: 'first',
    inScope: 5,
    first: 2,
    names: ['team/api', 'team/f'],
    waiting: { artifacts: 6, tags: 0, repositories: 3 },
    regrets: { count: 0, acknowledged: 0, unknown: [] },
  });
  expect(one.totals).toMatchObject({ deletions: 4, waiting: { artifacts: 6 } });
  expect(first.map(left)).toEqual([1, 1]);
  expect(others.map(left)).toEqual([3, 3, 3]);
  const rows = await rowsIn(store, one.report);
  const waiting = rows.filter(({ reason }) => reason === 'rollout-waits');
  expect(
    waiting.map(({ fate, rule, repository }) => [fate, rule, others.includes(repository)]),
  ).toEqual(Array.from({ length: 6 }, () => ['keep', 'ci', true]));
  expect(waiting[0]?.explanation).toContain('this repository is not in the first tenth');
  expect(waiting[0]?.goesAt).toBe(formatInstant(startedAt + 7 * day));
  for (let quiet = 1; quiet < 7; quiet += 1)
    expect(await night()).toMatchObject({ end: 'finished', deleted: 0 });
  // Now it is exactly as old as it is to last.
  const last = await night();
  expect(last).toMatchObject({ end: 'finished', deleted: 6, rollOut: { phase: 'all' } });
  expect(others.map(left)).toEqual([1, 1, 1]);
});

test('a pull from the trash halts it until exactly that is acknowledged, and a further one halts it again', async () => {
  await night();
  await pullFromTrash('api', tagInTrash('api'));
  const halted = await night();
  expect(halted).toMatchObject({ end: 'refused', deleted: 0 });
  expect(halted.refusals).toMatchObject([{ rail: 'rollout-halted', on: 'retention-trash' }]);
  expect(halted.refusals[0]?.found).toContain('was pulled on');
  const acknowledge = [halted.refusals[0]?.fingerprint ?? ''];
  expect(await night({ mode: 'dry-run', acknowledge: ['0123456789ab'] })).toMatchObject({
    end: 'refused',
  });
  expect(halted.rollOut?.regrets).toMatchObject({ count: 1, acknowledged: 0 });
  const excused = { end: 'finished', rollOut: { regrets: { count: 1, acknowledged: 1 } } };
  expect(await night({ acknowledge })).toMatchObject(excused);
  expect(await night()).toMatchObject(excused);
  await pullFromTrash('f', tagInTrash('f'));
  const again = await night();
  expect(again).toMatchObject({
    end: 'refused',
    rollOut: { regrets: { count: 2, acknowledged: 1 } },
  });
  expect(again.refusals[0]?.found).toContain('team/f@');
  expect(again.refusals[0]?.found).not.toContain('team/api@');
  expect(again.refusals[0]?.fingerprint).not.toBe(acknowledge[0]);
});

describe('somebody restores while it lasts', () => {
  test('and it halts, also after its time, for as long as the copy lies there', async () => {
    const { runId } = await night();
    const request: RestoreRequest = {
      from: { kind: 'run', runId },
      only: () => true,
      named: [],
      apply: true,
      owner: 'test',
    };
    await restoreRun(request, worldAround(harbor, { policy: policy(), store }), unlimited);
    const halted = await night();
    expect(halted.refusals).toMatchObject([{ rail: 'rollout-halted' }]);
    expect(halted.refusals[0]?.found).toContain('was restored');
    for (let more = 0; more < 8; more += 1) expect(await night()).toMatchObject({ end: 'refused' });
    const late = await night();
    expect(late).toMatchObject({ end: 'refused', rollOut: { phase: 'first' } });
    expect(late.report.warnings.map(({ code }) => code)).toContain('rollout-held');
    const acknowledge = [late.refusals[0]?.fingerprint ?? ''];
    expect(await night({ acknowledge })).toMatchObject({
      end: 'finished',
      // Two of them because what was restored is the most recent of its repository now.
      deleted: 8,
      rollOut: { phase: 'all' },
    });
  });
});

test('a trash that can’t be looked at halts it', async () => {
  await night();
  harbor.seed.project('elsewhere');
  const moved = policy().replace('retention-trash', 'gone');
  const { refusals } = await night({}, moved);
  expect(refusals.map(({ rail }) => rail).toSorted()).toEqual([
    'rollout-halted',
    'trash-not-ready',
  ]);
});

test('a trash whose list of repositories is not whole halts it, as a sign may lie where nobody looked', async () => {
  await night();
  await pullFromTrash('api', tagInTrash('api'));
  const world = worldAround(harbor, { policy: policy(), store });
  const short: typeof world.harbor = {
    ...world.harbor,
    listRepositories: async (projects, most) =>
      (await world.harbor.listRepositories(projects, most)).filter(
        ({ project, name }) => project !== 'retention-trash' || name !== 'team/api',
      ),
  };
  await runToEnd({ ...world, harbor: short }, { ...armed, runId: idNow() });
  const { run, refusals } = reportIn(store);
  expect(run.end).toBe('refused');
  expect(refusals).toMatchObject([{ rail: 'rollout-halted', on: 'retention-trash' }]);
  expect(refusals[0]?.found).toContain(
    'Harbor counts 2 repositories in retention-trash, its list holds 1',
  );
});

describe('a list of images in use', () => {
  const listing = (): string =>
    policy().replace('keepAtLeast: 1', 'keepAtLeast: 1, inUse: [{ source: list, file: uses.txt }]');
  const uses = async (list: string, request: Partial<RunRequest> = {}) =>
    await night(request, listing(), () => Promise.resolve(list));

  test('that names a copy halts it, also if somebody acknowledged that it could not be read', async () => {
    expect(await uses('# none')).toMatchObject({ end: 'finished', deleted: 4 });
    const silent = await uses('');
    expect(silent).toMatchObject({ end: 'refused', refusals: [{ rail: 'rollout-halted' }] });
    expect(silent.refusals[0]?.found).toMatch(
      /^4 signs .* is held by a list: what is in use is not known/,
    );
    const acknowledge = [silent.refusals[0]?.fingerprint ?? ''];
    expect(await uses('', { acknowledge })).toMatchObject({ end: 'finished', deleted: 0 });
    expect(await uses('# none')).toMatchObject({ end: 'finished' });
    const named = await uses(`team/api:${tagInTrash('api').slice('0123456789ab.'.length)}`);
    expect(named).toMatchObject({ end: 'refused', refusals: [{ rail: 'rollout-halted' }] });
    expect(named.refusals[0]?.found).toMatch(
      /^1 sign .*team\/api@.* is held by a list: a workload uses/,
    );
  });
});

test('before it begins nothing goes', async () => {
  startedAt += 2 * day;
  const before = await night();
  expect(before).toMatchObject({
    end: 'finished',
    deleted: 0,
    rollOut: { phase: 'before', waiting: { artifacts: 10, repositories: 5 } },
  });
  expect(before.report.warnings.map(({ code }) => code)).toContain('rollout-not-begun');
  await night();
  expect(await night()).toMatchObject({ deleted: 4, rollOut: { phase: 'first' } });
});

test('the whole policy is judged as if the roll-out were over', async () => {
  const whole = await night({ mode: 'dry-run', wholePolicy: true });
  expect(whole.totals).toMatchObject({ deletions: 10 });
  expect(whole.rollOut).toBeUndefined();
  const asked = await night({ wholePolicy: true });
  expect(asked).toMatchObject({ report: { run: { mode: 'dry-run' } }, deleted: undefined });
});
