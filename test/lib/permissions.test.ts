// Least privilege, spelt out: whoever adds an action or a resource changes this file too.
import type { Stack } from 'aws-cdk-lib';
import { expect, test } from '@jest/globals';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { CertificateAuthority, RetentionPolicy } from '../../lib/index.ts';
import { secretArn, somePolicy, stackOf, type Synthesised } from './stack-of.ts';

const keyArn = 'arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-4000-8000-000000000000';

const via = (service: string, region = 'eu-central-1'): string =>
  `if {"StringEquals":{"kms:ViaService":"${service}.${region}.amazonaws.com"}}`;
const keyNumber = (stack: Stack, number: number): IKey =>
  Key.fromKeyArn(stack, `Key${number}`, keyArn.replace(/0$/, String(number)));
const arnOf = (number: number): string => keyArn.replace(/0$/, String(number));

/** An ARN as a person writes it: `${LogicalId.Attribute}` for what is known only on deployment. */
function written(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(written);
  const [[name, inner] = ['', undefined]] = Object.entries(value);
  if (name === 'Ref') return `\${${String(inner)}}`;
  if (name === 'Fn::GetAtt' && Array.isArray(inner)) return `\${${inner.join('.')}}`;
  if (name === 'Fn::Join' && Array.isArray(inner))
    return (inner[1] as unknown[]).map(written).join('');
  return value;
}

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** Everything that is allowed to any role of the stack, as "role: action on resource [if condition]". */
function allowed({ template }: Synthesised): readonly string[] {
  const lines: string[] = [];
  for (const { Properties } of Object.values(template.findResources('AWS::IAM::Policy'))) {
    const { Roles, PolicyDocument } = Properties as {
      Roles: readonly unknown[];
      PolicyDocument: { Statement: readonly Statement[] };
    };
    const role = /Scheduler/.test(JSON.stringify(Roles)) ? 'schedule' : 'run';
    for (const { Action, Resource, Condition } of PolicyDocument.Statement)
      for (const action of [Action].flat())
        for (const resource of [written(Resource)].flat())
          lines.push(
            `${role}: ${action} on ${String(resource)}${Condition ? ` if ${JSON.stringify(Condition)}` : ''}`,
          );
  }
  return lines.map((line) => line.replaceAll(/Retention(\w+?)[0-9A-F]{8}(?=[.}])/g, '$1')).sort();
}

const always = [
  'run: lambda:CheckpointDurableExecution on ${RunFunction.Arn}:*',
  'run: lambda:GetDurableExecutionState on ${RunFunction.Arn}:*',
  'run: logs:CreateLogStream on ${RunLogGroup.Arn}',
  'run: logs:PutLogEvents on ${RunLogGroup.Arn}',
  'run: s3:DeleteObject on ${ReportsBucket.Arn}/state/*',
  'run: s3:GetObject on ${ReportsBucket.Arn}/inventory/*',
  'run: s3:GetObject on ${ReportsBucket.Arn}/lists/*',
  'run: s3:GetObject on ${ReportsBucket.Arn}/reports/*',
  'run: s3:GetObject on ${ReportsBucket.Arn}/state/*',
  'run: s3:ListBucket on ${ReportsBucket.Arn}',
  'run: s3:PutObject on ${ReportsBucket.Arn}/inventory/*',
  'run: s3:PutObject on ${ReportsBucket.Arn}/reports/*',
  'run: s3:PutObject on ${ReportsBucket.Arn}/state/*',
  `run: secretsmanager:GetSecretValue on ${secretArn}`,
  'run: sqs:SendMessage on ${FailureQueue.Arn}',
  'schedule: lambda:InvokeFunction on ${RunFunctionAliaslive}',
  'schedule: sqs:SendMessage on ${DeadLetterQueue.Arn}',
];

test('the least deployment is allowed this and nothing else', () => {
  expect(allowed(stackOf())).toEqual(always);
});

