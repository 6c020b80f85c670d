// The function that lists workloads: what it may do, spelt out, and what the retention function may not.
import { readFileSync, writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { App, Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { stackFromSettings } from '../../bin/stack-from-settings.ts';
import { readWorkloadsEnvironment } from '../../functions/workloads-environment.ts';
import type { HarborRetentionProps, WorkloadsProps } from '../../lib/index.ts';
import { blocksOf, root } from '../support/pages.ts';
import { secretArn, somePolicy, stackOf, type Synthesised } from './stack-of.ts';

const keyArn = 'arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-4000-8000-000000000000';
const foreign = 'arn:aws:iam::210987654321:role/reader';
const both: WorkloadsProps = {
  ecs: [{ scope: 'prod' }],
  eks: [{ scope: 'prod-eu', clusterName: 'eu' }],
};

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: object;
}
interface PolicyOf {
  readonly Roles: readonly unknown[];
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

/** An ARN as a person writes it. */
function written(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll(/\{"Fn::GetAtt":\["Retention(\w+?)[0-9A-F]{8}","Arn"\]\}/g, '<$1>')
    .replaceAll(/\{"Fn::Join":\["",\[(.*?)\]\]\}/g, '$1')
    .replaceAll(/\{"Ref":"AWS::Partition"\}/g, 'aws')
    .replaceAll(/[",]/g, '');
}

/** What roles are allowed whose name has this in it. */
function allowed({ template }: Synthesised, who: RegExp): readonly string[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  return policies
    .map(({ Properties }) => Properties as PolicyOf)
    .filter(({ Roles }) => who.test(JSON.stringify(Roles)))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .flatMap(({ Action, Resource, Condition }) =>
      [Action]
        .flat()
        .flatMap((action) =>
          [Resource]
            .flat()
            .map(
              (one) =>
                `${action} on ${written(one)}${Condition ? ` if ${written(Condition)}` : ''}`,
            ),
        ),
    )
    .toSorted();
}

const withWorkloads = (workloads: WorkloadsProps, more: Partial<HarborRetentionProps> = {}) =>
  stackOf(() => ({ ...more, workloads }));
const listing = /RetentionWorkloadsRole/;

const always = [
  'logs:CreateLogStream on <WorkloadsLogGroup>',
  'logs:PutLogEvents on <WorkloadsLogGroup>',
  's3:PutObject on <ReportsBucket>/lists/workloads/*',
];

/** The policy that docs/workloads.md shows. */
const ofAccount = blocksOf('docs/workloads.md', 'json')
  .flatMap(({ text }) => (JSON.parse(text) as PolicyOf['PolicyDocument']).Statement)
  .flatMap(({ Action }) => [Action].flat())
  .map((action) => `${action} on *`);

describe('it may', () => {
  test('list this account, if it lists its ECS', () => {
    expect(allowed(withWorkloads({ ecs: [{ scope: 'prod' }] }), listing)).toEqual(
      [...always, ...ofAccount].toSorted(),
    );
  });

  test('find the clusters that it lists, and no other', () => {
    const eks = [
      { scope: 'a', clusterName: 'eu' },
      { scope: 'b', clusterName: 'us', region: 'us-east-1' },
    ];
    expect(allowed(withWorkloads({ eks }), listing)).toEqual(
      [
        ...always,
        'eks:DescribeCluster on arn:aws:eks:eu-central-1:123456789012:cluster/eu',
        'eks:DescribeCluster on arn:aws:eks:us-east-1:123456789012:cluster/us',
      ].toSorted(),
    );
  });

  test('only assume roles where all is in other accounts', () => {
    const workloads = {
      ecs: [{ scope: 'a', roleArn: foreign }],
      eks: [{ scope: 'b', clusterName: 'eu', roleArn: foreign }],
    };
    expect(allowed(withWorkloads(workloads), listing)).toEqual(
      [...always, `sts:AssumeRole on ${foreign}`].toSorted(),
    );
  });

  test('use keys through their services, and interfaces in a network', () => {
    const own = stackOf((stack) => ({
      workloads: { eks: [{ scope: 'b', clusterName: 'eu', roleArn: foreign }] },
      encryptionKey: Key.fromKeyArn(stack, 'Key', keyArn),
      keys: { environment: Key.fromKeyArn(stack, 'Other', keyArn) },
      vpc: Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: 'vpc-0123456789abcdef0',
        availabilityZones: ['eu-central-1a'],
        privateSubnetIds: ['subnet-0123456789abcdef0'],
      }),
      securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0')],
    }));
    const found = allowed(own, listing).filter((line) => !always.includes(line));
    expect(found).toEqual(
      [
        'ec2:AssignPrivateIpAddresses on *',
        'ec2:CreateNetworkInterface on *',
        'ec2:DeleteNetworkInterface on *',
        'ec2:DescribeNetworkInterfaces on *',
        'ec2:DescribeSubnets on *',
        'ec2:UnassignPrivateIpAddresses on *',
        `kms:Decrypt on ${keyArn} if {StringEquals:{kms:ViaService:lambda.eu-central-1.amazonaws.com}}`,
        `kms:GenerateDataKey on ${keyArn} if {StringEquals:{kms:ViaService:s3.eu-central-1.amazonaws.com}}`,
        `sts:AssumeRole on ${foreign}`,
      ].toSorted(),
    );
    own.template.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('^Lists what workloads use'),
      VpcConfig: Match.objectLike({ SecurityGroupIds: ['sg-0123456789abcdef0'] }),
      KmsKeyArn: keyArn,
    });
  });
});

