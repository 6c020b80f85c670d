import {
  Aws,
  CfnCondition,
  CfnOutput,
  CfnParameter,
  type CfnParameterProps,
  DefaultStackSynthesizer,
  Fn,
  Stack,
  TimeZone,
  Token,
} from 'aws-cdk-lib';
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction, CfnVersion } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { folders, variables } from '../functions/contract.ts';
import { acknowledge, type Acknowledgement } from './acknowledgements.ts';
import { HarborRetention } from './harbor-retention.ts';
import { RetentionPolicy } from './retention-policy.ts';

/** What whoever deploys the template gives, in the order in which it is asked for. */
const parameters = {
  CodeBucket: {
    description: 'The bucket into which you have copied the zip file that belongs to this template',
    allowedPattern: '[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]',
    constraintDescription: 'must be the name of a bucket, without s3://',
  },
  SecretArn: {
    description:
      'ARN of the secret with the credential of the robot, with the six characters at its end',
    allowedPattern:
      'arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}',
    maxLength: 256,
    constraintDescription: 'must be a whole ARN, with the six characters at its end',
  },
  HarborUrl: {
    description: 'Address of Harbor, such as https://harbor.example; empty: the url of the secret',
    default: '',
    allowedPattern: String.raw`|https?://[^\s/@]+(/[^\s@]*)?`,
    maxLength: 200,
    constraintDescription: 'must be a URL without a credential, or empty',
  },
  PolicyBucket: {
    description: 'Bucket of the policy',
    allowedPattern: '[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]',
    constraintDescription: 'must be the name of a bucket, without s3://',
  },
  PolicyKey: {
    description: 'Key of the policy in that bucket; every run reads it again',
    default: 'harbor-retention/policy.yaml',
    // IAM reads * and ? as wildcards, and $ as the beginning of a variable.
    allowedPattern: '[^*?$]+',
    maxLength: 200,
    constraintDescription: 'must be the key of one object, without * ? $',
  },
  Apply: {
    description: 'true: runs may delete. false: every run is dry',
    default: 'false',
    allowedValues: ['true', 'false'],
  },
  Schedule: {
    description: 'When a run starts; stay away from 02:00 to 03:00, which some nights do not have',
    default: 'cron(30 3 * * ? *)',
    allowedPattern: String.raw`cron\((\S+ ){5}\S+\)|rate\([0-9]+ (minutes?|hours?|days?)\)`,
    constraintDescription: 'must be cron(30 3 * * ? *) or rate(1 day)',
  },
  ScheduleTimeZone: {
    description: 'Time zone of the schedule, such as Europe/Berlin',
    default: 'UTC',
    allowedPattern: '[A-Za-z][A-Za-z0-9_/+-]*',
  },
  TopicArn: {
    description: 'ARN of an SNS topic that alarms are sent to; empty: alarms are only red',
    default: '',
    allowedPattern: '|arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+',
    constraintDescription: 'must be the ARN of a standard topic, or empty',
  },
} as const satisfies Readonly<Record<string, CfnParameterProps>>;

/** What CDK's own check of templates warns of. */
const templateFindings: readonly Acknowledgement[] = [
  {
    id: 'CloudFormation-Validate::W1030',
    reason: 'An empty TopicArn is left out by a condition, which the check does not follow.',
  },
  {
    id: 'CloudFormation-Validate::W2001',
    reason: 'bin/write-template.ts writes CodeBucket into the function.',
  },
  {
    id: 'CloudFormation-Validate::W2509',
    reason: 'SecretArn is where a secret is, not what it says.',
  },
];

type GivenParameters = Readonly<Record<keyof typeof parameters, CfnParameter>>;

/**
 * The stack for people without CDK: everything has its default, and what differs between two deployments is a
 * parameter.
 */
export class HarborRetentionTemplate extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      description: 'harbor-retention: keeps a Harbor registry from filling up',
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
    });
    const given = Object.fromEntries(
      Object.entries(parameters).map(([name, props]: [string, CfnParameterProps]) => [
        name,
        new CfnParameter(this, name, props),
      ]),
    ) as GivenParameters;
    const text = (name: keyof GivenParameters): string => given[name].valueAsString;
    const alarmActionArn = this.unlessEmpty('HasTopic', text('TopicArn'));
    const retention = new HarborRetention(this, 'Retention', {
      secret: Secret.fromSecretCompleteArn(this, 'Credential', text('SecretArn')),
      policy: RetentionPolicy.fromBucket(
        Bucket.fromBucketName(this, 'Policies', text('PolicyBucket')),
        text('PolicyKey'),
      ),
      schedule: ScheduleExpression.expression(
        text('Schedule'),
        TimeZone.of(text('ScheduleTimeZone')),
      ),
      alarmActions: [{ bind: () => ({ alarmActionArn }) }],
    });
    acknowledge(this, templateFindings);
    this.configure(retention, given);
    this.renewVersions(retention, given);
    this.outputs(retention);
  }

  /** The value of a parameter, or nothing at all where it is empty. */
  private unlessEmpty(condition: string, value: string): string {
    const isGiven = new CfnCondition(this, condition, {
      expression: Fn.conditionNot(Fn.conditionEquals(value, '')),
    });
    return Token.asString(Fn.conditionIf(isGiven.logicalId, value, Aws.NO_VALUE));
  }

  /** Variables that the construct knows as values only. */
  private configure({ handler }: HarborRetention, { Apply, HarborUrl }: GivenParameters): void {
    const resource = handler.lambda.node.defaultChild as CfnFunction;
    const set = (name: string, value: string): void =>
      resource.addPropertyOverride(`Environment.Variables.${name}`, value);
    set(variables.apply, Apply.valueAsString);
    set(variables.harborUrl, this.unlessEmpty('HasHarborUrl', HarborUrl.valueAsString));
  }

  /**
   * A version of a function never changes, and CloudFormation makes another one only if one of its properties does. So
   * a changed parameter would not reach the alias, and `Apply: false` would not disarm. The description of a managed
   * policy can't change either: the policy is replaced, its name is another one, and so is the version's description.
   */
  private renewVersions({ handler, bucket }: HarborRetention, given: GivenParameters): void {
    const { Apply, HarborUrl, SecretArn, PolicyBucket, PolicyKey } = given;
    const told = [Apply, HarborUrl, SecretArn, PolicyBucket, PolicyKey];
    const keepsReports = new ManagedPolicy(this, 'KeepReports', {
      description: `Denies harbor-retention to delete its reports; made for ${told.map((one) => one.valueAsString).join(' ')}`,
      statements: [
        new PolicyStatement({
          sid: 'KeepReports',
          effect: Effect.DENY,
          actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
          resources: [bucket.arnForObjects(`${folders.reports}*`)],
        }),
      ],
    });
    handler.lambda.role?.addManagedPolicy(keepsReports);
    const version = handler.version.node.defaultChild as CfnVersion;
    version.description = keepsReports.managedPolicyArn;
  }

  private outputs({ bucket, handler }: HarborRetention): void {
    new CfnOutput(this, 'ReportBucket', {
      value: bucket.bucketName,
      description: 'Reports, state and inventories; the newest page is reports/latest.html',
    });
    new CfnOutput(this, 'FunctionAlias', {
      value: handler.functionArn,
      description: 'What to invoke, asynchronously, for a run by hand',
    });
  }
}
