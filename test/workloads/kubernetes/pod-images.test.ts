import { describe, expect, test } from '@jest/globals';
import { podImages } from '../../../functions/workloads/kubernetes/pod-images.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const image = 'harbor.example/team/api:1';
const pulled = `harbor.example/team/api@${digest}`;
const running = { running: { startedAt: '2026-11-30T02:00:00Z' } };
const waiting = { waiting: { reason: 'ContainerCreating' } };

/** A pod of one container. */
function podWith(status: object | undefined, phase = 'Running'): object {
  const containerStatuses = status === undefined ? [] : [{ name: 'main', image, ...status }];
  return { spec: { containers: [{ name: 'main', image }] }, status: { phase, containerStatuses } };
}

describe('a container', () => {
  test.each<[string, object, string | undefined, string]>([
    ['that runs', podWith({ imageID: pulled, state: running }), digest, 'running'],
    [
      'that crashes and is started again',
      podWith({ imageID: pulled, state: waiting }),
      digest,
      'running',
    ],
    [
      'that waits for its image',
      podWith({ imageID: '', state: waiting }, 'Pending'),
      undefined,
      'running',
    ],
    ['of a pod without a node', podWith(undefined, 'Pending'), undefined, 'running'],
    [
      'whose node knows the config only',
      podWith({ imageID: digest, state: running }),
      'unknown',
      'running',
    ],
    [
      'that waits, with the config only',
      podWith({ imageID: digest, state: waiting }),
      'unknown',
      'running',
    ],
    ['that runs without an id', podWith({ imageID: '', state: running }), 'unknown', 'running'],
    ['without a state', podWith({ imageID: '' }), 'unknown', 'running'],
    ['of a pod that succeeded', podWith({ imageID: pulled }, 'Succeeded'), digest, 'may-start'],
    ['of a pod that failed unseen', podWith({ imageID: '' }, 'Failed'), undefined, 'may-start'],
    [
      'of one that ended, with the config only',
      podWith({ imageID: digest }, 'Failed'),
      undefined,
      'may-start',
    ],
  ])('%s', (_, pod, ...[found, role]) => {
    expect(podImages(pod, 'pod a/b')).toEqual([{ image, digest: found, by: 'pod a/b', role }]);
  });
});

test('containers of every kind have the digests of their names', () => {
  const of = (letter: string): string => `sha256:${letter.repeat(64)}`;
  const status = (name: string) => ({ name, imageID: `h/x@${of(name)}`, state: running });
  const pod = {
    spec: {
      initContainers: [{ name: 'a', image: 'i:1' }],
      containers: [{ name: 'b', image: 'c:1' }],
      ephemeralContainers: [{ name: 'c', image: 'e:1' }],
      volumes: [{ image: { reference: 'v:1' } }],
    },
    status: {
      phase: 'Running',
      initContainerStatuses: [status('a')],
      containerStatuses: [status('b')],
      ephemeralContainerStatuses: [status('c')],
    },
  };
  expect(podImages(pod, 'p')?.map(({ image: name, digest: found }) => [name, found])).toEqual([
    ['i:1', of('a')],
    ['c:1', of('b')],
    ['e:1', of('c')],
    ['v:1', undefined],
  ]);
});

test.each<[string, unknown]>([
  ['null', null],
  ['without a spec', { status: {} }],
  ['without containers', { spec: { containers: [] } }],
  [
    'with a status of another form',
    { spec: { containers: [{ image: 'a' }] }, status: { containerStatuses: 'x' } },
  ],
])('%s is no pod', (_, item) => {
  expect(podImages(item, 'p')).toBeUndefined();
});
