import { describe, expect, test } from '@jest/globals';
import { active, arn, clusterArn, definitionArn } from '../../sandbox/ecs/account.ts';
import type { EmbeddedAws } from '../../sandbox/ecs/start-account.ts';
import { ecsContract } from './contract.ts';
import { aws, collect, hex, image, prod, service, start, task } from './embedded-account.ts';

describe('the contract, of the embedded APIs', () => {
  ecsContract(async () => {
    await start({
      ...prod([task('a', { imageDigest: hex('a') })], [service('api', 'api:2')]),
      families: { api: active(image('api:1'), image('api:2'), image('api:3')) },
    });
    return ['eu-central-1'];
  });
});

test('an empty account uses nothing, and is named by its number', async () => {
  await start({});
  const { list } = await collect();
  expect(list).toEqual({
    source: 'ecs',
    scope: '123456789012',
    writtenAt: 7,
    findings: { uses: [], missing: [] },
  });
});

test('what runs is listed with its digest, and what starts it again', async () => {
  await start({
    ...prod(
      [
        task('a', { imageDigest: hex('a'), group: 'service:api' }),
        task('b', { status: 'PENDING', image: image('job:1'), definition: 'job:1' }),
      ],
      [
        {
          ...service('api', 'api:2', 'api:1'),
          taskSets: [{ taskDefinition: definitionArn('green:1') }],
        },
      ],
    ),
    families: {
      api: active(image('api:1'), image('api:2')),
      job: active(image('job:1')),
      green: active(image('green:1')),
    },
  });
  const { uses, missing } = await collect();
  expect(missing).toEqual([]);
  expect(uses).toEqual([
    { image: image('api:1'), digest: hex('a'), by: 'service prod/api', role: 'running' },
    { image: image('api:1'), by: 'service prod/api', role: 'may-start' },
    { image: image('api:2'), by: 'service prod/api', role: 'may-start' },
    { image: image('green:1'), by: 'service prod/api', role: 'may-start' },
    { image: image('job:1'), by: 'task prod/b', role: 'may-start' },
    { image: image('job:1'), by: 'task prod/b', role: 'running' },
  ]);
});

test('a service starts tasks by the digest that its deployment found', async () => {
  const revision = arn('service-revision/prod/api/7');
  const pinned = { image: image('api:1'), imageDigest: hex('b') };
  await start({
    ...prod(
      [],
      [{ ...service('api', 'api:1'), currentServiceRevisions: [{ arn: revision }] }],
      [{ serviceRevisionArn: revision, containerImages: [pinned] }],
    ),
    families: { api: active(image('api:1')) },
  });
  expect((await collect()).uses).toContainEqual({
    image: image('api:1'),
    digest: hex('b'),
    by: 'service prod/api',
    role: 'may-start',
  });
});

test.each([
  ['that ECS no longer describes', {}, /^ECS says MISSING$/],
  ['that it can not describe', { failure: 'INTERNAL' }, /^ECS says INTERNAL$/],
])('a revision of a service %s is missing', async (_, more, because) => {
  const revision = arn('service-revision/prod/api/7');
  const old = { ...service('api', 'api:1'), currentServiceRevisions: [{ arn: revision }] };
  const revisions = 'failure' in more ? [{ serviceRevisionArn: revision, ...more }] : [];
  await start({ ...prod([], [old], revisions), families: { api: active(image('api:1')) } });
  expect((await collect()).missing).toEqual([
    {
      what: 'revision 7 of service prod/api in eu-central-1',
      because: expect.stringMatching(because),
      remedy: expect.stringContaining('--force-new-deployment'),
    },
  ]);
});

describe('revisions for rolling back', () => {
  const families = {
    api: active(...Array.from({ length: 130 }, (_, index) => image(`api:${index + 1}`))),
    idle: active(image('idle:1'), image('idle:2'), image('idle:3')),
  };
  const roles = async (config: object) =>
    (await collect(config)).uses.map(({ image: name, role }) => [
      name?.replace(/.*team\//, ''),
      role,
    ]);

  test('are the newest ones, and those before what is used', async () => {
    await start({ ...prod([], [service('api', 'api:40')]), families });
    expect(await roles({ families: 'used' })).toEqual([
      ['api:129', 'roll-back'],
      ['api:130', 'may-start'],
      ['api:39', 'roll-back'],
      ['api:40', 'may-start'],
    ]);
  });

  test('are beside those of every deployment of a service', async () => {
    await start({ ...prod([], [service('api', 'api:40', 'api:7')]), families });
    expect(await roles({ families: 'used', revisions: 1 })).toEqual([
      ['api:130', 'may-start'],
      ['api:40', 'may-start'],
      ['api:7', 'may-start'],
    ]);
  });

  test('are those of every active family, unless only used ones are asked for', async () => {
    await start({ families });
    expect(await roles({ revisions: 1 })).toEqual([
      ['api:130', 'may-start'],
      ['idle:3', 'may-start'],
    ]);
    expect(await roles({ families: 'used' })).toEqual([]);
  });

  test('leave out those that were deregistered, but not what still runs by one', async () => {
    const [first, second, third] = ['old:1', 'old:2', 'old:3'].map((name) => ({
      images: [image(name)],
      status: 'INACTIVE' as const,
    }));
    await start({
      ...prod([], [service('old', 'old:2')]),
      families: { old: [first, second, third].flatMap((one) => one ?? []) },
    });
    expect(await roles({})).toEqual([['old:2', 'may-start']]);
  });
});

describe('whole, although', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      task(`t${index}`, { imageDigest: hex('a'), image: image(`api:${index}`) }),
    );
  const services = Array.from({ length: 37 }, (_, index) => service(`s${index}`, `s${index}:1`));
  const families = Object.fromEntries(
    services.map((_, index) => [`s${index}`, active(image(`s:${index}`))]),
  );

  test.each<[string, (faults: EmbeddedAws['faults']) => void]>([
    ['pages are short', () => undefined],
    ['calls are throttled', (faults) => void (faults.throttled = 4)],
    ['answers break off', (faults) => void (faults.cut = 2)],
    ['our clock is an hour late', (faults) => void (faults.skew = 3_600_000)],
    ['our clock is an hour early', (faults) => void (faults.skew = -3_600_000)],
  ])('%s', async (_, breakIt) => {
    await start({
      ...prod(many(230), services),
      families: { ...families, api: active(image('b:1')) },
    });
    breakIt(aws.faults);
    const { images, missing } = await collect({ families: 'used' });
    expect(missing).toEqual([]);
    expect(images.filter((one) => one?.includes('/api:'))).toHaveLength(230);
    expect(images.filter((one) => one?.includes('/s:'))).toHaveLength(37);
    const count = (name: string) => aws.calls.filter(({ operation }) => operation === name).length;
    if (aws.faults.skew === 0 && _ === 'pages are short')
      expect([count('DescribeTasks'), count('DescribeServices')]).toEqual([3, 4]);
  });
});