test('arming a deployment grants nothing on AWS', () => {
  expect(allowed(stackOf(() => ({ apply: true })))).toEqual(always);
});

test('no policy hangs on a role but these, and nobody else may assume one', () => {
  const { template } = stackOf();
  const roles = Object.values(template.findResources('AWS::IAM::Role')).map(
    ({ Properties }) => Properties as Record<string, unknown>,
  );
  expect(roles.map((role) => Object.keys(role))).toEqual([
    ['AssumeRolePolicyDocument'],
    ['AssumeRolePolicyDocument'],
  ]);
  expect(JSON.stringify(roles)).toMatch(/lambda\.amazonaws\.com.*scheduler\.amazonaws\.com/);
  template.resourceCountIs('AWS::Lambda::Permission', 0);
});

const added = (synthesised: Synthesised): readonly string[] =>
  allowed(synthesised).filter((line) => !always.includes(line));
const removed = (synthesised: Synthesised): readonly string[] => {
  const now = allowed(synthesised);
  return always.filter((line) => !now.includes(line));
};

test('a key for the bucket is used for reading and writing, and nothing more', () => {
  const synthesised = stackOf((stack) => ({
    encryptionKey: Key.fromKeyArn(stack, 'Key', keyArn),
  }));
  expect(added(synthesised)).toEqual([
    `run: kms:Decrypt on ${keyArn} ${via('s3')}`,
    `run: kms:GenerateDataKey on ${keyArn} ${via('s3')}`,
  ]);
});

test('the key of a secret is used through Secrets Manager only', () => {
  const synthesised = stackOf((stack) => ({
    secret: Secret.fromSecretAttributes(stack, 'Sealed', {
      secretCompleteArn: secretArn,
      encryptionKey: Key.fromKeyArn(stack, 'Key', keyArn),
    }),
  }));
  expect(added(synthesised)).toEqual([
    `run: kms:Decrypt on ${keyArn} if {"StringEquals":{"kms:ViaService":"secretsmanager.eu-central-1.amazonaws.com"}}`,
  ]);
});

test('an existing bucket is used below the prefix only', () => {
  const synthesised = stackOf((stack) => ({
    bucket: Bucket.fromBucketName(stack, 'Existing', 'platform-reports'),
    prefix: 'harbor/',
  }));
  synthesised.template.resourceCountIs('AWS::S3::Bucket', 0);
  const bucket = 'arn:${AWS::Partition}:s3:::platform-reports';
  expect(added(synthesised)).toEqual([
    `run: s3:DeleteObject on ${bucket}/harbor/state/*`,
    `run: s3:GetObject on ${bucket}/harbor/inventory/*`,
    `run: s3:GetObject on ${bucket}/harbor/lists/*`,
    `run: s3:GetObject on ${bucket}/harbor/reports/*`,
    `run: s3:GetObject on ${bucket}/harbor/state/*`,
    `run: s3:ListBucket on ${bucket} if {"StringLikeIfExists":{"s3:prefix":"harbor/*"}}`,
    `run: s3:PutObject on ${bucket}/harbor/inventory/*`,
    `run: s3:PutObject on ${bucket}/harbor/reports/*`,
    `run: s3:PutObject on ${bucket}/harbor/state/*`,
  ]);
  expect(removed(synthesised)).toHaveLength(9);
});

test('a policy in S3 and the lists that it names are read, object by object', () => {
  const synthesised = stackOf((stack) => ({
    policy: RetentionPolicy.fromBucket(
      Bucket.fromBucketName(stack, 'Policies', 'policies'),
      'harbor.yaml',
      {
        objects: [
          { bucket: Bucket.fromBucketName(stack, 'Lists', 'lists'), key: 'digests.txt' },
          { bucket: Bucket.fromBucketName(stack, 'Uses', 'uses'), key: 'in-use.txt' },
        ],
      },
    ),
  }));
  expect(added(synthesised)).toEqual([
    'run: s3:GetObject on arn:${AWS::Partition}:s3:::lists/digests.txt',
    'run: s3:GetObject on arn:${AWS::Partition}:s3:::policies/harbor.yaml',
    'run: s3:GetObject on arn:${AWS::Partition}:s3:::uses/in-use.txt',
  ]);
});

