// Least privilege, spelt out: whoever adds an action or a resource changes this file too.
import { expect, test } from '@jest/globals';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { CertificateAuthority, RetentionPolicy } from '../../lib/index.ts';
import { secretArn, somePolicy, stackOf, type Synthesised } from './stack-of.ts';

const keyArn = 'arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-4000-8000-000000000000';

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
    `run: kms:Decrypt on ${keyArn}`,
    `run: kms:GenerateDataKey on ${keyArn}`,
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
    `run: s3:GetObject on ${bucket}/harbor/reports/*`,
    `run: s3:GetObject on ${bucket}/harbor/state/*`,
    `run: s3:ListBucket on ${bucket} if {"StringLikeIfExists":{"s3:prefix":"harbor/*"}}`,
    `run: s3:PutObject on ${bucket}/harbor/inventory/*`,
    `run: s3:PutObject on ${bucket}/harbor/reports/*`,
    `run: s3:PutObject on ${bucket}/harbor/state/*`,
  ]);
  expect(removed(synthesised)).toHaveLength(8);
});

test('a policy in S3 and the lists that it names are read, object by object', () => {
  const synthesised = stackOf((stack) => ({
    policy: RetentionPolicy.fromBucket(
      Bucket.fromBucketName(stack, 'Policies', 'policies'),
      'harbor.yaml',
      { objects: [{ bucket: 'lists', key: 'digests.txt' }] },
    ),
  }));
  expect(added(synthesised)).toEqual([
    'run: s3:GetObject on arn:${AWS::Partition}:s3:::lists/digests.txt',
    'run: s3:GetObject on arn:${AWS::Partition}:s3:::policies/harbor.yaml',
  ]);
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
    `run: kms:Decrypt on ${keyArn}`,
    `run: kms:GenerateDataKey on ${keyArn}`,
    `run: sns:Publish on ${topicArn}`,
  ]);
});
