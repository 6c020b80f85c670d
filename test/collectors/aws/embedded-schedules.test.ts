import { describe, expect, test } from '@jest/globals';
import { active, arn, clusterArn, definitionArn } from '../../sandbox/ecs/account.ts';
import { collect, image, start } from './embedded-account.ts';

describe('what starts by the clock', () => {
  const cluster = clusterArn('prod');
  const universal = (call: string) => `arn:aws:scheduler:::aws-sdk:ecs:${call}`;
  const families = { api: active(image('api:1'), image('api:2')), job: active(image('job:1')) };
  const started = async () =>
    (await collect({ families: 'used', revisions: 1 })).uses.filter(({ by }) =>
      /^(rule|schedule)/.test(by),
    );

  test('are the targets of rules, on every bus, switched off too', async () => {
    const target = (name: string) => ({
      Id: '1',
      Arn: cluster,
      EcsParameters: { TaskDefinitionArn: definitionArn(name) },
    });
    await start({
      families,
      rules: [
        {
          bus: 'default',
          name: 'nightly',
          targets: [{ Id: '0', Arn: arn('q', 'sqs') }, target('api:1')],
        },
        { bus: 'orders', name: 'late', targets: [target('job')] },
        ...Array.from({ length: 25 }, (_, index) => ({
          bus: 'default',
          name: `r${index}`,
          targets: [],
        })),
      ],
    });
    expect(await started()).toEqual([
      { image: image('api:1'), by: 'rule default/nightly', role: 'may-start' },
      { image: image('job:1'), by: 'rule orders/late and 1 more', role: 'may-start' },
    ]);
  });

  test.each<[string, object, readonly string[]]>([
    [
      'a task definition',
      { Arn: cluster, EcsParameters: { TaskDefinitionArn: definitionArn('api:1') } },
      ['api:1'],
    ],
    [
      'a family: its newest',
      { Arn: cluster, EcsParameters: { TaskDefinitionArn: definitionArn('api') } },
      ['api:2'],
    ],
    [
      'a call of RunTask',
      { Arn: universal('runTask'), Input: '{"TaskDefinition":"api:1"}' },
      ['api:1'],
    ],
    [
      'a change of a service',
      { Arn: universal('updateService'), Input: '{"Service":"x","DesiredCount":0}' },
      [],
    ],
    ['a stop', { Arn: universal('stopTask'), Input: '{}' }, []],
    ['another service', { Arn: arn('function:x', 'lambda') }, []],
  ])('are schedules of %s', async (_, target, names) => {
    await start({ families, schedules: [{ group: 'night', name: 'n', target }] });
    const { missing } = await collect();
    expect(missing).toEqual([]);
    expect((await started()).map((use) => use.image)).toEqual(names.map(image));
  });

  test.each<[string, object]>([
    ['does not say what', { Arn: universal('runTask'), Input: 'not JSON' }],
    ['says it elsewhere', { Arn: universal('runTask') }],
    [
      'names one of another account',
      {
        Arn: cluster,
        EcsParameters: {
          TaskDefinitionArn: 'arn:aws:ecs:eu-central-1:999999999999:task-definition/x:1',
        },
      },
    ],
    [
      'names one of another region',
      {
        Arn: cluster,
        EcsParameters: {
          TaskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/x:1',
        },
      },
    ],
    ['names none', { Arn: cluster, EcsParameters: { TaskDefinitionArn: 'x y' } }],
  ])('and a schedule that %s is missing', async (_, target) => {
    await start({ schedules: [{ group: 'night', name: 'n', target }] });
    expect((await collect()).missing).toEqual([
      {
        what: 'the task definition of schedule night/n in eu-central-1',
        because: expect.any(String),
        remedy: expect.any(String),
      },
    ]);
  });

  test('one that names a deleted task definition starts nothing', async () => {
    const target = { Arn: cluster, EcsParameters: { TaskDefinitionArn: definitionArn('gone:1') } };
    await start({ schedules: [{ group: 'night', name: 'n', target }] });
    expect(await collect()).toMatchObject({ uses: [], missing: [] });
  });
});

test('every form of a job definition of Batch is read', async () => {
  const definition = (name: string, more: object) => ({
    jobDefinitionName: name,
    revision: 1,
    ...more,
  });
  const own = (name: string) => ({ image: image(name) });
  const ecs = (name: string) => ({ taskProperties: [{ containers: [own(name)] }] });
  const eks = (name: string) => ({
    podProperties: { containers: [own(name)], initContainers: [own(`${name}-init`)] },
  });
  await start({
    jobDefinitions: [
      definition('a', { containerProperties: own('plain') }),
      definition('b', { ecsProperties: ecs('ecs') }),
      definition('c', { eksProperties: eks('eks') }),
      definition('d', {
        nodeProperties: {
          nodeRangeProperties: [
            { container: own('node') },
            { ecsProperties: ecs('node-ecs') },
            { eksProperties: eks('node-eks') },
          ],
        },
      }),
      ...Array.from({ length: 20 }, (_, index) => definition(`n${index}`, {})),
    ],
  });
  const { images, uses, missing } = await collect();
  expect(missing).toEqual([]);
  expect(images.map((one) => one?.replace(/.*team\//, ''))).toEqual([
    'ecs',
    'eks',
    'eks-init',
    'node',
    'node-ecs',
    'node-eks',
    'node-eks-init',
    'plain',
  ]);
  expect(uses[0]).toMatchObject({ by: 'job definition b:1', role: 'may-start' });
});
