import { describe, expect, test } from '@jest/globals';
import { imagesAt } from '../../../functions/workloads/kubernetes/images-at.ts';
import { pathForm } from '../../../functions/workloads/kubernetes/paths.ts';

const namesAt = (item: unknown, ...paths: string[]) =>
  imagesAt(item, paths)?.map(({ image }) => image);

describe('a path leads to', () => {
  test.each<[string, unknown, readonly string[], readonly string[]]>([
    ['a spec of a pod', { spec: { containers: [{ image: 'a:1' }] } }, ['spec'], ['a:1']],
    [
      'all containers of a spec',
      {
        spec: {
          initContainers: [{ image: 'a:1' }],
          containers: [{ image: 'b:1' }, { image: 'c:1' }],
          ephemeralContainers: [{ image: 'd:1' }],
          volumes: [{ emptyDir: {} }, { image: { reference: 'e:1' } }],
        },
      },
      ['spec'],
      ['a:1', 'b:1', 'c:1', 'd:1', 'e:1'],
    ],
    [
      'what Go writes for empty lists',
      { spec: { containers: [{ image: 'a' }], initContainers: null } },
      ['spec'],
      ['a'],
    ],
    ['a container', { spec: { container: { image: 'a:1' } } }, ['spec.container'], ['a:1']],
    ['an image', { spec: { image: 'a:1' } }, ['spec.image'], ['a:1']],
    ['a list of images', { images: ['a:1', 'b:1'] }, ['images'], ['a:1', 'b:1']],
    ['a list of containers', { sidecars: [{ image: 'a:1' }] }, ['sidecars'], ['a:1']],
    [
      'each of a list',
      {
        spec: {
          templates: [{ container: { image: 'a:1' } }, { script: { image: 'b:1' } }, { dag: {} }],
        },
      },
      ['spec.templates[*].container', 'spec.templates[*].script'],
      ['a:1', 'b:1'],
    ],
    [
      'each of a map',
      { pools: { x: { image: 'a:1' }, y: { image: 'b:1' } } },
      ['pools[*].image'],
      ['a:1', 'b:1'],
    ],
    ['nothing', { spec: {} }, ['spec.template.spec', 'status[*].image'], []],
    ['a container whose image another fills in', { c: { image: '' } }, ['c'], ['']],
    ['no field that every object has', { spec: {} }, ['constructor', 'spec.toString'], []],
  ])('%s', (_, item, ...[paths, images]) => {
    expect(namesAt(item, ...paths)).toEqual(images);
  });

  test.each<[string, unknown]>([
    ['a number', 7],
    ['a switch', true],
    ['an object without an image', { name: 'x' }],
    ['a spec without containers', { containers: [] }],
    ['a container whose image is no text', { image: 7 }],
    ['a list with one of these', ['a:1', 7]],
  ])('what is not understood: %s', (_, value) => {
    expect(imagesAt({ at: value }, ['at'])).toBeUndefined();
  });
});

test.each(['spec', 'spec.template.spec', 'spec.templates[*].container', 'a_b.c-d[*]'])(
  '%s is a path',
  (path) => expect(path).toMatch(pathForm),
);

test.each(['', '.spec', 'spec.', 'spec..a', '$.spec', 'spec[0]', 'spec[*', 'spec.[*]', 'a b'])(
  '%j is none',
  (path) => expect(path).not.toMatch(pathForm),
);
