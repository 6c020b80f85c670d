import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type EmbeddedHarbor, startHarbor } from '../sandbox/harbor/index.ts';
import { benchHarbor } from './bench-harbor.ts';

let harbor: EmbeddedHarbor;
beforeEach(async () => {
  harbor = await startHarbor();
  harbor.seed.project('team', { public: false });
  const pushedAt = harbor.clock.now() - 40 * 86_400_000;
  harbor.seed.push({ project: 'team', repository: 'api', tags: ['old'], pushedAt });
  harbor.seed.push({
    project: 'team',
    repository: 'api',
    tags: ['new'],
    size: 3,
    pulledAt: harbor.clock.now(),
  });
});
afterEach(() => harbor.close());

async function benched(
  argv: readonly string[],
  more: Readonly<Record<string, string>> = {},
  interrupted = new AbortController(),
) {
  const [out, err]: [string[], string[]] = [[], []];
  const { username, password } = harbor.admin;
  const code = await benchHarbor(argv, {
    environment: {
      HARBOR_URL: harbor.url,
      HARBOR_USER: username,
      HARBOR_PASSWORD: password,
      HARBOR_PROJECT: 'team',
      ...more,
    },
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    interrupted: interrupted.signal,
    clock: harbor.clock,
  });
  return { code, out: out.join(''), err: err.join('') };
}

test('both policies are measured, in words or as JSON', async () => {
  const words = await benched([]);
  expect(words).toMatchObject({ code: 0, err: '' });
  expect(words.out).toMatch(
    /^pushedWithin: 30d: .* 2 artifacts, 1 condemned;.*\npulledWithin: 30d:/,
  );
  const { out } = await benched(['--json']);
  const lines = out
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(lines).toMatchObject([
    { policy: 'pushedWithin: 30d', ours: { artifacts: 2, condemned: 1 } },
    { policy: 'pulledWithin: 30d', ours: { artifacts: 2, condemned: 1 } },
  ]);
});

test.each([
  ['an option that there is not', ['--onw'], {}],
  ['no project', [], { HARBOR_PROJECT: '' }],
] as const)('%s is a wrong call, and nothing is sent', async (_, argv, more) => {
  expect(await benched(argv, more)).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('HARBOR_PROJECT'),
  });
  expect(harbor.requests.count).toBe(0);
});

test.each([
  ['a wrong password', { HARBOR_PASSWORD: 'wrong' }, /did not accept the credential/],
  ['an address of the wrong form', { HARBOR_URL: 'harbor.example' }, /Correct the url/],
  ['a project that there is not', { HARBOR_PROJECT: 'taem' }, /no artifacts in taem.*\n→ /],
] as const)('%s ends it in words, with what to do', async (_, more, words) => {
  const { code, out, err } = await benched([], more);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(words);
  expect(err).not.toMatch(/\n\s+at /);
});

test('a robot that may not read the project ends it in words', async () => {
  const { username, secret } = harbor.createRobot('blind', [
    { kind: 'system', namespace: '/', access: [{ resource: 'project', action: 'list' }] },
  ]);
  const { code, err } = await benched([], { HARBOR_USER: username, HARBOR_PASSWORD: secret });
  expect(code).toBe(1);
  expect(err).toMatch(/→ /);
});

test('a robot that may make no policy is told what Harbor answered, after our own figures', async () => {
  const access = [
    ['project', 'read'],
    ['repository', 'list'],
    ['repository', 'read'],
    ['artifact', 'list'],
    ['artifact', 'read'],
    ['tag', 'list'],
    ['accessory', 'list'],
    ['immutable-tag', 'list'],
    ['label', 'list'],
  ].map(([resource = '', action = '']) => ({ resource, action }));
  const { username, secret } = harbor.createRobot('reader', [
    { kind: 'project', namespace: 'team', access },
  ]);
  const robot = { HARBOR_USER: username, HARBOR_PASSWORD: secret };
  expect(await benched([], robot)).toMatchObject({ code: 0 });
  const { code, err } = await benched(['--own'], robot);
  expect(code).toBe(1);
  expect(err).toMatch(/Harbor answered 403/);
});

test('whoever interrupts it while Harbor runs dry leaves no policy behind', async () => {
  const stopping = new AbortController();
  const hold = harbor.hold({ method: 'GET', path: /executions/ });
  const ending = benched(['--own'], {}, stopping);
  await hold.reached;
  stopping.abort();
  hold.release();
  expect(await ending).toMatchObject({ code: 130, err: expect.stringContaining('Interrupted') });
  const changed = harbor.requests.all.filter(({ method }) => method !== 'GET');
  expect(changed.map(({ method }) => method)).toEqual(['POST', 'POST', 'DELETE']);
});

test('whoever interrupts it is told of the policy that could not be removed', async () => {
  const stopping = new AbortController();
  const hold = harbor.hold({ method: 'GET', path: /executions/ });
  const ending = benched(['--own'], {}, stopping);
  await hold.reached;
  harbor.faults.on('internal-error', { method: 'DELETE' });
  stopping.abort();
  hold.release();
  const { code, err } = await ending;
  expect(code).toBe(1);
  expect(err).toMatch(/still in Harbor: send DELETE \/api\/v2\.0\/retentions\/\d+/);
});
