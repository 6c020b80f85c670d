import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import {
  command,
  fileWith,
  newFolder,
  password,
  policy,
  type Scene,
  startScene,
} from './command-line.ts';

const reportSchema = JSON.parse(
  readFileSync(new URL('../../schemas/report.schema.json', import.meta.url), 'utf8'),
) as object;
const isReport = new Ajv2020({ strict: false, validateFormats: false }).compile(reportSchema);

let scene: Scene;
let out: string;
beforeEach(async () => {
  scene = await startScene();
  out = newFolder();
});
afterEach(() => scene.harbor.close());

const plan = (more: readonly string[] = [], text = policy, isInteractive = false) =>
  command(['plan', '--policy', fileWith(text), '--out', out, ...more], {
    environment: scene.environment,
    isInteractive,
  });

/** What a failed command may leave: nothing, or a report that says that it failed. */
function endsOfReports(): readonly string[] {
  return readdirSync(out, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.startsWith('reports') && name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(out, name), 'utf8')) as { run: { end: string } })
    .map(({ run }) => run.end);
}

describe('plan against a Harbor', () => {
  test('shows what would go, where the report is and what to ask next, sends reads only, and ends with 0', async () => {
    scene.harbor.requests.clear();
    const { code, out: shown, err } = await plan();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(shown).toMatch(/3 of 8 artifacts would be deleted/);
    expect(shown).toMatch(/old-builds +6 +3 +3/);
    const next = /^Why: {4}harbor-retention (explain .+)$/m.exec(shown)?.[1] ?? '';
    expect((await command(next.split(' '))).out).toContain('Goes: rule old-builds');
    const [, file = ''] = /^Report: (.+)$/m.exec(shown) ?? [];
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ run: { end: 'finished' } });
    expect(scene.harbor.requests.all.every(({ method }) => method === 'GET')).toBe(true);
    expect(scene.harbor.state.artifacts('team', 'app')).toHaveLength(7);
  });

  test('--json writes the report and nothing else, as its schema says', async () => {
    const { code, out: shown, err } = await plan(['--json']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const report: unknown = JSON.parse(shown);
    expect(isReport(report)).toBe(true);
    expect(report).toMatchObject({ totals: { artifacts: 8, deletions: 3 } });
  });

  test('that is refused shows every reason with numbers and ends with 3', async () => {
    const strict = policy.replace('maxDeletionsPercent: 90', 'maxDeletions: 2, maxBytes: 1MB');
    const { code, out: shown } = await plan([], strict);
    expect(code).toBe(3);
    expect(shown).toContain('Refused:');
    for (const rail of ['maxDeletions', 'maxBytes']) expect(shown).toContain(rail);
    expect(endsOfReports()).toEqual(['refused', 'refused']);
  });

  test('of which a repository cannot be read whole says so first and ends with 5', async () => {
    scene.harbor.faults.on('rows-dropped', { path: /projects\/team\/(?:.*\/)?artifacts/ });
    const { code, out: shown } = await plan();
    expect(code).toBe(5);
    const [, , ...lines] = shown.split('\n');
    expect(lines.slice(0, 3).join('\n')).toMatch(/1 .*repositor/);
    expect(shown).toContain('Not planned:');
    expect(shown).toContain('team/app');
  });

  test('with a wrong password ends with 4, a remedy, and no report that looks good', async () => {
    const environment = { ...scene.environment, HARBOR_PASSWORD: `${password}-not` };
    const ended = await command(['plan', '--policy', fileWith(policy), '--out', out], {
      environment,
    });
    expect({ code: ended.code, out: ended.out }).toEqual({ code: 4, out: '' });
    expect(ended.err).toMatch(/\n→ .*robot/);
    expect(ended.err).not.toContain('    at ');
    expect(new Set(endsOfReports())).toEqual(new Set(['failed']));
  });

  test('at an address where nobody listens ends with 4 and names the address', async () => {
    const ended = await command(
      ['plan', '--policy', fileWith(policy), '--out', out, '--harbor', 'http://127.0.0.1:9'],
      { environment: scene.environment },
    );
    expect({ code: ended.code, out: ended.out }).toEqual({ code: 4, out: '' });
    expect(ended.err).toContain('127.0.0.1:9');
    expect(ended.err).toMatch(/\n→ .*address/);
    expect(ended.err).not.toContain('    at ');
    expect(new Set(endsOfReports())).toEqual(new Set(['failed']));
  });

  test('with mistakes in the policy shows them all and ends with 2', async () => {
    const {
      code,
      out: shown,
      err,
    } = await plan([], policy.replace('60d', '60').replace('90', '900'));
    expect({ code, out: shown }).toEqual({ code: 2, out: '' });
    expect(err).toContain('The policy has 2 problems.');
    expect(err).toMatch(/:5:27: error/);
    expect(err).toMatch(/:6:32: error/);
    expect(err).not.toContain('    at ');
  });

  test('with a policy that is not there ends with 2 and its name', async () => {
    const { code, err } = await command(['plan', '--policy', 'nowhere.yaml', '--out', out], {
      environment: scene.environment,
    });
    expect(code).toBe(2);
    expect(err).toContain('nowhere.yaml');
  });

  test('twice at once plans twice: another policy gets another answer', async () => {
    const first = await plan();
    const second = await plan([], policy.replace('60d', '75d'));
    expect(first.out).toContain('3 of 8 artifacts');
    expect(second.out).toContain('2 of 8 artifacts');
  });

  test('takes the credential from a file, in the form of the secret', async () => {
    const { HARBOR_URL, HARBOR_USER, HARBOR_PASSWORD } = scene.environment;
    const secret = { url: HARBOR_URL, username: HARBOR_USER, password: HARBOR_PASSWORD };
    const file = fileWith(JSON.stringify(secret), 'credential.json');
    const ended = await command(
      ['plan', '--policy', fileWith(policy), '--out', out, '--credentials', file],
      {},
    );
    expect(ended.code).toBe(0);
  });

  test('reads a list that the policy names beside the policy', async () => {
    const listed = `protect: { digests: { file: pinned.txt } }\n`;
    const [pinned] = scene.harbor.state
      .artifacts('team', 'app')
      .filter(({ tags }) => tags.includes('ci-90'));
    const path = join(dirname(fileWith(`${pinned?.digest}\n`, 'pinned.txt')), 'policy.yaml');
    writeFileSync(path, policy + listed);
    const ended = await command(['plan', '--policy', path, '--out', out], {
      environment: scene.environment,
    });
    expect(ended.out).toContain('2 of 8 artifacts would be deleted');
    expect(ended.code).toBe(0);
  });
});

