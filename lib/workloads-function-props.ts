import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { ReportBucket } from './report-bucket.ts';
import type { RetentionRunProps } from './retention-run-props.ts';
import type { WorkloadsProps } from './workloads-props.ts';

/** Network, keys and log as the retention function has them; nothing of Harbor. */
export interface WorkloadsFunctionProps extends Pick<
  RetentionRunProps,
  'keys' | 'vpc' | 'vpcSubnets' | 'securityGroups' | 'logRetention' | 'logLevel'
> {
  readonly workloads: WorkloadsProps;
  readonly reports: ReportBucket;
  readonly alarmActions?: readonly IAlarmAction[];
}