test('a folder of collected lists in another bucket is listed and read, and nothing beside it', () => {
  const synthesised = stackOf((stack) => ({
    policy: RetentionPolicy.fromBucket(
      Bucket.fromBucketName(stack, 'Policies', 'policies'),
      'harbor.yaml',
      {
        folders: [
          { bucket: Bucket.fromBucketName(stack, 'Clusters', 'clusters'), prefix: 'lists' },
          { bucket: Bucket.fromBucketName(stack, 'Others', 'others'), prefix: '' },
        ],
      },
    ),
  }));
  expect(added(synthesised)).toEqual([
    'run: s3:GetObject on arn:${AWS::Partition}:s3:::clusters/lists/*',
    'run: s3:GetObject on arn:${AWS::Partition}:s3:::others/*',
    'run: s3:GetObject on arn:${AWS::Partition}:s3:::policies/harbor.yaml',
    'run: s3:ListBucket on arn:${AWS::Partition}:s3:::clusters if {"StringEqualsIfExists":{"s3:prefix":"lists/"}}',
    'run: s3:ListBucket on arn:${AWS::Partition}:s3:::others if {"StringEqualsIfExists":{"s3:prefix":""}}',
  ]);
});

test('a key that IAM would read as a wildcard, or as a variable, names one object', () => {
  const synthesised = stackOf((stack) => ({
    policy: RetentionPolicy.fromBucket(Bucket.fromBucketName(stack, 'Policies', 'policies'), '*', {
      objects: [
        {
          bucket: Bucket.fromBucketName(stack, 'Lists', 'lists'),
          key: 'a?/${aws:PrincipalTag/x}',
        },
      ],
    }),
  }));
  expect(added(synthesised)).toEqual([
    'run: s3:GetObject on arn:${AWS::Partition}:s3:::lists/a${?}/${$}{aws:PrincipalTag/x}',
    'run: s3:GetObject on arn:${AWS::Partition}:s3:::policies/${*}',
  ]);
});

test('the keys of buckets with policy and lists are used through S3 only, each once', () => {
  const synthesised = stackOf((stack) => {
    const bucket = (bucketName: string, number: number): IBucket =>
      Bucket.fromBucketAttributes(stack, bucketName, {
        bucketName,
        encryptionKey: keyNumber(stack, number),
      });
    const lists = bucket('lists', 2);
    return {
      policy: RetentionPolicy.fromBucket(bucket('policies', 1), 'harbor.yaml', {
        objects: [
          { bucket: lists, key: 'digests.txt' },
          { bucket: lists, key: 'in-use.txt' },
        ],
      }),
    };
  });
  expect(added(synthesised).filter((line) => line.includes('kms:'))).toEqual([
    `run: kms:Decrypt on ${arnOf(1)} ${via('s3')}`,
    `run: kms:Decrypt on ${arnOf(2)} ${via('s3')}`,
  ]);
});

test('the key of an authority is used through Secrets Manager only', () => {
  const caArn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:harbor/ca-AbCdEf';
  const synthesised = stackOf((stack) => ({
    certificateAuthority: CertificateAuthority.fromSecret(
      Secret.fromSecretAttributes(stack, 'Ca', {
        secretCompleteArn: caArn,
        encryptionKey: keyNumber(stack, 1),
      }),
    ),
  }));
  expect(added(synthesised)).toEqual([
    `run: kms:Decrypt on ${arnOf(1)} ${via('secretsmanager')}`,
    `run: secretsmanager:GetSecretValue on ${caArn}`,
  ]);
});