describe('plan without what it needs', () => {
  test.each([
    ['a credential', {}, /HARBOR_USER and HARBOR_PASSWORD/],
    ['a password', { HARBOR_URL: 'https://harbor.example', HARBOR_USER: 'me' }, /HARBOR_PASSWORD/],
    ['an address', { HARBOR_USER: 'me', HARBOR_PASSWORD: password }, /HARBOR_URL/],
    [
      'an address of the right form',
      { HARBOR_URL: 'harbor.example', HARBOR_USER: 'me', HARBOR_PASSWORD: password },
      /harbor\.example/,
    ],
  ])('%s ends with a usage error that says how to give it', async (_, environment, remedy) => {
    const ended = await command(['plan', '--policy', fileWith(policy), '--out', out], {
      environment,
    });
    expect(ended.out).toBe('');
    expect([2, 4]).toContain(ended.code);
    expect(ended.err).toMatch(remedy);
    expect(ended.err).not.toContain('    at ');
  });

  test.each([
    ['is not there', undefined],
    ['is no JSON', 'robot:secret'],
    ['lacks the password', '{"username": "robot$x"}'],
    ['is empty', ''],
  ])('a credential file that %s ends with 2 and its name', async (_, text) => {
    const file = text === undefined ? join(newFolder(), 'none') : fileWith(text, 'credential');
    const ended = await command([
      'plan',
      '--policy',
      fileWith(policy),
      '--credentials',
      file,
      '--out',
      out,
    ]);
    expect({ code: ended.code, out: ended.out }).toEqual({ code: 2, out: '' });
    expect(ended.err).toContain(file);
    expect(ended.err).toMatch(/\n→ .+\n$/);
  });

  test('a certificate authority that is no certificate ends with 2 and its name', async () => {
    const ca = fileWith('no certificate', 'ca.pem');
    const ended = await plan(['--ca', ca]);
    expect({ code: ended.code, out: ended.out }).toEqual({ code: 2, out: '' });
    expect(ended.err).toContain(ca);
  });
});

describe('progress', () => {
  test('is redrawn on an interactive terminal, and gone before the report', async () => {
    const { err } = await plan([], policy, true);
    expect(err).toContain('Reading');
    expect(err.endsWith('\r\u001b[2K')).toBe(true);
  });

  test('is not shown where nobody looks', async () => {
    expect((await plan()).err).toBe('');
  });
});

describe('limits on requests to Harbor', () => {
  async function mostAtOnce(more: readonly string[]): Promise<number> {
    out = newFolder();
    scene.harbor.requests.clear();
    expect(await plan(more)).toMatchObject({ code: 0 });
    return scene.harbor.requests.mostAtOnce;
  }

  test('--max-concurrency 1 sends one after the other; without it others are sent beside', async () => {
    await scene.harbor.close();
    scene = await startScene({ delays: { readMs: 4, copyMs: 0, deleteMs: 0 } });
    for (let number = 0; number < 60; number += 1) {
      const project = `other-${number}`;
      scene.harbor.seed.project(project);
      scene.harbor.seed.push({ project, repository: 'api', tags: ['v1'] });
    }
    expect(await mostAtOnce(['--max-concurrency', '1'])).toBe(1);
    expect(await mostAtOnce([])).toBeGreaterThan(1);
  });

  test.each([
    ['--max-concurrency', '9', 'Give a whole number from 1 to 8.'],
    ['--max-concurrency', 'many', 'Give a whole number from 1 to 8.'],
    ['--requests-per-second', '0', 'Give a whole number from 1 to 1000.'],
    ['--requests-per-second', '1.5', 'Give a whole number from 1 to 1000.'],
  ])('%s %s is refused with what is allowed', async (flag, value, words) => {
    const { code, err } = await plan([flag, value]);
    expect(code).toBe(2);
    expect(err).toContain(flag);
    expect(err).toContain(words);
    expect(scene.harbor.requests.count).toBe(0);
  });
});