describe('what may not be listed is missing, with the permission for it', () => {
  const account = {
    ...prod(
      [task('a', { imageDigest: hex('a') })],
      [
        {
          ...service('api', 'api:1'),
          currentServiceRevisions: [{ arn: arn('service-revision/x') }],
        },
      ],
      [{ serviceRevisionArn: arn('service-revision/x') }],
    ),
    families: { api: active(image('api:1'), image('api:2')), idle: active(image('idle:1')) },
    rules: [{ bus: 'default', name: 'r', targets: [] }],
    schedules: [{ group: 'g', name: 'n', target: { Arn: clusterArn('prod') } }],
    jobDefinitions: [
      { jobDefinitionName: 'j', revision: 1, containerProperties: { image: image('job:1') } },
    ],
  };

  test.each([
    ['ecs', 'ListClusters'],
    ['ecs', 'ListTasks'],
    ['ecs', 'DescribeTasks'],
    ['ecs', 'ListServices'],
    ['ecs', 'DescribeServices'],
    ['ecs', 'DescribeServiceRevisions'],
    ['ecs', 'ListTaskDefinitionFamilies'],
    ['ecs', 'ListTaskDefinitions'],
    ['ecs', 'DescribeTaskDefinition'],
    ['events', 'ListEventBuses'],
    ['events', 'ListRules'],
    ['events', 'ListTargetsByRule'],
    ['scheduler', 'ListSchedules'],
    ['scheduler', 'GetSchedule'],
    ['batch', 'DescribeJobDefinitions'],
  ])('%s:%s', async (prefix, operation) => {
    await start(account);
    aws.faults.denied.add(operation);
    const { missing, uses } = await collect();
    expect(missing.length).toBeGreaterThan(0);
    const remedies = missing.map(({ remedy }) => remedy);
    expect(remedies).toContain(
      `Grant ${prefix}:${operation}; docs/workloads.md lists all that the collector needs.`,
    );
    expect(uses.length).toBeGreaterThan(0);
  });

  test('with all of them nothing is', async () => {
    await start({ ...account, schedules: [] });
    expect((await collect()).missing).toEqual([]);
  });
});

describe('a task', () => {
  test('that ended between list and look is not missing', async () => {
    await start(prod([task('a', { failure: 'MISSING' })]));
    expect(await collect()).toMatchObject({ uses: [], missing: [] });
  });

  test('that ECS can not describe is', async () => {
    await start(prod([task('a', { failure: 'INTERNAL' })]));
    expect((await collect()).missing).toMatchObject([
      { what: 'task a in eu-central-1', because: 'ECS says INTERNAL' },
    ]);
  });

  test.each([
    ['RUNNING', undefined, true],
    ['RUNNING', 'sha256:short', true],
    ['PENDING', undefined, false],
    ['PROVISIONING', undefined, false],
  ])('%s with digest %s: missing %s', async (status, imageDigest, isMissing) => {
    const options = imageDigest === undefined ? { status } : { status, imageDigest };
    await start(prod([task('a', options)]));
    const { missing } = await collect();
    expect(missing.map(({ what }) => what)).toEqual(
      isMissing ? [`the digest of ${image('api:1')}`] : [],
    );
    expect((await collect({ registries: ['other.example'] })).missing).toEqual([]);
  });
});

describe('another account', () => {
  const roleArn = 'arn:aws:iam::123456789012:role/reader';

  test('is read by its role', async () => {
    await start({ families: { api: active(image('api:1')) } });
    expect((await collect({ roleArn })).images).toEqual([image('api:1')]);
    const [assume, ...others] = aws.calls;
    expect(assume).toEqual({ operation: 'AssumeRole', key: 'OWN' });
    expect(others.filter(({ key }) => key !== 'ASSUMED' && key !== '')).toEqual([]);
  });

  test('that does not let us in ends it, with what to do', async () => {
    await start({});
    const foreign = { roleArn: 'arn:aws:iam::123456789012:role/foreign' };
    await expect(collect({ ...foreign })).rejects.toMatchObject({
      code: 'workloads-unreachable',
      message: expect.stringContaining(foreign.roleArn),
      remedy: expect.stringContaining('external id'),
    });
    expect((await collect({ ...foreign, externalId: 'shared' })).missing).toEqual([]);
  });
});
