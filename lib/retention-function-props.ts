import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { ReportBucket } from './report-bucket.ts';
import type { RetentionRunProps } from './retention-run-props.ts';

export interface RetentionFunctionProps extends RetentionRunProps {
  readonly reports: ReportBucket;
  /** Takes the event of every execution that failed, was stopped or timed out, and events that grew too old. */
  readonly failureQueue: IQueue;
}
