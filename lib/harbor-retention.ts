import { Duration, type TimeZone } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge, queueFindings } from './acknowledgements.ts';
import { ReportBucket } from './report-bucket.ts';
import { ReportTables } from './report-tables.ts';
import { RetentionAlarms } from './retention-alarms.ts';
import { RetentionDashboard } from './retention-dashboard.ts';
import { RetentionFunction } from './retention-function.ts';
import type { RetentionRunProps } from './retention-run-props.ts';
import { RetentionSchedule } from './retention-schedule.ts';
import { checkProps } from './check-props.ts';

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
  /** What alarms do, besides being red. @default - nothing */
  readonly alarmActions?: readonly IAlarmAction[];
  /** An alarm tells when no run has finished for so long. @default - 26 hours, for a nightly schedule */
  readonly runExpectedWithin?: Duration;
  /** An alarm tells when one run deletes more artifacts. @default 500 */
  readonly expectedDeletions?: number;
}

/**
 * Keeps a Harbor registry from filling up: a scheduled function, a bucket for its reports, alarms.
 * Looks nothing up and names nothing, so that it can stand in any stack, any number of times.
 *
 * @example
 * new HarborRetention(this, 'Retention', {
 *   secret: Secret.fromSecretCompleteArn(this, 'Robot', robotSecretArn),
 *   harborUrl: 'https://harbor.example',
 *   policy: RetentionPolicy.fromFile('policy.yaml'),
 *   timeZone: TimeZone.EUROPE_BERLIN,
 *   // Every run is dry until this is true.
 *   apply: false,
 * });
 */
export class HarborRetention extends Construct {
  /** What to invoke; an unqualified function is no durable one. */
  readonly handler: Alias;
  readonly bucket: IBucket;
  readonly schedule: Schedule;
  readonly alarms: RetentionAlarms;
  readonly dashboard?: RetentionDashboard;
  /** Only with `reportTables`. */
  readonly tables?: ReportTables;

  constructor(scope: Construct, id: string, props: HarborRetentionProps) {
    super(scope, id);
    checkProps(props, this);
    const reports = new ReportBucket(this, 'Reports', props);
    const failureQueue = this.queue('FailureQueue', props);
    const deadLetterQueue = this.queue('DeadLetterQueue', props);
    const run = new RetentionFunction(this, 'Run', { ...props, reports, failureQueue });
    const { schedule } = new RetentionSchedule(this, 'Schedule', {
      target: run.alias,
      deadLetterQueue,
      queueKey: props.keys?.queues,
      ...(props.schedule && { expression: props.schedule }),
      ...(props.timeZone && { timeZone: props.timeZone }),
      ...(props.scheduleEnabled !== undefined && { enabled: props.scheduleEnabled }),
    });
    this.alarms = new RetentionAlarms(this, 'Alarms', {
      ...props,
      handler: run.handler,
      failureQueue,
      deadLetterQueue,
      ...(props.alarmActions && { actions: props.alarmActions }),
    });
    if (props.showDashboard !== false) {
      const { handler } = run;
      const { alarms } = this.alarms;
      this.dashboard = new RetentionDashboard(this, 'Dashboard', { handler, alarms });
    }
    if (props.reportTables === true) this.tables = new ReportTables(this, 'Tables', reports);
    this.handler = run.alias;
    this.bucket = reports.bucket;
    this.schedule = schedule;
  }

  private queue(id: string, { keys }: HarborRetentionProps): Queue {
    const queue = new Queue(this, id, {
      ...(keys?.queues
        ? { encryption: QueueEncryption.KMS, encryptionMasterKey: keys.queues }
        : { encryption: QueueEncryption.SQS_MANAGED }),
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(queue, queueFindings);
    return queue;
  }
}
