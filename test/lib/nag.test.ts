import { expect, test } from '@jest/globals';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { App, type Stack } from 'aws-cdk-lib';
import type { HarborRetentionProps } from '../../lib/index.ts';
import { stackOf } from './stack-of.ts';

type Make = (stack: Stack) => Partial<HarborRetentionProps>;

test.each<[string, Make]>([
  ['the least deployment', () => ({})],
  ['a deployment with tables', () => ({ reportTables: true })],
  [
    'a deployment in a network, with a key',
    (stack) => ({
      vpc: Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: 'vpc-0123456789abcdef0',
        availabilityZones: ['eu-central-1a'],
        privateSubnetIds: ['subnet-0123456789abcdef0'],
      }),
      securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0')],
      encryptionKey: Key.fromKeyArn(
        stack,
        'Key',
        'arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-4000-8000-000000000000',
      ),
      keys: { logs: new Key(stack, 'Own', { enableKeyRotation: true }) },
    }),
  ],
  [
    'a deployment on an existing bucket',
    (stack) => ({
      bucket: Bucket.fromBucketName(stack, 'Existing', 'platform-reports'),
      prefix: 'harbor/',
    }),
  ],
])('%s has no finding that was not acknowledged with a reason', (_name, make) => {
  const { stack } = stackOf(make);
  const app = stack.node.root as App;
  for (const pack of [new AwsSolutionsChecks(app), new ServerlessChecks(app)]) {
    const { success, violations } = pack.validateScope(stack);
    expect(violations).toEqual([]);
    expect(success).toBe(true);
  }
});
