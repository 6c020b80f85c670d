import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Function as LambdaFunction,
  type IFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { alias, metrics, variables, workloadsContract } from '../functions/contract.ts';
import { acknowledge, acknowledgeWildcards, workloadsFindings } from './acknowledgements.ts';
import { bundledWorkloads } from './bundling.ts';
import { allowLogs } from './keys.ts';
import { workloadsConfig } from './workloads-config.ts';
import type { WorkloadsFunctionProps } from './workloads-function-props.ts';
import { workloadsStatements } from './workloads-permissions.ts';

const LISTS_AND_LISTINGS =
  'Objects in one folder of one bucket, whose names are those of the lists; and calls that list an account, which know no resource.';

// Left out rather than undefined: some of these mean something else then.
const optional = ({ keys, vpc, vpcSubnets, securityGroups }: WorkloadsFunctionProps) => ({
  ...(keys?.environment && { environmentEncryption: keys.environment }),
  ...(vpc && { vpc }),
  ...(vpcSubnets && { vpcSubnets }),
  ...(securityGroups && { securityGroups }),
});

/**
 * The next start does it again, and sooner than a repetition would help. This is said for the function and for its alias
 * (docs/design.md#asynchronous-settings).
 */
const once = { retryAttempts: 0, maxEventAge: Duration.hours(1) };

/** A function of its own that lists what workloads use. The retention function has none of its permissions. */
export class WorkloadsFunction extends Construct {
  readonly handler: IFunction;
  readonly schedule: Schedule;
  /** Goes off when the lists grow old. */
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, props: WorkloadsFunctionProps) {
    super(scope, id);
    const handler = this.makeFunction(props);
    this.handler = handler;
    this.schedule = new Schedule(this, 'Schedule', {
      description: 'Lists what workloads use, for harbor-retention',
      schedule: props.workloads.schedule ?? ScheduleExpression.rate(Duration.hours(1)),
      // A start that is lost makes the lists an hour older, of which the alarm knows.
      target: new LambdaInvoke(handler.addAlias(alias, once), {
        retryAttempts: 2,
        maxEventAge: Duration.hours(1),
      }),
    });
    this.alarm = this.makeAlarm(props);
    this.alarm.addAlarmAction(...(props.alarmActions ?? []));
  }

  private makeFunction(props: WorkloadsFunctionProps): LambdaFunction {
    const { workloads, reports, keys, logLevel } = props;
    const logGroup = new LogGroup(this, 'LogGroup', {
      retention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      ...(keys?.logs && { encryptionKey: keys.logs }),
    });
    if (keys?.logs !== undefined) allowLogs(keys.logs, this);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    const statements = workloadsStatements(props, logGroup);
    for (const statement of statements) role.addToPrincipalPolicy(statement);
    acknowledgeWildcards(role, statements, LISTS_AND_LISTINGS);
    const handler = new LambdaFunction(this, 'Function', {
      description: 'Lists what workloads use, so that harbor-retention does not delete it',
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: bundledWorkloads(),
      timeout: Duration.minutes(15),
      memorySize: workloads.memorySize ?? 1024,
      environment: {
        [variables.bucket]: reports.bucket.bucketName,
        ...(reports.prefix !== '' && { [variables.prefix]: reports.prefix }),
        [workloadsContract.variable]: workloadsConfig(workloads, this),
        ...(logLevel !== undefined && { [variables.logLevel]: logLevel }),
      },
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2:
        logLevel === 'DEBUG' ? ApplicationLogLevel.DEBUG : ApplicationLogLevel.INFO,
      ...once,
      ...optional(props),
    });
    acknowledge(handler, workloadsFindings);
    return handler;
  }

  private makeAlarm({ workloads }: WorkloadsFunctionProps): Alarm {
    const hours = Math.ceil((workloads.expectedWithin ?? Duration.hours(6)).toHours());
    return new Alarm(this, 'ListsOld', {
      metric: new Metric({
        namespace: metrics.namespace,
        metricName: metrics.workloadLists,
        dimensionsMap: { [metrics.dimension]: this.handler.functionName },
        statistic: 'Sum',
        period: Duration.hours(1),
      }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: hours,
      datapointsToAlarm: hours,
      treatMissingData: TreatMissingData.BREACHING,
      alarmDescription: `For ${hours} hours no list of workloads, or not every one, was written whole, so that runs hold all of its scope. The log lines "not listed" and "list not written" say what is missing and what to do; red until the first whole lists after deployment.`,
    });
  }
}
