import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { apply } from '../../bin/commands/apply.ts';
import type { RunRequest } from '../../functions/ports.ts';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { applyPortsOn } from '../support/apply-ports.ts';
import {
  armed,
  reportIn,
  runToEnd,
  type TestWorld,
  withCalls,
  worldAround,
} from '../support/run-world.ts';

const day = 86_400_000;
const policy = `
version: 1
acknowledgeReplication: true
limits: { maxDeletionsPercent: unlimited }
trash: { project: retention-trash, keepFor: 14d }
rules:
  - name: old-builds
    select: { projects: ["team"], tags: ["ci-*"] }
    keep: { pushedWithin: 30d }
repositories:
  ranking:
    update_time: { base: 0.5, factors: [{ weight: 1.0, range: { low: 0, high: 7 } }] }
    pull_count: { base: 0.3, factors: [{ weight: 0, range: { low: 0, high: 1 } }] }
    tags_count: { base: 0.2, factors: [{ weight: 0.5, range: { low: 0, high: 100 } }] }
  removeEmpty: { olderThan: 30d }
`;

let harbor: EmbeddedHarbor;

beforeEach(async () => {
  harbor = await startHarbor({ version: 'v2.15.2-0a1b2c3d' });
  harbor.seed.project('team');
  harbor.seed.project('retention-trash');
  const pushedAt = harbor.clock.now() - 90 * day;
  const push = (repository: string, tag: string, more: object = {}) =>
    harbor.seed.push({ project: 'team', repository, tags: [tag], pushedAt, size: 1_000, ...more });
  const keep = harbor.seed.label({ name: 'keep' });
  for (const tag of ['v1', 'v2', 'v3']) push('abandoned', tag);
  push('held', 'v1');
  push('held', 'v2', { labels: [keep] });
  push('used', 'v1');
  harbor.clock.advance(60 * day);
  push('used', 'v2', { pushedAt: harbor.clock.now() - day });
});
afterEach(() => harbor.close());

function worldWith(list: string, written = policy): TestWorld {
  return worldAround(harbor, {
    policy: written,
    overrides: { readDigestList: () => Promise.resolve(list) },
  });
}

const approvedIn: RunRequest = { ...armed, approved: { kind: 'file', path: 'approved.yaml' } };

/** A list as a person would make it from the ranking of a dry run. */
async function listOf(...names: string[]): Promise<string> {
  const world = worldWith('');
  await runToEnd(world);
  const report = reportIn(world.store);
  const scores = new Map(
    report.ranking.map((one) => [`${one.project}/${one.repository}`, one.score]),
  );
  return JSON.stringify({
    version: 1,
    harbor: report.harbor?.url,
    rankedAt: report.run.startedAt,
    repositories: names.map((name) => ({ name, score: scores.get(name) ?? 0 })),
  });
}

const left = (): string[] =>
  harbor.state
    .artifacts('team')
    .flatMap((one) => one.tags.map((tag) => `${one.repository}:${tag}`))
    .toSorted();

describe('an approved list', () => {
  test('takes a repository whole, through the trash, beyond floor and percentage', async () => {
    const world = worldWith(await listOf('team/abandoned'));
    await runToEnd(world, approvedIn);
    expect(left()).toEqual(['team/held:v1', 'team/held:v2', 'team/used:v1', 'team/used:v2']);
    expect(harbor.state.artifacts('retention-trash')).toHaveLength(3);
    expect(reportIn(world.store)).toMatchObject({ refusals: [], applied: { deleted: 3 } });
  });

  test('works where no rule selects anything, untagged artifacts and labels included', async () => {
    const nobody = policy.replace(/rules:[^]*(?=repositories:)/, 'rules: []\n');
    harbor.seed.push({
      project: 'team',
      repository: 'abandoned',
      tags: [],
      pushedAt: harbor.clock.now() - 90 * day,
      size: 5,
    });
    const list = await listOf('team/abandoned', 'team/held');
    const world = worldWith(list, nobody);
    await runToEnd(world, approvedIn);
    expect(left()).toEqual(['team/held:v2', 'team/used:v1', 'team/used:v2']);
    expect(reportIn(world.store)).toMatchObject({ refusals: [], applied: { deleted: 5 } });
  });

  test('has labels confirmed by Harbor’s search where no rule selects, too', async () => {
    const nobody = policy.replace(/rules:[^]*(?=repositories:)/, 'rules: []\n');
    const list = await listOf('team/held');
    const searches = async (request: RunRequest): Promise<number> => {
      harbor.requests.clear();
      await runToEnd(worldWith(list, nobody), { ...request, mode: 'dry-run' });
      return harbor.requests.all.filter(({ path }) => /[?&]q=[^&]*labels/.test(path)).length;
    };
    expect(await searches(armed)).toBe(0);
    expect(await searches(approvedIn)).toBeGreaterThan(0);
  });

  test('counts what it names, and what lies beside it in its project, as in scope', async () => {
    const nobody = policy.replace(/rules:[^]*(?=repositories:)/, 'rules: []\n');
    const limited = nobody.replace('unlimited', '40');
    const world = worldWith(await listOf('team/abandoned'), limited);
    await runToEnd(world, approvedIn);
    expect(reportIn(world.store).refusals).toMatchObject([
      { rail: 'max-deletions-percent', found: '3 artifacts of 7 artifacts in scope' },
    ]);
    const enough = worldWith(await listOf('team/abandoned'), nobody.replace('unlimited', '50'));
    await runToEnd(enough, approvedIn);
    expect(reportIn(enough.store)).toMatchObject({ refusals: [], applied: { deleted: 3 } });
  });

  test('overrides no protection', async () => {
    await runToEnd(worldWith(await listOf('team/held')), approvedIn);
    expect(left()).toContain('team/held:v2');
    expect(left()).not.toContain('team/held:v1');
  });

  test('refuses by name what was pushed to since, or has another score by now', async () => {
    const list = await listOf('team/abandoned', 'team/used');
    harbor.clock.advance(60_000);
    harbor.seed.push({ project: 'team', repository: 'used', tags: ['v3'], size: 7 });
    const changed = list.replace(
      /"team\/abandoned","score":[\d.]+/,
      '"team/abandoned","score":0.9',
    );
    const world = worldWith(changed);
    await runToEnd(world, approvedIn);
    expect(reportIn(world.store).warnings).toMatchObject([
      {
        code: 'approval-refused',
        on: 'team/abandoned',
        message: expect.stringContaining('0.9 was approved'),
      },
      {
        code: 'approval-refused',
        on: 'team/used',
        message: expect.stringContaining('after the ranking'),
      },
    ]);
    expect(left()).toHaveLength(8);
  });

  test('names what is not there', async () => {
    const world = worldWith(await listOf('team/typo'));
    await runToEnd(world, approvedIn);
    expect(reportIn(world.store).warnings).toMatchObject([
      { code: 'approval-refused', on: 'team/typo' },
    ]);
  });

  test.each([
    [
      'for another Harbor',
      (list: string) => list.replace(/"harbor":"[^"]+"/, '"harbor":"https://other.example"'),
    ],
    ['of another version', (list: string) => list.replace('"version":1', '"version":2')],
    ['that names nobody', (list: string) => list.replace(/\[\{.*\}\]/, '[]')],
    ['that is no list', () => '- just\n- words'],
    [
      'of 51 repositories',
      (list: string) =>
        list.replace(
          /\[\{.*\}\]/,
          JSON.stringify(Array.from({ length: 51 }, (_, i) => ({ name: `team/r${i}`, score: 0 }))),
        ),
    ],
  ])('%s is refused, and nothing is deleted', async (_what, change) => {
    const world = worldWith(change(await listOf('team/abandoned')));
    await expect(runToEnd(world, approvedIn)).rejects.toMatchObject({ code: 'approval-invalid' });
    expect(left()).toHaveLength(7);
  });
});

