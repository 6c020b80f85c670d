import { Duration, TimeZone } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  ContextAttribute,
  type IScheduleTarget,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { readingAndWriting, throughService } from './keys.ts';

export interface RetentionScheduleProps {
  /** The alias of the function. */
  readonly target: IFunction;
  /** Takes the starts that could not be delivered. */
  readonly deadLetterQueue: IQueue;
  /** The key of that queue, if it is one of yours. */
  readonly queueKey?: IKey | undefined;
  /**
   * When a run starts. Stay away from 02:00 to 03:00, an hour that some nights do not have.
   * @default - every night at 03:30 in `timeZone`
   */
  readonly expression?: ScheduleExpression;
  /** @default - UTC */
  readonly timeZone?: TimeZone;
  /** @default true */
  readonly enabled?: boolean;
}

/** The library lets the schedule's role send to the queue, and forgets the key of the queue. */
function withKey(key: IKey | undefined, target: IScheduleTarget): IScheduleTarget {
  return {
    bind: (schedule) => {
      const config = target.bind(schedule);
      const statements = throughService([key], { service: 'sqs', actions: readingAndWriting });
      for (const statement of statements) config.role.addToPrincipalPolicy(statement);
      return config;
    },
  };
}

/** Starts the runs, each named by its scheduled time, so that a second delivery is the same run. */
export class RetentionSchedule extends Construct {
  readonly schedule: Schedule;

  constructor(scope: Construct, id: string, props: RetentionScheduleProps) {
    super(scope, id);
    const timeZone = props.timeZone ?? TimeZone.ETC_UTC;
    const nightly = ScheduleExpression.cron({ minute: '30', hour: '3', timeZone });
    this.schedule = new Schedule(this, 'Schedule', {
      description: 'Starts a run of harbor-retention',
      schedule: props.expression ?? nightly,
      enabled: props.enabled ?? true,
      target: withKey(
        props.queueKey,
        new LambdaInvoke(props.target, {
          // There is no envelope: what the run must know of its start stands here.
          input: ScheduleTargetInput.fromObject({
            scheduledTime: ContextAttribute.scheduledTime,
            executionId: ContextAttribute.executionId,
            attemptNumber: ContextAttribute.attemptNumber,
          }),
          // The default is 185 attempts in 24 hours; a lost delivery is a lost night, a doubled one harmless.
          retryAttempts: 2,
          maxEventAge: Duration.hours(1),
          deadLetterQueue: props.deadLetterQueue,
        }),
      ),
    });
  }
}
