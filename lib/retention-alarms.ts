import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Metric,
  TreatMissingData,
  type AlarmProps,
  type IAlarmAction,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { metrics } from '../functions/contract.ts';

export interface RetentionAlarmsProps {
  readonly handler: IFunction;
  readonly failureQueue: IQueue;
  readonly deadLetterQueue: IQueue;
  /** What alarms do, besides being red. @default - nothing */
  readonly actions?: readonly IAlarmAction[];
  /** An alarm tells when no run has finished for so long. @default - 26 hours, for a nightly schedule */
  readonly runExpectedWithin?: Duration;
  /** An alarm tells when one run deletes more artifacts. @default 500 */
  readonly expectedDeletions?: number;
}

type Wording = Pick<AlarmProps, 'metric' | 'alarmDescription' | 'threshold'> & Partial<AlarmProps>;

const HOUR = Duration.hours(1);

/** Tell when somebody has to look; each says what to do. */
export class RetentionAlarms extends Construct {
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: RetentionAlarmsProps) {
    super(scope, id);
    this.alarms = [
      this.runMissing(props),
      this.alarm('RunFailed', {
        metric: this.own(props, metrics.runFailed),
        threshold: 1,
        alarmDescription:
          'A run failed. Its last log line with message "run failed" names problem and remedy; the next schedule starts afresh.',
      }),
      this.alarm('PlanRefused', {
        metric: this.own(props, metrics.runRefused),
        threshold: 1,
        alarmDescription:
          'A plan was refused, so nothing was deleted. The report in reports/latest.json lists every reason with what to do; raise a limit only if its numbers are what you expect.',
      }),
      this.alarm('ManyDeletions', {
        metric: this.own(props, metrics.deleted, 'Maximum'),
        threshold: props.expectedDeletions ?? 500,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        alarmDescription:
          'One run deleted more artifacts than expected. Compare reports/latest.json with the report before; everything in it can be restored until the day that it names.',
      }),
      this.alarm('InvocationLost', {
        metric: props.failureQueue.metricApproximateNumberOfMessagesVisible({
          statistic: 'Maximum',
        }),
        threshold: 1,
        alarmDescription:
          'An invocation ended without its handler saying why: out of memory, or out of time. The message in the failure queue holds event and cause; raise the memory, or start the run again with its runId.',
      }),
      this.alarm('StartLost', {
        metric: props.deadLetterQueue.metricApproximateNumberOfMessagesVisible({
          statistic: 'Maximum',
        }),
        threshold: 1,
        alarmDescription:
          'The schedule could not start a run. The message in the dead-letter queue says why; invoke the alias by hand with {} to make up for it.',
      }),
    ];
    for (const alarm of this.alarms) alarm.addAlarmAction(...(props.actions ?? []));
  }

  private runMissing(props: RetentionAlarmsProps): Alarm {
    const hours = Math.ceil((props.runExpectedWithin ?? Duration.hours(26)).toHours());
    return this.alarm('RunMissing', {
      metric: this.own(props, metrics.runFinished),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: hours,
      datapointsToAlarm: hours,
      treatMissingData: TreatMissingData.BREACHING,
      alarmDescription: `No run has finished in ${hours} hours. See whether the schedule is enabled and what the log says; red until the first run after deployment.`,
    });
  }

  private own({ handler }: RetentionAlarmsProps, metricName: string, statistic = 'Sum'): Metric {
    return new Metric({
      namespace: metrics.namespace,
      metricName,
      dimensionsMap: { [metrics.dimension]: handler.functionName },
      statistic,
      period: HOUR,
    });
  }

  private alarm(id: string, wording: Wording): Alarm {
    return new Alarm(this, id, {
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...wording,
    });
  }
}