describe('removeEmpty', () => {
  beforeEach(async () => {
    const pushed = harbor.seed.push({
      project: 'team',
      repository: 'hollow',
      tags: ['x'],
      pushedAt: harbor.clock.now() - 200 * day,
    });
    await applyPortsOn(harbor).harbor.deleteArtifact(
      { project: 'team', repository: 'hollow' },
      pushed.digest,
    );
  });

  const repositories = (): string[] =>
    harbor.state
      .repositories('team')
      .map((one) => one.name)
      .toSorted();

  test('removes what was empty for long enough, and nothing younger', async () => {
    await runToEnd(worldWith(''), armed);
    expect(repositories()).toContain('team/hollow');
    harbor.clock.advance(31 * day);
    harbor.seed.push({ project: 'team', repository: 'used', tags: ['now'], size: 9 });
    const world = worldWith('');
    await runToEnd(world, { ...armed, runId: '2027-01-01T033000Z' });
    expect(repositories()).toEqual(['team/abandoned', 'team/held', 'team/used']);
    expect(reportIn(world.store).applied?.removedRepositories).toBe(1);
  });

  test('is shown before, in the fingerprint and the question, and removes what was shown and nothing else', async () => {
    harbor.clock.advance(31 * day);
    harbor.seed.push({ project: 'team', repository: 'used', tags: ['now'], size: 9 });
    const world = worldWith('');
    let shown = '';
    let question = '';
    const asking = {
      flags: { json: false, yes: false },
      ask: (asked: string) => {
        question = asked;
        return Promise.resolve('yes');
      },
    };
    await apply(world, asking, {
      out: (text) => {
        if (question === '') shown += text;
      },
      err: () => undefined,
      isInteractive: true,
    });
    expect(shown).toContain('team/hollow');
    expect(question).toContain('remove 1 empty repository');
    expect(repositories()).toEqual(['team/abandoned', 'team/held', 'team/used']);
    expect(reportIn(world.store).headline).toContain('Empty repositories removed: 1 of 1.');
  });

  test('stops a plan that was confirmed before the repository was empty for long enough', async () => {
    harbor.clock.advance(29 * day);
    const before = worldWith('');
    await runToEnd(before);
    const onlyPlan = reportIn(before.store).fingerprint ?? '';
    harbor.clock.advance(2 * day);
    const run = runToEnd(worldWith(''), { ...armed, onlyPlan });
    await expect(run).rejects.toMatchObject({ code: 'plan-changed' });
    expect(repositories()).toContain('team/hollow');
  });

  test('works where no rule selects anything', async () => {
    harbor.clock.advance(31 * day);
    const world = worldAround(harbor, {
      policy: policy.replace(/rules:[^]*(?=repositories:)/, 'rules: []\n'),
    });
    await runToEnd(world, armed);
    expect(repositories()).not.toContain('team/hollow');
  });

  test('leaves alone what was pushed to between the survey and the second look', async () => {
    harbor.clock.advance(31 * day);
    const world = worldWith('');
    const pushing = withCalls(world, {
      readRepository: async (head) => {
        harbor.seed.push({ project: 'team', repository: 'hollow', tags: ['just-now'], size: 3 });
        return await world.changes.inspector.readRepository(head);
      },
    });
    await runToEnd(pushing, armed);
    expect(repositories()).toContain('team/hollow');
    expect(reportIn(world.store).applied?.exceptions).toMatchObject([{ result: 'changed' }]);
  });
});