test('the retention function may do nothing more beside it', () => {
  const run = /RetentionRunRole/;
  expect(allowed(withWorkloads(both), run)).toEqual(allowed(stackOf(), run));
  expect(allowed(stackOf(), run).length).toBeGreaterThan(5);
});

test('it is off by default', () => {
  const { template, construct } = stackOf();
  template.resourceCountIs('AWS::Lambda::Function', 1);
  expect(construct.workloadsHandler).toBeUndefined();
});

/** The variables of the function, as it reads them. */
function environmentOf({ template }: Synthesised): ReturnType<typeof readWorkloadsEnvironment> {
  const found = template.findResources('AWS::Lambda::Function', {
    Properties: { Description: Match.stringLikeRegexp('^Lists what workloads use') },
  });
  const [variables] = Object.values(found).map(
    ({ Properties }) =>
      (Properties as { Environment: { Variables: Record<string, unknown> } }).Environment.Variables,
  );
  const texts = Object.entries(variables ?? {}).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : 'known-on-deployment',
  ]);
  return readWorkloadsEnvironment(Object.fromEntries(texts) as Record<string, string>);
}

test('the function understands every setting', () => {
  const customResources = [
    {
      group: 'argoproj.io',
      version: 'v1alpha1',
      plural: 'rollouts',
      paths: ['spec.template.spec'],
    },
    {
      group: 'serving.knative.dev',
      version: 'v1',
      plural: 'revisions',
      paths: ['spec'],
      onlyRollBack: true,
    },
  ];
  const workloads = {
    registries: ['harbor.example'],
    ecs: [
      {
        scope: 'prod',
        regions: ['eu-central-1', 'us-east-1'],
        revisions: 5,
        onlyUsedFamilies: true,
      },
      { scope: 'other', roleArn: foreign, externalId: 'shared' },
    ],
    eks: [
      { scope: 'prod-eu', clusterName: 'eu', namespaces: ['a'], customResources },
      { scope: 'prod-us', clusterName: 'us', region: 'us-east-1', roleArn: foreign },
    ],
  };
  const registries = ['harbor.example'];
  const environment = environmentOf(
    withWorkloads(workloads, { prefix: 'harbor/', logLevel: 'DEBUG' }),
  );
  expect(environment).toMatchObject({ prefix: 'harbor/', logLevel: 'DEBUG' });
  expect(environment.workloads).toEqual({
    ecs: [
      {
        scope: 'prod',
        registries,
        regions: ['eu-central-1', 'us-east-1'],
        revisions: 5,
        families: 'used',
      },
      {
        scope: 'other',
        registries,
        regions: ['eu-central-1'],
        revisions: 2,
        families: 'all',
        roleArn: foreign,
        externalId: 'shared',
      },
    ],
    eks: [
      {
        scope: 'prod-eu',
        registries,
        cluster: 'eu',
        region: 'eu-central-1',
        namespaces: ['a'],
        customResources: [
          {
            group: 'argoproj.io',
            version: 'v1alpha1',
            plural: 'rollouts',
            paths: ['spec.template.spec'],
            role: 'may-start',
          },
          {
            group: 'serving.knative.dev',
            version: 'v1',
            plural: 'revisions',
            paths: ['spec'],
            role: 'roll-back',
          },
        ],
      },
      {
        scope: 'prod-us',
        registries,
        cluster: 'us',
        region: 'us-east-1',
        roleArn: foreign,
        customResources: [],
      },
    ],
  });
});

