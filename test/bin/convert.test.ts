import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { command, fileWith, type Scene, startScene } from './command-line.ts';

const harborPolicy = {
  algorithm: 'or',
  scope: { level: 'project', ref: 7 },
  trigger: { kind: 'Schedule', settings: { cron: '' } },
  rules: [
    {
      action: 'retain',
      template: 'nDaysSinceLastPush',
      params: { nDaysSinceLastPush: 60 },
      tag_selectors: [
        {
          kind: 'doublestar',
          decoration: 'matches',
          pattern: 'ci-*',
          extras: '{"untagged":false}',
        },
      ],
      scope_selectors: {
        repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: '**' }],
      },
    },
  ],
};

describe('convert FILE', () => {
  test('a retention policy of Harbor needs the name of its project', async () => {
    const file = fileWith(JSON.stringify(harborPolicy), 'retention.json');
    const without = await command(['convert', file]);
    expect(without.code).toBe(2);
    expect(without.err).toContain('Name it with --project PROJECT');
    const { code, out, err } = await command(['convert', file, '--project', 'team']);
    expect({ code, err }).toEqual({
      code: 0,
      err: '1 thing could not be carried over as written: the comments at the top of the policy say which.\n',
    });
    expect(out).toContain('Harbor runs the rules of project team by hand only');
    expect((await command(['check', fileWith(out)])).code).toBe(0);
  });

  test('what is none of them says what is understood', async () => {
    const { code, out, err } = await command(['convert', fileWith('a: 1\n', 'x.yaml')]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('was not recognised');
    expect(err).toContain('terraform show -json');
  });

  test('Terraform’s own language is answered with the command that gives its JSON', async () => {
    const { code, err } = await command([
      'convert',
      fileWith('resource "harbor_retention_policy" "main" {\n  scope = 1\n', 'main.tf'),
    ]);
    expect(code).toBe(2);
    expect(err).toContain('terraform show -json');
  });
});

describe('convert --from-harbor', () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await startScene();
  });
  afterEach(() => scene.harbor.close());

  test('reads the policies of all projects, changes nothing, and the policy plans the same', async () => {
    const { harbor, environment } = scene;
    for (const project of ['team', 'other'])
      harbor.seed.retentionPolicy(project, {
        rules: harborPolicy.rules,
        cron: '0 0 0 * * *',
      });
    const { code, out, err } = await command(['convert', '--from-harbor'], { environment });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain("projects: ['team', 'other']");
    expect(harbor.requests.all.filter(({ method }) => method !== 'GET')).toEqual([]);
    const policy = fileWith(
      `${out}acknowledgeHarborRetention: true\ntrash: off\nlimits: { maxDeletionsPercent: 100 }\n`,
    );
    const planned = await command(
      ['plan', '--policy', policy, '--json', '--out', `${policy}-runs`],
      { environment },
    );
    // Harbor would delete the three old builds and both releases; the newest image of a repository stays here.
    expect((JSON.parse(planned.out) as { totals: { deletions: number } }).totals.deletions).toBe(4);
  });

  test('with a file besides is refused', async () => {
    const { code, err } = await command(['convert', 'x.json', '--from-harbor'], {
      environment: scene.environment,
    });
    expect(code).toBe(2);
    expect(err).toContain('Leave one of them out');
  });
});
