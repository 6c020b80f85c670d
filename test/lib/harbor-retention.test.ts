import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { App, Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { Annotations, Match, type Matcher, Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { readEnvironment } from '../../functions/environment.ts';
import { CertificateAuthority, HarborRetention, RetentionPolicy } from '../../lib/index.ts';
import { propertiesOf, secretArn, somePolicy, stackOf, type Synthesised } from './stack-of.ts';

function environmentOf(synthesised: Synthesised): Record<string, string> {
  const [handler] = propertiesOf<{ Environment: { Variables: Record<string, unknown> } }>(
    synthesised,
    'AWS::Lambda::Function',
  );
  return Object.fromEntries(
    Object.entries(handler?.Environment.Variables ?? {}).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : 'known-on-deployment',
    ]),
  );
}

interface AsyncConfig {
  readonly MaximumEventAgeInSeconds: number;
}

interface Lifecycles {
  readonly LifecycleConfiguration: {
    readonly Rules: readonly { readonly Prefix: string; readonly ExpirationInDays?: number }[];
  };
}

interface WrittenRules {
  readonly Rules: readonly {
    readonly Filter: { readonly Prefix: string };
    readonly Expiration?: object;
  }[];
}

interface WrittenAlarm {
  /** Absent where the alarm watches a sum of metrics. */
  readonly MetricName?: string;
  readonly TreatMissingData: string;
  readonly AlarmDescription: string;
}

describe('the function', () => {
  test('runs on Node 24 and ARM64, durable from the first day, without a name of its own', () => {
    const { template } = stackOf();
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: 900,
      MemorySize: 1024,
      DurableConfig: { ExecutionTimeout: 172_800, RetentionPeriodInDays: 14 },
      LoggingConfig: { LogFormat: 'JSON' },
      FunctionName: Match.absent(),
      ReservedConcurrentExecutions: Match.absent(),
      VpcConfig: Match.absent(),
    });
    template.resourceCountIs('AWS::Lambda::Function', 1);
  });

  test('has a dead-letter queue and no destination, as durable functions want it', () => {
    const synthesised = stackOf();
    synthesised.template.hasResourceProperties('AWS::Lambda::Function', {
      DeadLetterConfig: {
        TargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('FailureQueue'), 'Arn'] },
      },
    });
    const configs = propertiesOf<AsyncConfig>(synthesised, 'AWS::Lambda::EventInvokeConfig');
    expect(
      configs.map((config) => ({
        MaximumEventAgeInSeconds: config.MaximumEventAgeInSeconds,
        more: Object.keys(config).filter((key) => /Retry|Destination/.test(key)),
      })),
    ).toEqual([
      { MaximumEventAgeInSeconds: 3600, more: [] },
      { MaximumEventAgeInSeconds: 3600, more: [] },
    ]);
  });

  test('keeps its old versions, with which running executions go on', () => {
    stackOf().template.hasResource('AWS::Lambda::Version', { DeletionPolicy: 'Retain' });
  });

  test.each([
    ['DEBUG', 'DEBUG'],
    [undefined, 'INFO'],
    // Metrics are lines without a level, which Lambda takes for INFO: above it every alarm would go blind.
    ['ERROR', 'INFO'],
  ] as const)('with the log level %s lets lines through from %s on', (logLevel, least) => {
    const { template } = stackOf(() => (logLevel === undefined ? {} : { logLevel }));
    template.hasResourceProperties('AWS::Lambda::Function', {
      LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: least },
    });
  });

  test('is not armed unless that is said', () => {
    expect(environmentOf(stackOf())['APPLY']).toBe('false');
    expect(environmentOf(stackOf(() => ({ apply: true })))['APPLY']).toBe('true');
  });

  test('gets an environment that the engine accepts, with nothing set and with everything', () => {
    expect(readEnvironment(environmentOf(stackOf()))).toMatchObject({
      secretId: secretArn,
      policy: { kind: 'file', file: 'policy.yaml' },
      apply: false,
    });
    const policy = somePolicy();
    const ca = join(dirname(policy), 'ca.pem');
    writeFileSync(ca, 'pem');
    const topicArn = 'arn:aws:sns:eu-central-1:123456789012:harbor-retention';
    const full = stackOf((stack) => ({
      harborUrl: 'https://harbor.example',
      policy: RetentionPolicy.fromFile(policy),
      certificateAuthority: CertificateAuthority.fromFile(ca),
      apply: true,
      prefix: 'harbor/',
      maxConcurrency: 4,
      maxRequestsPerSecond: 50,
      maxArtifactsPerRepository: 200_000,
      ledgerRequests: 2_000,
      sliceDuration: Duration.minutes(5),
      maxSlices: 100,
      maxWait: Duration.hours(6),
      logLevel: 'DEBUG',
      notices: {
        topic: Topic.fromTopicArn(stack, 'Topic', topicArn),
        protectedProjects: ['prod-*'],
        weeklySummary: true,
      },
    }));
    expect(readEnvironment(environmentOf(full))).toEqual({
      secretId: secretArn,
      harborUrl: 'https://harbor.example',
      ca: { kind: 'file', file: 'ca.pem' },
      maxConcurrency: 4,
      maxRequestsPerSecond: 50,
      maxArtifactsPerRepository: 200_000,
      ledgerRequests: 2_000,
      memorySize: undefined,
      bucket: 'known-on-deployment',
      prefix: 'harbor/',
      lists: { bucket: 'known-on-deployment', prefix: 'harbor/lists/' },
      policy: { kind: 'file', file: 'policy.yaml' },
      apply: true,
      startWithinHours: 3,
      sliceSeconds: 300,
      maxSlices: 100,
      maxWaitHours: 6,
      notices: { topicArn, wishes: { protectedProjects: ['prod-*'], weeklySummary: true } },
      service: 'harbor-retention',
      logLevel: 'DEBUG',
    });
  });
});

