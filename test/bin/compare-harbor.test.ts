import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { compareHarbor } from '../../bin/commands/compare-harbor.ts';
import { localWorld, realHarbor } from '../../bin/local-world.ts';
import { newSecretMask } from '../../functions/adapters/secret-mask.ts';
import { silent } from '../support/run-world.ts';
import { command, fileWith, newFolder, type Scene, startScene } from './command-line.ts';

let scene: Scene;
let robot: Scene;
beforeEach(async () => {
  const started = await startScene();
  const { username, password } = started.harbor.admin;
  // The robot of a run may not start Harbor's own retention.
  scene = {
    ...started,
    environment: { ...started.environment, HARBOR_USER: username, HARBOR_PASSWORD: password },
  };
  robot = started;
});
afterEach(() => scene.harbor.close());

/** Keeps the two newest builds and every release. */
const harborRules = [
  {
    action: 'retain',
    template: 'latestPushedK',
    params: { latestPushedK: 2 },
    tag_selectors: [
      { kind: 'doublestar', decoration: 'matches', pattern: 'ci-*', extras: '{"untagged":false}' },
    ],
    scope_selectors: {
      repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: '**' }],
    },
  },
];

const policyWith = (keep: string): string =>
  fileWith(`version: 1
rules:
  - { name: ci, select: { projects: [team], tags: ['ci-*'] }, keep: ${keep} }
trash: off
acknowledgeHarborRetention: true
limits: { maxDeletionsPercent: 100 }
`);

/** The command, whose waiting moves Harbor's clock instead. */
async function compare(
  policy: string,
  {
    change = (log) => log,
    ...flags
  }: {
    readonly start: boolean;
    readonly json?: boolean;
    /** What becomes of the log of a task on its way. */
    readonly change?: (log: string) => string;
  },
) {
  const mask = newSecretMask();
  const options = { policy, out: newFolder() };
  const world = await localWorld(options, scene.environment, {
    telemetry: silent,
    mask,
    mayChange: false,
  });
  const pause = (ms: number): Promise<void> => Promise.resolve(scene.harbor.clock.advance(ms));
  const real = await realHarbor({}, scene.environment, mask);
  const readLog: typeof real.retention.readLog = async (...asked) =>
    change(await real.retention.readLog(...asked));
  const harbor = { ...real, retention: { ...real.retention, readLog } };
  let out = '';
  let err = '';
  const terminal = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    isInteractive: false,
  };
  const given = { world: { ...world, pause }, harbor, flags: { json: false, ...flags } };
  const code = await compareHarbor('team', given, terminal);
  return { code, out, err };
}

describe('compare-harbor', () => {
  test('starts a dry run where it is told to, sends nothing else but reads, and names each cause', async () => {
    scene.harbor.seed.retentionPolicy('team', { rules: harborRules });
    scene.harbor.requests.clear();
    const { code, out, err } = await compare(policyWith('{ pushedWithin: 60d }'), { start: true });
    expect(err).toContain('It was the only request of this command that is not a read');
    const writes = scene.harbor.requests.all.filter(({ method }) => method !== 'GET');
    expect(writes.map(({ method, path }) => `${method} ${path.split('/').at(-1) ?? ''}`)).toEqual([
      'POST executions',
    ]);
    expect(code).toBe(0);
    // Harbor keeps the builds of 2 and 20 days, and deletes four and the release; here three are older than 60 days.
    expect(out).toContain(
      '7 artifacts, 5 of them the same, 2 kept here, 0 deleted here, 0 not compared.',
    );
    expect(out).toContain('Kept here, deleted by Harbor: rule ci keeps it (pushedWithin)');
    expect(out).toContain('Kept here, deleted by Harbor: no rule here selects it');
  });

  test('ends with 6 where the plan deletes what Harbor keeps', async () => {
    scene.harbor.seed.retentionPolicy('team', { rules: harborRules });
    const { code, out } = await compare(policyWith('{ mostRecentlyPushed: 1 }'), {
      start: true,
      json: true,
    });
    expect(code).toBe(6);
    const { causes } = JSON.parse(out) as { causes: { difference: string; artifacts: number }[] };
    expect(causes.filter(({ difference }) => difference === 'taken-here')).toMatchObject([
      { artifacts: 1 },
    ]);
  });

  test('a log that was cut off is not compared', async () => {
    scene.harbor.seed.retentionPolicy('team', { rules: harborRules });
    await compare(policyWith('none'), { start: true });
    const { out } = await compare(policyWith('none'), {
      start: false,
      json: true,
      change: (log) => log.trimEnd().split('\n').slice(0, -1).join('\n'),
    });
    const { causes } = JSON.parse(out) as { causes: { difference: string; artifacts: number }[] };
    expect(causes).toMatchObject([{ difference: 'not-compared', artifacts: 7 }]);
  });

  test('without an execution it says how to make one', async () => {
    scene.harbor.seed.retentionPolicy('team', { rules: harborRules });
    const flags = ['compare-harbor', 'team', '--policy', policyWith('none'), '--out', newFolder()];
    const { code, err } = await command(flags, scene);
    expect(code).toBe(2);
    expect(err).toContain('never ran in project team');
    expect(err).toContain('--start');
  });

  test('a robot that may not start one is told what to do instead, and may compare', async () => {
    scene.harbor.seed.retentionPolicy('team', { rules: harborRules });
    const flags = ['compare-harbor', 'team', '--policy', policyWith('none'), '--out', newFolder()];
    const refused = await command([...flags, '--start'], robot);
    expect([refused.code, refused.err]).toEqual([
      4,
      expect.stringContaining('Grant tag-retention:update'),
    ]);
    await compare(policyWith('none'), { start: true });
    expect((await command(flags, robot)).out).toContain('7 artifacts');
  });

  test.each([
    ['a project without a retention policy', 'other', 'has no retention policy in Harbor'],
    ['a project that is not there', 'nowhere', 'There is no project nowhere'],
  ])('%s is refused', async (_, project, why) => {
    const { code, err } = await command(
      ['compare-harbor', project, '--policy', policyWith('none'), '--out', newFolder()],
      scene,
    );
    expect(code).toBe(2);
    expect(err).toContain(why);
  });
});
