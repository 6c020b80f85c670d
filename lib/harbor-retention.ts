import type { HarborRetentionProps } from './harbor-retention-props.ts';
import { Duration } from 'aws-cdk-lib';
import type { Alias, IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Schedule } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge, queueFindings } from './acknowledgements.ts';
import { ReportBucket } from './report-bucket.ts';
import { ReportTables } from './report-tables.ts';
import { RetentionAlarms } from './retention-alarms.ts';
import { RetentionDashboard } from './retention-dashboard.ts';
import { RetentionFunction } from './retention-function.ts';
import { RetentionSchedule } from './retention-schedule.ts';
import { WorkloadsFunction } from './workloads-function.ts';
import { checkProps } from './check-props.ts';

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
  /** What lists workloads, only with `workloads`; its role needs an access entry in each cluster. */
  readonly workloadsHandler?: IFunction;
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
    if (props.workloads !== undefined) {
      const { workloads } = props;
      const listing = new WorkloadsFunction(this, 'Workloads', { ...props, workloads, reports });
      this.workloadsHandler = listing.handler;
    }
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
