import { afterEach, describe, expect, test } from '@jest/globals';
import http from 'node:http';
import { kubernetesApi } from '../../../functions/collectors/kubernetes/api-client.ts';
import { kubernetesList } from '../../../functions/collectors/collect.ts';
import type { ClusterConnection } from '../../../functions/collectors/kubernetes/connection.ts';
import { everyKind, pod, stored, type StoredObject } from '../../sandbox/kubernetes/objects.ts';
import {
  type EmbeddedKubernetes,
  type KubernetesOptions,
  startKubernetes,
} from '../../sandbox/kubernetes/start-kubernetes.ts';
import { kubernetesContract } from './contract.ts';

let cluster: EmbeddedKubernetes;
afterEach(() => cluster.close());

const connectionTo = ({ url }: EmbeddedKubernetes): ClusterConnection => ({
  name: 'embedded',
  server: url,
  access: (fresh) =>
    Promise.resolve({
      headers: { authorization: `Bearer ${fresh ? 'second' : 'first'}` },
      agent: new http.Agent({ keepAlive: true }),
    }),
});

const pauses: number[] = [];
const pause = (ms: number): Promise<void> => {
  pauses.push(ms);
  return Promise.resolve();
};

async function start(objects: readonly StoredObject[], options?: KubernetesOptions): Promise<void> {
  pauses.length = 0;
  cluster = await startKubernetes(objects, options);
}

async function collect(namespaces?: readonly string[]) {
  const list = await kubernetesList(
    connectionTo(cluster),
    { customResources: [], namespaces },
    { clock: { now: () => 0 }, pause, progress: () => undefined },
  );
  const { uses, missing } = list.findings;
  return { images: uses.map(({ image }) => image), uses, missing };
}

/** So many pods, of which each has an image of its own. */
const pods = (count: number): readonly StoredObject[] =>
  Array.from({ length: count }, (_, index) =>
    pod(`api-${index}`, {
      namespace: `team-${index % 7}`,
      image: `harbor.example/team/api:${index}`,
    }),
  );
const imageOf = ({ object }: StoredObject): string =>
  (object as { spec: { containers: [{ image: string }] } }).spec.containers[0].image;
const sorted = (objects: readonly StoredObject[]) =>
  objects
    .map((_, index) => `harbor.example/team/api:${index}`)
    .toSorted((one, other) => (one < other ? -1 : 1));

describe('the contract, of the embedded API', () => {
  kubernetesContract(async () => {
    await start([...everyKind(), ...pods(1200)]);
    return kubernetesApi(connectionTo(cluster), pause);
  });
});

test('everything that runs an image or may start one is listed, with its role', async () => {
  await start(everyKind());
  const { uses, missing } = await collect();
  expect(missing).toEqual([]);
  const shown = uses.map(({ image, by, role }) => [image?.replace(/.*team\/|:1$/g, ''), role, by]);
  expect(shown).toEqual([
    ['controller', 'may-start', 'replication controller prod/old'],
    ['cron-job', 'may-start', 'cron job prod/nightly'],
    ['daemon-set', 'may-start', 'daemon set prod/agent'],
    ['deployment', 'may-start', 'deployment prod/api'],
    ['job', 'may-start', 'job prod/migrate'],
    ['pod-template', 'may-start', 'pod template prod/batch'],
    ['pod', 'running', 'pod prod/api-1'],
    ['replica-set-before', 'roll-back', 'replica set prod/api-1'],
    ['replica-set', 'may-start', 'replica set prod/api-2'],
    ['revision', 'roll-back', 'controller revision prod/db-1'],
    ['stateful-set', 'may-start', 'stateful set prod/db'],
  ]);
  expect(uses.filter(({ digest }) => digest !== undefined)).toHaveLength(1);
});

