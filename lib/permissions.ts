import { Aws, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { RetentionFunctionProps } from './retention-function.ts';

function secretStatements(secret: ISecret, name: string): PolicyStatement[] {
  const read = new PolicyStatement({
    sid: `Read${name}`,
    actions: ['secretsmanager:GetSecretValue'],
    resources: [secret.secretArn],
  });
  if (secret.encryptionKey === undefined) return [read];
  const service = `secretsmanager.${Stack.of(secret).region}.amazonaws.com`;
  return [
    read,
    new PolicyStatement({
      sid: `Decrypt${name}`,
      actions: ['kms:Decrypt'],
      resources: [secret.encryptionKey.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': service } },
    }),
  ];
}

// Lambda makes network interfaces with the function's own role; these actions know no resource.
const networkStatement = new PolicyStatement({
  sid: 'AttachToNetwork',
  actions: [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ],
  resources: ['*'],
});

function noticeStatements({ notices }: RetentionFunctionProps): PolicyStatement[] {
  if (notices === undefined) return [];
  const send = new PolicyStatement({
    sid: 'SendNotices',
    actions: ['sns:Publish'],
    resources: [notices.topic.topicArn],
  });
  if (notices.encryptionKey === undefined) return [send];
  return [
    send,
    new PolicyStatement({
      sid: 'EncryptNotices',
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [notices.encryptionKey.keyArn],
    }),
  ];
}

/** All that a run may do, statement by statement; test/lib names every one. */
export function runStatements(props: RetentionFunctionProps, logs: ILogGroup): PolicyStatement[] {
  const { policy, certificateAuthority: ca } = props;
  return [
    new PolicyStatement({
      sid: 'WriteLog',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logs.logGroupArn],
    }),
    ...secretStatements(props.secret, 'Credential'),
    ...(ca?.secret ? secretStatements(ca.secret, 'CertificateAuthority') : []),
    ...props.reports.runStatements(),
    ...(policy.object
      ? [
          new PolicyStatement({
            sid: 'ReadPolicy',
            actions: ['s3:GetObject'],
            resources: [policy.object.bucket.arnForObjects(policy.object.key)],
          }),
        ]
      : []),
    ...(policy.listObjects.length > 0
      ? [
          new PolicyStatement({
            sid: 'ReadListsOfPolicy',
            actions: ['s3:GetObject'],
            resources: policy.listObjects.map(
              ({ bucket, key }) => `arn:${Aws.PARTITION}:s3:::${bucket}/${key}`,
            ),
          }),
        ]
      : []),
    ...noticeStatements(props),
    ...(props.vpc ? [networkStatement] : []),
  ];
}
