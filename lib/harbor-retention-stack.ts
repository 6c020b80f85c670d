import type { HarborRetentionProps } from './harbor-retention-props.ts';
import { Annotations, CfnOutput, Duration, Stack, TimeZone, type StackProps } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { CertificateAuthority } from './certificate-authority.ts';
import { HarborRetention } from './harbor-retention.ts';
import type { BundledFile } from './bundled-file.ts';
import { RetentionPolicy, type PolicyLists } from './retention-policy.ts';
import { regionOf, type Settings } from './settings.ts';
import { workloadsOf } from './workloads-settings.ts';

/** Lists of a policy, as it names them. */
export interface NamedLists {
  readonly files?: readonly BundledFile[];
  readonly objects?: readonly { readonly bucket: string; readonly key: string }[];
  /** Of collected lists. */
  readonly folders?: readonly { readonly bucket: string; readonly prefix: string }[];
}

export interface HarborRetentionStackProps extends StackProps {
  readonly settings: Settings;
  /** Paths in the settings are seen from here: absolute path → absolute path, relative → from the file. */
  readonly resolvePath: (path: string) => string;
  /** What the policy names; whoever checked the policy knows. */
  readonly lists?: NamedLists;
}

/** Everything that harbor-retention needs on AWS, from a settings file; looks nothing up. */
export class HarborRetentionStack extends Stack {
  readonly retention: HarborRetention;

  constructor(scope: Construct, id: string, props: HarborRetentionStackProps) {
    const { settings } = props;
    super(scope, id, {
      description: 'harbor-retention: keeps a Harbor registry from filling up',
      ...props,
      // The secret says where: function, secret, keys and topics work together in one region only.
      env: { ...props.env, region: regionOf(settings.secretArn) },
    });
    const { schedule, reports, alarms } = settings;
    const timeZone = TimeZone.of(schedule.timeZone);
    this.retention = new HarborRetention(this, 'Retention', {
      secret: this.secret('Credential', settings.secretArn, settings.secretKeyArn),
      policy: this.policy(props),
      apply: settings.apply,
      schedule: ScheduleExpression.expression(schedule.expression, timeZone),
      scheduleEnabled: schedule.enabled,
      runExpectedWithin: Duration.hours(alarms.runExpectedWithinHours),
      expectedDeletions: alarms.expectedDeletions,
      ...this.functionProps(settings),
      ...this.network(settings),
      ...this.authority(props),
      ...this.keys(settings),
      ...(settings.harborUrl && { harborUrl: settings.harborUrl }),
      ...(settings.proxy && { proxy: settings.proxy }),
      ...(reports.bucket && { bucket: Bucket.fromBucketName(this, 'Bucket', reports.bucket) }),
      reportTables: reports.tables,
      showDashboard: settings.dashboard,
      ...this.notices(settings),
      ...workloadsOf(settings),
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
    const { bucket, handler, workloadsHandler } = this.retention;
    new CfnOutput(this, 'ReportBucket', {
      value: bucket.bucketName,
      description: 'Reports, state and inventories; the newest page is reports/latest.html',
    });
    new CfnOutput(this, 'FunctionAlias', {
      value: handler.functionArn,
      description: 'What to invoke, asynchronously, for a run by hand',
    });
    if (workloadsHandler?.role === undefined) return;
    new CfnOutput(this, 'WorkloadsRole', {
      value: workloadsHandler.role.roleArn,
      description:
        'Role that lists workloads: for access entries of EKS, and for roles of other accounts to trust',
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

  private secret(id: string, secretCompleteArn: string, keyArn: string | undefined): ISecret {
    const encryptionKey = this.key(`${id}Key`, keyArn);
    return Secret.fromSecretAttributes(this, id, {
      secretCompleteArn,
      ...(encryptionKey && { encryptionKey }),
    });
  }

  private policy({
    settings,
    resolvePath,
    lists = {},
  }: HarborRetentionStackProps): RetentionPolicy {
    const { policy } = settings;
    const given = this.lists(lists, settings);
    if (typeof policy === 'string') return RetentionPolicy.fromFile(resolvePath(policy), given);
    const bucket = this.bucketOf(
      'PolicyBucket',
      policy.bucket,
      this.key('PolicyKey', policy.keyArn),
    );
    return RetentionPolicy.fromBucket(bucket, policy.key, given);
  }

  private lists(
    { files = [], objects = [], folders = [] }: NamedLists,
    { listKeys }: Settings,
  ): PolicyLists {
    const names = [...new Set([...objects, ...folders].map(({ bucket }) => bucket))];
    const buckets = new Map(
      names.map((name) => {
        const key = this.key(`ListKey-${name}`, listKeys[name]);
        return [name, this.bucketOf(`ListBucket-${name}`, name, key)];
      }),
    );
    return {
      files,
      objects: objects.flatMap(({ bucket: name, key }) => {
        const bucket = buckets.get(name);
        return bucket === undefined ? [] : [{ bucket, key }];
      }),
      folders: folders.flatMap(({ bucket: name, prefix }) => {
        const bucket = buckets.get(name);
        return bucket === undefined ? [] : [{ bucket, prefix }];
      }),
    };
  }

  private bucketOf(id: string, bucketName: string, encryptionKey: IKey | undefined): IBucket {
    return Bucket.fromBucketAttributes(this, id, {
      bucketName,
      ...(encryptionKey && { encryptionKey }),
    });
  }

  private key(id: string, arn: string | undefined): IKey | undefined {
    return arn === undefined ? undefined : Key.fromKeyArn(this, id, arn);
  }

  /** A key that two of these share is one construct. */
  private keys({ keys }: Settings): Partial<HarborRetentionProps> {
    const given = Object.entries(keys).filter(([, arn]) => arn !== undefined);
    if (given.length === 0) return {};
    return {
      keys: Object.fromEntries(given.map(([name, arn]) => [name, this.key(`KeyOf-${name}`, arn)])),
    };
  }

  private authority(props: HarborRetentionStackProps): Partial<HarborRetentionProps> {
    const { certificateAuthority: given } = props.settings;
    if (given === undefined) return {};
    const certificateAuthority =
      'file' in given
        ? CertificateAuthority.fromFile(props.resolvePath(given.file))
        : CertificateAuthority.fromSecret(this.secret('Authority', given.secretArn, given.keyArn));
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
    const vpc = Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId,
      availabilityZones,
      privateSubnetIds: subnetIds,
    });
    Annotations.of(vpc).acknowledgeWarning(
      '@aws-cdk/aws-ec2:noSubnetRouteTableId',
      'Nothing here asks for a route table.',
    );
    return {
      vpc,
      securityGroups: securityGroupIds.map((groupId) =>
        SecurityGroup.fromSecurityGroupId(this, `Group${groupId}`, groupId, { mutable: false }),
      ),
    };
  }
}
