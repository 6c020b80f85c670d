import { describe, expect, test } from '@jest/globals';
import { collectKubernetes } from '../../../functions/workloads/kubernetes/collect-kubernetes.ts';
import type {
  KubernetesAnswer,
  KubernetesApi,
} from '../../../functions/workloads/kubernetes/kubernetes-api.ts';
import type { Resource } from '../../../functions/workloads/kubernetes/resource.ts';

/** An API server of a table: everything else is an empty list. */
function apiOf(answers: Readonly<Record<string, KubernetesAnswer>>): KubernetesApi {
  const empty = { ok: true, body: { kind: 'List', metadata: {}, items: [] } } as const;
  return { name: 'prod', get: (path) => Promise.resolve(answers[path] ?? empty) };
}

const list = (...items: unknown[]): KubernetesAnswer => ({
  ok: true,
  body: { kind: 'PodList', metadata: {}, items },
});
const refusal = (status: number, message = 'no'): KubernetesAnswer => ({
  ok: false,
  status,
  message,
});
const whole = { namespaces: [], custom: [], registries: undefined };
const collect = (api: KubernetesApi, scope = {}) =>
  collectKubernetes(api, { ...whole, ...scope }, () => undefined);
const pods = '/api/v1/pods';

const rollouts: Resource = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'rollouts',
  word: 'rollouts',
  paths: ['spec.template.spec'],
  isCertain: false,
  role: () => 'may-start',
};
const custom = '/apis/argoproj.io/v1alpha1/rollouts';

test('an empty cluster uses nothing, and is known as a whole', async () => {
  expect(await collect(apiOf({}))).toEqual({ uses: [], missing: [] });
});

describe('what is not understood is missing', () => {
  test.each<[string, Readonly<Record<string, KubernetesAnswer>>, RegExp]>([
    ['no list', { [pods]: { ok: true, body: { kind: 'Status', items: [] } } }, /not a list/],
    [
      'a list without items',
      { [pods]: { ok: true, body: { kind: 'PodList', metadata: {} } } },
      /not a list/,
    ],
    [
      'a list without metadata',
      { [pods]: { ok: true, body: { kind: 'PodList', items: [] } } },
      /not a list/,
    ],
    ['no object', { [pods]: { ok: true, body: 'ok' } }, /not a list/],
    ['an object without a name', { [pods]: list({ spec: {} }) }, /look like/],
    [
      'a pod without containers',
      { [pods]: list({ metadata: { name: 'a' }, spec: {} }) },
      /look like/,
    ],
    [
      'a deployment without a template',
      { '/apis/apps/v1/deployments': list({ metadata: { name: 'a' }, spec: {} }) },
      /deployments.apps in v1 look like/,
    ],
    ['a refusal', { [pods]: refusal(403, 'cannot list') }, /^403, cannot list$/],
    ['a server without the list', { [pods]: refusal(404) }, /^404/],
    ['no answer', { [pods]: refusal(0, 'reset') }, /^reset$/],
  ])('%s', async (_, answers, because) => {
    const { missing } = await collect(apiOf(answers));
    expect(missing).toEqual([
      {
        what: expect.any(String),
        because: expect.stringMatching(because),
        remedy: expect.any(String),
      },
    ]);
  });

  test('each with what to do', async () => {
    const remedyOf = async (status: number): Promise<string | undefined> =>
      (await collect(apiOf({ [pods]: refusal(status) }))).missing[0]?.remedy;
    expect(await remedyOf(403)).toMatch(/Grant .* list on pods by a ClusterRole/);
    expect(await remedyOf(401)).toMatch(/Renew the credential/);
    expect(await remedyOf(404)).toMatch(/the server has no pods/);
    expect(await remedyOf(500)).toMatch(/run again/);
  });
});

test('revisions that an operator keeps in its own form are none of ours', async () => {
  const revision = {
    metadata: { name: 'a', namespace: 'b' },
    data: { spec: { virtualMachine: {} } },
  };
  const answers = { '/apis/apps/v1/controllerrevisions': list(revision) };
  expect(await collect(apiOf(answers))).toEqual({ uses: [], missing: [] });
});

describe('a custom resource', () => {
  const scope = { custom: [rollouts] };
  const rollout = (spec: object) => ({ metadata: { name: 'api', namespace: 'prod' }, spec });

  test('is listed by its paths', async () => {
    const spec = { template: { spec: { containers: [{ image: 'harbor.example/team/api:1' }] } } };
    const byReference = { workloadRef: { kind: 'Deployment', name: 'api' } };
    const api = apiOf({ [custom]: list(rollout(spec), rollout(byReference)) });
    expect(await collect(api, scope)).toEqual({
      uses: [{ image: 'harbor.example/team/api:1', by: 'rollouts prod/api', role: 'may-start' }],
      missing: [],
    });
  });

  test('whose paths lead nowhere in any object is missing', async () => {
    const byReference = { workloadRef: { kind: 'Deployment', name: 'api' } };
    const api = apiOf({ [custom]: list(rollout(byReference), rollout(byReference)) });
    expect((await collect(api, scope)).missing).toEqual([
      {
        what: 'the images of rollouts.argoproj.io',
        because: '2 objects of this kind, of which none has anything at spec.template.spec',
        remedy: expect.stringContaining('Correct the paths'),
      },
    ]);
    expect((await collect(apiOf({ [custom]: list() }), scope)).missing).toEqual([]);
  });

  test('that is not installed is none', async () => {
    const api = apiOf({ [custom]: refusal(404), '/apis/argoproj.io': refusal(404) });
    expect(await collect(api, scope)).toEqual({ uses: [], missing: [] });
  });

  test.each<[string, KubernetesAnswer]>([
    ['has another version', { ok: true, body: { kind: 'APIGroup' } }],
    ['may have one', refusal(403)],
  ])('whose group %s is missing', async (_, group) => {
    const api = apiOf({ [custom]: refusal(404), '/apis/argoproj.io': group });
    expect((await collect(api, scope)).missing).toMatchObject([
      {
        what: 'rollouts.argoproj.io',
        remedy: expect.stringContaining('group, version and plural'),
      },
    ]);
  });
});

describe('a server that lets nobody in ends it before anything is listed', () => {
  test.each([
    ['no answer', 0, /gives no answer: no$/],
    ['a stranger', 401, /401, no$/],
    ['one that is starting', 503, /503, no$/],
  ])('%s', async (_, status, message) => {
    await expect(collect(apiOf({ '/version': refusal(status) }))).rejects.toMatchObject({
      code: 'workloads-unreachable',
      message: expect.stringMatching(message),
    });
  });

  test.each([403, 404])('a version that is not shown (%s) does not', async (status) => {
    expect(await collect(apiOf({ '/version': refusal(status) }))).toEqual({
      uses: [],
      missing: [],
    });
  });
});