describe('the schedule', () => {
  test('delivers twice within an hour, then leaves a message', () => {
    stackOf().template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(30 3 * * ? *)',
      ScheduleExpressionTimezone: 'Etc/UTC',
      State: 'ENABLED',
      Target: {
        RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 },
        DeadLetterConfig: Match.anyValue(),
        Input: JSON.stringify({
          scheduledTime: '<aws.scheduler.scheduled-time>',
          executionId: '<aws.scheduler.execution-id>',
          attemptNumber: '<aws.scheduler.attempt-number>',
        }),
      },
    });
  });

  test('takes a time zone for the nightly run, or another expression', () => {
    const berlin = stackOf(() => ({ timeZone: TimeZone.EUROPE_BERLIN, scheduleEnabled: false }));
    berlin.template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(30 3 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      State: 'DISABLED',
    });
    const weekly = stackOf(() => ({ schedule: ScheduleExpression.rate(Duration.days(7)) }));
    weekly.template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(7 days)',
    });
  });
});

describe('the bucket', () => {
  test('is private, versioned, encrypted, and stays when the stack goes', () => {
    const { template } = stackOf();
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: 'Enabled' },
        BucketName: Match.absent(),
      },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
          Match.objectLike({
            Effect: 'Deny',
            Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } },
          }),
        ]),
      },
    });
  });

  test('forgets what was removed of the state: neither old versions nor delete markers stay', () => {
    stackOf().template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({
            Prefix: 'state/',
            ExpiredObjectDeleteMarker: true,
            NoncurrentVersionExpiration: { NoncurrentDays: 30 },
          }),
        ]),
      },
    });
  });

  test('lets facts go after 30 days, and reports only when that is said', () => {
    const rules = (synthesised: Synthesised): Record<string, unknown> => {
      const [bucket] = propertiesOf<Lifecycles>(synthesised, 'AWS::S3::Bucket');
      const found = bucket?.LifecycleConfiguration.Rules ?? [];
      return Object.fromEntries(found.map((rule) => [rule.Prefix, rule.ExpirationInDays]));
    };
    expect(rules(stackOf())).toEqual({
      'reports/': undefined,
      'inventory/': 30,
      'state/runs/': 400,
      'state/': undefined,
      'athena/': 30,
    });
    expect(
      rules(stackOf(() => ({ prefix: 'harbor/', reportRetention: Duration.days(400) }))),
    ).toEqual({
      'harbor/reports/': 400,
      'harbor/inventory/': 30,
      'harbor/state/runs/': 400,
      'harbor/state/': undefined,
      'harbor/athena/': 30,
    });
  });
});

