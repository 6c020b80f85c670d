import type { Duration, TimeZone } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { RetentionRunProps } from './retention-run-props.ts';
import type { WorkloadsProps } from './workloads-props.ts';

export interface HarborRetentionProps extends RetentionRunProps {
  /**
   * When a run starts. Stay away from 02:00 to 03:00, an hour that some nights do not have.
   * @default - every night at 03:30 in `timeZone`
   */
  readonly schedule?: ScheduleExpression;
  /** @default - UTC */
  readonly timeZone?: TimeZone;
  /** @default true */
  readonly scheduleEnabled?: boolean;
  /** An existing bucket for reports and state; it should be versioned and private. @default - a new one */
  readonly bucket?: IBucket;
  /** In front of every key in the bucket; ends in a slash. @default - none */
  readonly prefix?: string;
  /** Encrypts the bucket; for an existing bucket, the key that it uses. @default - a key of S3's own */
  readonly encryptionKey?: IKey;
  /** A CloudWatch dashboard; the first three of an account are free. @default true */
  readonly showDashboard?: boolean;
  /** Tables and saved queries for Athena over the reports. @default false */
  readonly reportTables?: boolean;
  /** How long reports are kept; for a new bucket. @default - for ever */
  readonly reportRetention?: Duration;
  /** A second function that lists what workloads use; a policy names its lists. @default - none */
  readonly workloads?: WorkloadsProps;
  /** What alarms do, besides being red. @default - nothing */
  readonly alarmActions?: readonly IAlarmAction[];
  /** An alarm goes off when no run has finished for this long. @default - 26 hours, for a nightly schedule */
  readonly runExpectedWithin?: Duration;
  /** An alarm rings when one run deletes more artifacts. @default 500 */
  readonly expectedDeletions?: number;
}
