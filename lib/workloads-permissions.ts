import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { workloadsContract } from '../functions/contract.ts';
import { throughService, reading } from './keys.ts';
import { networkStatement } from './permissions.ts';
import type { WorkloadsFunctionProps } from './workloads-function-props.ts';

/** What is asked of an account (docs/workloads.md#permissions-on-aws); these calls know no narrower resource of use. */
export const ecsActions = [
  'batch:DescribeJobDefinitions',
  'ecs:DescribeServiceRevisions',
  'ecs:DescribeServices',
  'ecs:DescribeTaskDefinition',
  'ecs:DescribeTasks',
  'ecs:ListClusters',
  'ecs:ListServices',
  'ecs:ListTaskDefinitionFamilies',
  'ecs:ListTaskDefinitions',
  'ecs:ListTasks',
  'events:ListEventBuses',
  'events:ListRules',
  'events:ListTargetsByRule',
  'scheduler:GetSchedule',
  'scheduler:ListSchedules',
] as const;

function accountStatements(
  { ecs = [], eks = [] }: WorkloadsFunctionProps['workloads'],
  scope: IConstruct,
): PolicyStatement[] {
  const roles = new Set([...ecs, ...eks].flatMap(({ roleArn }) => roleArn ?? []));
  const own = eks.filter(({ roleArn }) => roleArn === undefined);
  return [
    ...(ecs.some(({ roleArn }) => roleArn === undefined)
      ? [new PolicyStatement({ sid: 'ListEcs', actions: [...ecsActions], resources: ['*'] })]
      : []),
    ...(own.length === 0
      ? []
      : [
          new PolicyStatement({
            sid: 'FindClusters',
            actions: ['eks:DescribeCluster'],
            resources: own.map(({ clusterName, region }) =>
              Stack.of(scope).formatArn({
                service: 'eks',
                resource: 'cluster',
                resourceName: clusterName,
                arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
                ...(region !== undefined && { region }),
              }),
            ),
          }),
        ]),
    ...(roles.size === 0
      ? []
      : [
          new PolicyStatement({
            sid: 'ReadOtherAccounts',
            actions: ['sts:AssumeRole'],
            resources: [...roles],
          }),
        ]),
  ];
}

/** All that listing workloads may do, statement by statement; test/lib/workloads.test.ts names every one. */
export function workloadsStatements(
  props: WorkloadsFunctionProps,
  logs: ILogGroup,
): PolicyStatement[] {
  const { reports, keys = {} } = props;
  return [
    new PolicyStatement({
      sid: 'WriteLog',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logs.logGroupArn],
    }),
    new PolicyStatement({
      sid: 'WriteLists',
      actions: ['s3:PutObject'],
      resources: [reports.bucket.arnForObjects(`${reports.prefix}${workloadsContract.folder}*`)],
    }),
    ...throughService([reports.encryptionKey], {
      sid: 'EncryptLists',
      service: 's3',
      actions: ['kms:GenerateDataKey'],
    }),
    ...throughService([keys.environment], {
      sid: 'DecryptOwnData',
      service: 'lambda',
      actions: reading,
    }),
    ...accountStatements(props.workloads, logs),
    ...(props.vpc ? [networkStatement] : []),
  ];
}