describe('an existing bucket', () => {
  test('is told the rules that it needs, ready to be put on it', () => {
    const { stack } = stackOf((own) => ({
      bucket: Bucket.fromBucketName(own, 'Existing', 'platform-reports'),
      prefix: 'harbor/',
    }));
    const [info] = Annotations.fromStack(stack).findInfo('*', Match.anyValue());
    const text = JSON.stringify(info?.entry.data).replaceAll('\\"', '"');
    const rules = (JSON.parse(/\{"Rules":.*\]\}/.exec(text)?.[0] ?? '{}') as WrittenRules).Rules;
    const told = rules.map(({ Filter, Expiration }) => [Filter.Prefix, Expiration]);
    expect(Object.fromEntries(told)).toEqual({
      'harbor/reports/': undefined,
      'harbor/inventory/': { Days: 30 },
      'harbor/state/runs/': { Days: 400 },
      'harbor/state/': { ExpiredObjectDeleteMarker: true },
      'harbor/athena/': { Days: 30 },
    });
  });
});

describe('the alarms', () => {
  test('watch what happened and what did not, and each says what to do', () => {
    const alarms = propertiesOf<WrittenAlarm>(stackOf(), 'AWS::CloudWatch::Alarm');
    expect(
      alarms
        .map(({ MetricName = 'sum', TreatMissingData }) => `${MetricName} ${TreatMissingData}`)
        .sort(),
    ).toEqual([
      'ApproximateNumberOfMessagesVisible notBreaching',
      'ApproximateNumberOfMessagesVisible notBreaching',
      'Deleted notBreaching',
      'Errors notBreaching',
      'RunFailed notBreaching',
      'RunFinished breaching',
      'RunRefused notBreaching',
      'sum notBreaching',
    ]);
    for (const { AlarmDescription } of alarms) {
      expect(AlarmDescription.length).toBeGreaterThan(80);
      expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
    }
  });

  test('the first invocation that dies is told of within five minutes, whatever version it was', () => {
    stackOf().template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Threshold: 1,
      Period: 300,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Dimensions: [{ Name: 'FunctionName', Value: Match.anyValue() }],
      AlarmDescription: Match.stringLikeRegexp('stop-durable-execution.*raise the memory'),
    });
  });

  test('an execution that timed out or was stopped is told of', () => {
    const watched = (name: string): Matcher =>
      Match.objectLike({
        MetricStat: Match.objectLike({
          Metric: Match.objectLike({ Namespace: 'AWS/Lambda', MetricName: name }),
          Stat: 'Sum',
        }),
      });
    stackOf().template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Threshold: 1,
      Metrics: Match.arrayWith([
        Match.objectLike({ Expression: 'FILL(timedOut, 0) + FILL(stopped, 0)' }),
        watched('DurableExecutionTimedOut'),
        watched('DurableExecutionStopped'),
      ]),
    });
  });

  test('a run is missing after as many hours as were said', () => {
    stackOf(() => ({ runExpectedWithin: Duration.hours(50) })).template.hasResourceProperties(
      'AWS::CloudWatch::Alarm',
      { MetricName: 'RunFinished', Period: 3600, EvaluationPeriods: 50, DatapointsToAlarm: 50 },
    );
  });

  test('tell the topic that was given', () => {
    const { template } = stackOf((stack) => ({
      alarmActions: [new SnsAction(new Topic(stack, 'Topic'))],
    }));
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [Match.anyValue()] });
  });
});

test('two of them stand in one stack', () => {
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Two');
  const secret = Secret.fromSecretCompleteArn(stack, 'Secret', secretArn);
  for (const id of ['North', 'South'])
    new HarborRetention(stack, id, { secret, policy: RetentionPolicy.fromFile(somePolicy()) });
  Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 2);
});

// A new logical id replaces the resource: its log, its executions, its place in other people's grants.
const frozen = {
  RetentionReportsBucket73886E96: 'AWS::S3::Bucket',
  RetentionRunFunctionA5F71787: 'AWS::Lambda::Function',
  RetentionRunFunctionAliaslive301729C9: 'AWS::Lambda::Alias',
  RetentionRunLogGroupB3F6C35E: 'AWS::Logs::LogGroup',
  RetentionRunRole4FB40159: 'AWS::IAM::Role',
  RetentionSchedule7652EA8B: 'AWS::Scheduler::Schedule',
  RetentionFailureQueueBACAFB5C: 'AWS::SQS::Queue',
  RetentionDeadLetterQueue23CBC72B: 'AWS::SQS::Queue',
};

test('what holds something, or is named by others, keeps its logical id', () => {
  const { Resources } = stackOf().template.toJSON() as {
    Resources: Record<string, { Type: string }>;
  };
  const types = Object.fromEntries(Object.entries(Resources).map(([id, { Type }]) => [id, Type]));
  expect(types).toMatchObject(frozen);
});
