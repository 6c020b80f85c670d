import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  MathExpression,
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
  /** An alarm goes off when no run has finished for this long. @default - 26 hours, for a nightly schedule */
  readonly runExpectedWithin?: Duration;
  /** An alarm rings when one run deletes more artifacts. @default 500 */
  readonly expectedDeletions?: number;
}

type Wording = Pick<AlarmProps, 'metric' | 'alarmDescription' | 'threshold'> & Partial<AlarmProps>;

const HOUR = Duration.hours(1);
const MINUTES = Duration.minutes(5);

const STOP_AND_START =
  'stop the execution (aws lambda list-durable-executions-by-function, then stop-durable-execution), raise the memory, deploy, and invoke the alias with {"runId": "…"} to go on.';

/** What Lambda itself counts of durable executions. */
const durable = ({ handler }: RetentionAlarmsProps, metricName: string): Metric =>
  handler.metric(metricName, { statistic: 'Sum', period: MINUTES });

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
      ...this.ofLambda(props),
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

  /** What Lambda says of its invocations and executions, where the handler itself can say nothing. */
  private ofLambda(props: RetentionAlarmsProps): Alarm[] {
    return [
      // The function, not its alias: an execution continues with its version, whatever the alias points to by then.
      this.alarm('InvocationDied', {
        metric: props.handler.metricErrors({ period: MINUTES }),
        threshold: 1,
        alarmDescription: `An invocation died without a word: out of memory, out of time, or a crash. Lambda repeats it, on the version that it began with; a run that dies three times in a row without any progress ends with a report. Look at the end of the log. If memory or time was short: ${STOP_AND_START}`,
      }),
      this.alarm('ExecutionEnded', {
        metric: new MathExpression({
          label: 'executions that timed out or were stopped',
          expression: 'FILL(timedOut, 0) + FILL(stopped, 0)',
          usingMetrics: {
            timedOut: durable(props, 'DurableExecutionTimedOut'),
            stopped: durable(props, 'DurableExecutionStopped'),
          },
          period: MINUTES,
        }),
        threshold: 1,
        alarmDescription:
          'A durable execution timed out, or somebody stopped it, so its run did not end. Its event lies in the failure queue. Raise the memory if its invocations died, deploy, and start the run again by invoking the alias with {"runId": "…"}: it goes on where it stopped.',
      }),
      this.alarm('InvocationLost', {
        metric: props.failureQueue.metricApproximateNumberOfMessagesVisible({
          statistic: 'Maximum',
        }),
        threshold: 1,
        alarmDescription:
          'The failure queue holds the event of a run whose execution failed, timed out or was stopped, or of a start that Lambda could not make within an hour. The report and the log line "run failed" say why. When the run has been started again, or is not needed, delete the message: the alarm stays red as long as it is there.',
      }),
    ];
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
