import { CfnOutput, Duration, Stack, TimeZone, type StackProps } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { CertificateAuthority } from './certificate-authority.ts';
import { HarborRetention, type HarborRetentionProps } from './harbor-retention.ts';
import { RetentionPolicy, type PolicyLists } from './retention-policy.ts';
import type { Settings } from './settings.ts';

export interface HarborRetentionStackProps extends StackProps {
  readonly settings: Settings;
  /** Paths in the settings are seen from here: absolute path → absolute path, relative → from the file. */
  readonly resolvePath: (path: string) => string;
  /** What the policy names; whoever checked the policy knows. */
  readonly lists?: PolicyLists;
}

/** Everything that harbor-retention needs on AWS, from a settings file; looks nothing up. */
export class HarborRetentionStack extends Stack {
  readonly retention: HarborRetention;

  constructor(scope: Construct, id: string, props: HarborRetentionStackProps) {
    super(scope, id, {
      description: 'harbor-retention: keeps a Harbor registry from filling up',
      ...props,
    });
    const { settings } = props;
    const { schedule, reports, alarms } = settings;
    const timeZone = TimeZone.of(schedule.timeZone);
    this.retention = new HarborRetention(this, 'Retention', {
      secret: this.secret(settings),
      policy: this.policy(props),
      apply: settings.apply,
      schedule: ScheduleExpression.expression(schedule.expression, timeZone),
      scheduleEnabled: schedule.enabled,
      runExpectedWithin: Duration.hours(alarms.runExpectedWithinHours),
      expectedDeletions: alarms.expectedDeletions,
      ...this.functionProps(settings),
      ...this.network(settings),
      ...this.authority(props),
      ...(settings.harborUrl && { harborUrl: settings.harborUrl }),
      ...(settings.proxy && { proxy: settings.proxy }),
      ...(reports.bucket && { bucket: Bucket.fromBucketName(this, 'Bucket', reports.bucket) }),
      reportTables: reports.tables,
      showDashboard: settings.dashboard,
      ...this.notices(settings),
      ...(reports.prefix && { prefix: reports.prefix }),
      ...(reports.keyArn && { encryptionKey: Key.fromKeyArn(this, 'BucketKey', reports.keyArn) }),
      ...(reports.keepForDays && { reportRetention: Duration.days(reports.keepForDays) }),
      ...(alarms.topicArn && {
        alarmActions: [new SnsAction(Topic.fromTopicArn(this, 'AlarmTopic', alarms.topicArn))],
      }),
    });
    this.outputs();
  }

  /** What people need to know of a deployment: where its reports are, and what to invoke. */
  private outputs(): void {
    const { bucket, handler } = this.retention;
    new CfnOutput(this, 'ReportBucket', {
      value: bucket.bucketName,
      description: 'Reports, state and inventories; the newest page is reports/latest.html',
    });
    new CfnOutput(this, 'FunctionAlias', {
      value: handler.functionArn,
      description: 'What to invoke, asynchronously, for a run by hand',
    });
  }

  private notices({ notices }: Settings): Partial<HarborRetentionProps> {
    if (notices === undefined) return {};
    const { topicArn, keyArn, ...wishes } = notices;
    const topic = Topic.fromTopicArn(this, 'NoticeTopic', topicArn);
    const encryptionKey =
      keyArn === undefined ? {} : { encryptionKey: Key.fromKeyArn(this, 'NoticeKey', keyArn) };
    return { notices: { topic, ...encryptionKey, ...wishes } };
  }

  private secret({ secretArn, secretKeyArn }: Settings): HarborRetentionProps['secret'] {
    return Secret.fromSecretAttributes(this, 'Credential', {
      secretCompleteArn: secretArn,
      ...(secretKeyArn && { encryptionKey: Key.fromKeyArn(this, 'SecretKey', secretKeyArn) }),
    });
  }

  private policy({ settings, resolvePath, lists }: HarborRetentionStackProps): RetentionPolicy {
    const { policy } = settings;
    if (typeof policy === 'string') return RetentionPolicy.fromFile(resolvePath(policy), lists);
    const bucket = Bucket.fromBucketName(this, 'PolicyBucket', policy.bucket);
    return RetentionPolicy.fromBucket(bucket, policy.key, lists);
  }

  private authority(props: HarborRetentionStackProps): Partial<HarborRetentionProps> {
    const { certificateAuthority: given } = props.settings;
    if (given === undefined) return {};
    const certificateAuthority =
      'file' in given
        ? CertificateAuthority.fromFile(props.resolvePath(given.file))
        : CertificateAuthority.fromSecret(
            Secret.fromSecretCompleteArn(this, 'Authority', given.secretArn),
          );
    return { certificateAuthority };
  }

  private functionProps({ function: given }: Settings): Partial<HarborRetentionProps> {
    return {
      memorySize: given.memoryMiB,
      maxConcurrency: given.maxConcurrency,
      ...(given.maxRequestsPerSecond && { maxRequestsPerSecond: given.maxRequestsPerSecond }),
      ...(given.maxArtifactsPerRepository && {
        maxArtifactsPerRepository: given.maxArtifactsPerRepository,
      }),
      ledgerRequests: given.ledgerRequests,
      sliceDuration: Duration.minutes(given.sliceMinutes),
      maxSlices: given.maxSlices,
      maxWait: Duration.hours(given.maxWaitHours),
      logLevel: given.logLevel,
      logRetention: given.logRetentionDays,
      ...(given.reservedConcurrency && { reservedConcurrentExecutions: given.reservedConcurrency }),
    };
  }

  // fromVpcAttributes and never fromLookup: synthesis needs no account.
  private network({ network }: Settings): Partial<HarborRetentionProps> {
    if (network === undefined) return {};
    const { vpcId, availabilityZones, subnetIds, securityGroupIds } = network;
    return {
      vpc: Vpc.fromVpcAttributes(this, 'Vpc', {
        vpcId,
        availabilityZones,
        privateSubnetIds: subnetIds,
      }),
      securityGroups: securityGroupIds.map((groupId) =>
        SecurityGroup.fromSecurityGroupId(this, `Group${groupId}`, groupId, { mutable: false }),
      ),
    };
  }
}
