import type { RetentionFunctionProps } from './retention-function-props.ts';
import { Token } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { reading, readingAndWriting, throughService } from './keys.ts';
import type { FolderAddress, ObjectAddress } from './retention-policy.ts';

function secretStatements(secret: ISecret, name: string): PolicyStatement[] {
  const read = new PolicyStatement({
    sid: `Read${name}`,
    actions: ['secretsmanager:GetSecretValue'],
    resources: [secret.secretArn],
  });
  const decrypt = { sid: `Decrypt${name}`, service: 'secretsmanager', actions: reading };
  return [read, ...throughService([secret.encryptionKey], decrypt)];
}

// Lambda makes network interfaces with the function's own role; these actions know no resource.
export const networkStatement = new PolicyStatement({
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
  const encrypt = { sid: 'EncryptNotices', service: 'sns', actions: readingAndWriting };
  return [send, ...throughService([notices.encryptionKey], encrypt)];
}

/** A key as IAM reads it literally: it would take * and ? for wildcards, and $ for the beginning of a variable. */
const literal = (key: string): string =>
  Token.isUnresolved(key) ? key : key.replace(/[*?$]/g, (character) => `\${${character}}`);

/** Folders of collected lists: all that lies in them, and which lists there are. */
function folderStatements(folders: readonly FolderAddress[]): PolicyStatement[] {
  if (folders.length === 0) return [];
  return [
    new PolicyStatement({
      sid: 'ReadCollectedLists',
      actions: ['s3:GetObject'],
      resources: folders.map(({ bucket, prefix }) => bucket.arnForObjects(`${literal(prefix)}*`)),
    }),
    ...folders.map(
      ({ bucket, prefix }, index) =>
        new PolicyStatement({
          sid: `ListCollectedLists${index + 1}`,
          actions: ['s3:ListBucket'],
          resources: [bucket.bucketArn],
          // "IfExists": a GET has no prefix, and without this grant S3 calls a missing key forbidden.
          conditions: { StringEqualsIfExists: { 's3:prefix': prefix } },
        }),
    ),
  ];
}

/** The policy and the lists that it names, object by object, and the keys of their buckets. */
function policyStatements({ policy }: RetentionFunctionProps): PolicyStatement[] {
  const { object, listObjects, listFolders } = policy;
  const read = (sid: string, objects: readonly ObjectAddress[]): PolicyStatement[] =>
    objects.length === 0
      ? []
      : [
          new PolicyStatement({
            sid,
            actions: ['s3:GetObject'],
            resources: objects.map(({ bucket, key }) => bucket.arnForObjects(literal(key))),
          }),
        ];
  const objects = object === undefined ? listObjects : [object, ...listObjects];
  return [
    ...read('ReadPolicy', object === undefined ? [] : [object]),
    ...read('ReadListsOfPolicy', listObjects),
    ...folderStatements(listFolders),
    ...throughService(
      [...objects, ...listFolders].map(({ bucket }) => bucket.encryptionKey),
      { sid: 'DecryptPolicyAndLists', service: 's3', actions: reading },
    ),
  ];
}

/** Keys for what the construct makes itself. */
function keyStatements({ keys = {} }: RetentionFunctionProps): PolicyStatement[] {
  return [
    ...throughService([keys.queues], {
      sid: 'EncryptFailures',
      service: 'sqs',
      actions: readingAndWriting,
    }),
    ...throughService([keys.environment, keys.executions], {
      sid: 'DecryptOwnData',
      service: 'lambda',
      actions: reading,
    }),
  ];
}

/** All that a run may do, statement by statement; test/lib names every one. */
export function runStatements(props: RetentionFunctionProps, logs: ILogGroup): PolicyStatement[] {
  const { certificateAuthority: ca } = props;
  return [
    new PolicyStatement({
      sid: 'WriteLog',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logs.logGroupArn],
    }),
    ...secretStatements(props.secret, 'Credential'),
    ...(ca?.secret ? secretStatements(ca.secret, 'CertificateAuthority') : []),
    ...props.reports.runStatements(),
    ...policyStatements(props),
    ...noticeStatements(props),
    ...keyStatements(props),
    ...(props.vpc ? [networkStatement] : []),
  ];
}