test('keys for log, queues, variables and executions are set, and used through their services only', () => {
  const synthesised = stackOf((stack) => ({
    keys: {
      logs: keyNumber(stack, 1),
      queues: keyNumber(stack, 2),
      environment: keyNumber(stack, 3),
      executions: keyNumber(stack, 4),
    },
  }));
  expect(added(synthesised)).toEqual([
    `run: kms:Decrypt on ${arnOf(2)} ${via('sqs')}`,
    `run: kms:Decrypt on ${arnOf(3)} ${via('lambda')}`,
    `run: kms:Decrypt on ${arnOf(4)} ${via('lambda')}`,
    `run: kms:GenerateDataKey on ${arnOf(2)} ${via('sqs')}`,
    `schedule: kms:Decrypt on ${arnOf(2)} ${via('sqs')}`,
    `schedule: kms:GenerateDataKey on ${arnOf(2)} ${via('sqs')}`,
  ]);
  const { template } = synthesised;
  template.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: arnOf(1) });
  template.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: arnOf(2) });
  template.hasResourceProperties('AWS::Lambda::Function', {
    KmsKeyArn: arnOf(3),
    DurableConfig: {
      KMSKeyArn: arnOf(4),
      ExecutionTimeout: 172_800,
      RetentionPeriodInDays: 14,
    },
  });
});

test('a key that is made in the same app lets CloudWatch and Lambda use it', () => {
  const { template } = stackOf((stack) => {
    const key = new Key(stack, 'Own');
    return { keys: { logs: key, executions: key } };
  });
  const [own] = Object.values(template.findResources('AWS::KMS::Key'));
  const { KeyPolicy } = (own?.['Properties'] ?? {}) as {
    KeyPolicy?: { Statement: { Sid?: string }[] };
  };
  expect(KeyPolicy?.Statement.map(({ Sid }) => Sid)).toEqual([
    undefined,
    'EncryptLogs',
    'EncryptExecutions',
  ]);
  expect(JSON.stringify(KeyPolicy)).toContain(':lambda:eu-central-1:123456789012:function:*');
  expect(JSON.stringify(KeyPolicy)).toContain('logs.eu-central-1.');
});

test('an authority in a secret is one more secret', () => {
  const caArn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:harbor/ca-AbCdEf';
  const synthesised = stackOf((stack) => ({
    certificateAuthority: CertificateAuthority.fromSecret(
      Secret.fromSecretCompleteArn(stack, 'Ca', caArn),
    ),
  }));
  expect(added(synthesised)).toEqual([`run: secretsmanager:GetSecretValue on ${caArn}`]);
});

test('a network costs the six actions on interfaces that know no resource', () => {
  const synthesised = stackOf((stack) => {
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-central-1a'],
      privateSubnetIds: ['subnet-0123456789abcdef0'],
    });
    return {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0')],
      policy: RetentionPolicy.fromFile(somePolicy()),
    };
  });
  expect(added(synthesised)).toEqual([
    'run: ec2:AssignPrivateIpAddresses on *',
    'run: ec2:CreateNetworkInterface on *',
    'run: ec2:DeleteNetworkInterface on *',
    'run: ec2:DescribeNetworkInterfaces on *',
    'run: ec2:DescribeSubnets on *',
    'run: ec2:UnassignPrivateIpAddresses on *',
  ]);
});

test('notices may be sent to their topic, and encrypted with its key', () => {
  const topicArn = 'arn:aws:sns:eu-central-1:123456789012:harbor-retention';
  const synthesised = stackOf((stack) => ({
    notices: {
      topic: Topic.fromTopicArn(stack, 'Topic', topicArn),
      encryptionKey: Key.fromKeyArn(stack, 'Key', keyArn),
    },
  }));
  expect(added(synthesised)).toEqual([
    `run: kms:Decrypt on ${keyArn} ${via('sns')}`,
    `run: kms:GenerateDataKey on ${keyArn} ${via('sns')}`,
    `run: sns:Publish on ${topicArn}`,
  ]);
});