describe('a list of many pages is whole', () => {
  test('of 5,000 pods, in ten requests', async () => {
    const many = pods(5000);
    await start(many);
    const { images, missing } = await collect();
    expect(missing).toEqual([]);
    expect(images).toEqual(sorted(many));
    const asked = cluster.requests.filter((one) => one.startsWith('/api/v1/pods'));
    expect(asked).toHaveLength(10);
    expect(cluster.requests).toHaveLength(10 + 9 + 1);
  });

  test.each([
    ['if its pages expire on the way', (one: EmbeddedKubernetes) => (one.faults.expired = 1)],
    ['if they always do', (one: EmbeddedKubernetes) => (one.faults.expired = 100)],
    ['if every page has another version', (one: EmbeddedKubernetes) => (one.faults.moving = true)],
    ['if answers break off', (one: EmbeddedKubernetes) => (one.faults.cut = 3)],
    ['if answers are half', (one: EmbeddedKubernetes) => (one.faults.half = 3)],
    ['if there are too many requests', (one: EmbeddedKubernetes) => (one.faults.throttled = 3)],
    ['if the server is starting', (one: EmbeddedKubernetes) => (one.faults.unavailable = 3)],
    ['if its credential ends', (one: EmbeddedKubernetes) => (one.faults.unauthorized = 1)],
  ])('%s', async (_, breakIt) => {
    const many = pods(1700);
    await start(many);
    breakIt(cluster);
    const { images, missing } = await collect();
    expect(missing).toEqual([]);
    expect(images).toEqual(sorted(many));
  });

  test('if pods come and go while it is read, with all that stayed', async () => {
    const many = pods(1700);
    let asked = 0;
    await start(many, {
      meanwhile: (path) => {
        if (path !== '/api/v1/pods') return;
        asked += 1;
        // Removed in front of where the list is now, so that everything moves up.
        cluster.objects.splice(0, 100);
        cluster.objects.push(pod(`new-${asked}`, { namespace: 'aaa' }));
      },
    });
    const { images } = await collect();
    const stayed = many.filter((one) => cluster.objects.includes(one)).map(imageOf);
    expect(stayed).toHaveLength(1700 - 100 * asked);
    expect(stayed.filter((image) => !images.includes(image))).toEqual([]);
  });
});

describe('what can not be read is missing, and never an empty list', () => {
  test.each([
    ['cut', 'Invalid response body|Premature close|aborted|cut off|hang up'],
    ['half', 'cut off, or no JSON'],
    ['throttled', '429'],
    ['unavailable', '503'],
  ] as const)('%s for good', async (fault, because) => {
    await start(everyKind());
    const api = kubernetesApi(connectionTo(cluster), pause);
    cluster.faults[fault] = 1000;
    const answer = await api.get('/api/v1/pods', {});
    expect(answer).toMatchObject({ ok: false });
    expect(cluster.requests).toHaveLength(6);
    expect(pauses).toHaveLength(5);
    const shown = answer.ok ? '' : `${answer.status} ${answer.message}`;
    expect(shown).toMatch(new RegExp(because));
  });

  test('a page that is given again and again', async () => {
    await start(pods(10));
    cluster.faults.circling = true;
    const { images, missing } = await collect();
    expect(images).toEqual(sorted(pods(10)));
    expect(missing.map(({ what }) => what)).toContain('pods');
    expect(missing[0]?.because).toBe('the same page was given twice');
  });

  test('one kind that may not be listed: the others are', async () => {
    await start(everyKind());
    cluster.faults.forbidden.add('/cronjobs');
    const { images, missing } = await collect();
    expect(images).toHaveLength(10);
    expect(missing).toEqual([
      {
        what: 'cronjobs.batch',
        because: expect.stringMatching(/^403, .*forbidden/),
        remedy: expect.stringContaining('list on cronjobs.batch'),
      },
    ]);
  });

  test('one namespace of several', async () => {
    await start([pod('a', { namespace: 'a' }), pod('b', { namespace: 'b' }), pod('c')]);
    cluster.faults.forbidden.add('/namespaces/b/pods');
    const { uses, missing } = await collect(['a', 'b']);
    expect(uses.map(({ by }) => by)).toEqual(['pod a/a']);
    expect(missing.map(({ what }) => what)).toEqual(['pods of namespace b']);
  });

  test('a stranger', async () => {
    await start(everyKind(), { isSignedIn: (token) => token === 'third' });
    await expect(collect()).rejects.toMatchObject({
      code: 'workloads-unreachable',
      remedy: expect.stringMatching(/access entry/),
    });
    // Once more with a new credential, then no more.
    expect(cluster.requests).toHaveLength(2);
  });

  test('a server that is not there', async () => {
    await start([]);
    const gone = connectionTo(cluster);
    const api = kubernetesApi({ ...gone, server: 'http://127.0.0.1:9' }, pause);
    expect(await api.get('/version', {})).toMatchObject({ ok: false, status: 0 });
  });
});

test('a busy server is given the time that it asks for, within bounds', async () => {
  await start([]);
  const api = kubernetesApi(connectionTo(cluster), pause);
  cluster.faults.throttled = 3;
  cluster.faults.retryAfter = '7';
  expect(await api.get('/version', {})).toMatchObject({ ok: true });
  cluster.faults.throttled = 1;
  cluster.faults.retryAfter = '86400';
  await api.get('/version', {});
  cluster.faults.throttled = 1;
  cluster.faults.retryAfter = 'soon';
  await api.get('/version', {});
  expect(pauses).toEqual([7000, 7000, 7000, 30_000, 500]);
});

test('no secret is asked for', async () => {
  await start([...everyKind(), stored('secrets', 'robot', { namespace: 'prod' })]);
  await collect();
  expect(cluster.requests.filter((one) => one.includes('secrets'))).toEqual([]);
});