test('it runs every hour, is not repeated, and an alarm watches its lists', () => {
  const { template } = stackOf((stack) => ({
    workloads: both,
    alarmActions: [new SnsAction(new Topic(stack, 'Topic'))],
  }));
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    Description: Match.stringLikeRegexp('^Lists what workloads use'),
    ScheduleExpression: 'rate(1 hour)',
  });
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 0 });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'WorkloadListsComplete',
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 1,
    EvaluationPeriods: 6,
    TreatMissingData: 'breaching',
    AlarmActions: [Match.anyValue()],
  });
  const schedule = ScheduleExpression.rate(Duration.hours(12));
  const slow = withWorkloads({
    ...both,
    schedule,
    expectedWithin: Duration.hours(26),
    memorySize: 2048,
  });
  slow.template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(12 hours)',
  });
  slow.template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'WorkloadListsComplete',
    EvaluationPeriods: 26,
  });
  slow.template.hasResourceProperties('AWS::Lambda::Function', { MemorySize: 2048 });
});

test.each<[string, WorkloadsProps, RegExp]>([
  ['nothing to list', {}, /workloads names neither/],
  ['a scope that is no name', { ecs: [{ scope: 'a/b' }] }, /scope a\/b; allowed/],
  [
    'a scope twice',
    { ecs: [{ scope: 'a' }], eks: [{ scope: 'a', clusterName: 'x' }] },
    /scope a twice/,
  ],
  ['what is no role', { ecs: [{ scope: 'a', roleArn: 'reader' }] }, /roleArn is reader; allowed/],
  [
    'more than fits',
    { ecs: Array.from({ length: 200 }, (_, i) => ({ scope: `scope-${i}` })) },
    /takes \d+ bytes/,
  ],
])('%s is refused', (_, workloads, message) => {
  expect(() => withWorkloads(workloads)).toThrow(message);
});

test('no pack has a finding that was not acknowledged', () => {
  const { stack } = withWorkloads(both);
  const app = stack.node.root as App;
  for (const pack of [new AwsSolutionsChecks(app), new ServerlessChecks(app)]) {
    expect(pack.validateScope(stack).violations).toEqual([]);
  }
});

describe('settings.yaml', () => {
  function stackWith(lines: string): Stack {
    const folder = mkdtempSync(join(tmpdir(), 'settings-'));
    const settings = join(folder, 'settings.yaml');
    writeFileSync(settings, `secretArn: ${secretArn}\npolicy: ${somePolicy()}\n${lines}`);
    const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
    return stackFromSettings(app, settings, { env: { account: '123456789012' } });
  }

  test('has it, commented out, in the example', () => {
    const example = readFileSync(join(root, 'examples/settings.yaml'), 'utf8');
    const [, lines = ''] = /^((?:# workloads:\n)(?:#  .*\n)+)/m.exec(example) ?? [];
    const template = Template.fromStack(stackWith(lines.replaceAll(/^# /gm, '')));
    template.resourceCountIs('AWS::Lambda::Function', 2);
    template.hasOutput('WorkloadsRole', {});
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'WorkloadListsComplete',
    });
  });

  test.each<[string, RegExp]>([
    ['workloads: {}\n', /neither an account nor a cluster/],
    ['workloads: { ecs: [{ scope: prod, region: [eu-central-1] }] }\n', /regions/],
    [
      'workloads: { eks: [{ scope: prod, cluster: x, region: europe }] }\n',
      /region such as eu-central-1/,
    ],
  ])('%j is refused with what was meant', (lines, message) => {
    expect(() => stackWith(lines)).toThrow(message);
  });
});
