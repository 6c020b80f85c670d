import { Annotations, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectOwnership,
  type IBucket,
  type LifecycleRule,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { folders, workloadsContract } from '../functions/contract.ts';
import { acknowledge, reportBucketFindings } from './acknowledgements.ts';
import { readingAndWriting, throughService } from './keys.ts';

export interface ReportBucketProps {
  /** An existing bucket; it should be versioned and private. @default - a new one */
  readonly bucket?: IBucket;
  /** In front of every key. @default - none */
  readonly prefix?: string;
  /** @default - a key of S3's own */
  readonly encryptionKey?: IKey;
  /** How long reports are kept. @default - for ever */
  readonly reportRetention?: Duration;
  /** How long facts and plans of a run are kept. @default - 30 days */
  readonly inventoryRetention?: Duration;
}

const OLD_VERSIONS = Duration.days(30);
const RUNS = Duration.days(400);

function lifecycles(props: ReportBucketProps): LifecycleRule[] {
  const prefix = props.prefix ?? '';
  const upkeep = {
    abortIncompleteMultipartUploadAfter: Duration.days(7),
    noncurrentVersionExpiration: OLD_VERSIONS,
  };
  return [
    {
      id: 'reports',
      prefix: prefix + folders.reports,
      ...upkeep,
      ...(props.reportRetention && { expiration: props.reportRetention }),
    },
    {
      id: 'inventory',
      prefix: prefix + folders.inventory,
      ...upkeep,
      expiration: props.inventoryRetention ?? Duration.days(30),
    },
    // Nothing older is continued, and nothing older lies in the trash of an ordinary policy.
    {
      id: 'runs',
      prefix: `${prefix}${folders.state}runs/`,
      expiration: RUNS,
    },
    // Lease, cursor and history are overwritten and stay; only what they replaced goes, and the mark of what was
    // removed.
    {
      id: 'state',
      prefix: prefix + folders.state,
      ...upkeep,
      expiredObjectDeleteMarker: true,
    },
    // Written again every hour; what they replaced is of no use.
    {
      id: 'workloads',
      prefix: prefix + workloadsContract.folder,
      ...upkeep,
    },
    {
      id: 'queries',
      prefix: prefix + folders.queries,
      ...upkeep,
      expiration: Duration.days(30),
    },
  ];
}

/** These rules for a bucket that exists already, as `aws s3api put-bucket-lifecycle-configuration` takes them. */
function asConfiguration(rules: readonly LifecycleRule[]): string {
  const days = (duration: Duration | undefined): number | undefined => duration?.toDays();
  return JSON.stringify({
    Rules: rules.map((rule) => ({
      ID: `harbor-retention-${rule.id}`,
      Status: 'Enabled',
      Filter: { Prefix: rule.prefix },
      ...(rule.expiration && { Expiration: { Days: days(rule.expiration) } }),
      ...(rule.expiredObjectDeleteMarker === true && {
        Expiration: { ExpiredObjectDeleteMarker: true },
      }),
      ...(rule.noncurrentVersionExpiration && {
        NoncurrentVersionExpiration: { NoncurrentDays: days(rule.noncurrentVersionExpiration) },
      }),
      ...(rule.abortIncompleteMultipartUploadAfter && {
        AbortIncompleteMultipartUpload: {
          DaysAfterInitiation: days(rule.abortIncompleteMultipartUploadAfter),
        },
      }),
    })),
  });
}

/** Reports, inventory and state of the runs. Nobody, the function included, is granted to delete a report. */
export class ReportBucket extends Construct {
  readonly bucket: IBucket;
  readonly prefix: string;
  readonly encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: ReportBucketProps = {}) {
    super(scope, id);
    this.prefix = props.prefix ?? '';
    this.bucket = props.bucket ?? this.create(props);
    if (props.bucket !== undefined)
      Annotations.of(this).addInfoV2(
        'harbor-retention:lifecycle-of-existing-bucket',
        `The bucket ${props.bucket.bucketName} is yours, so its lifecycle is, too. Without these rules facts, old versions and delete markers stay for ever: ${asConfiguration(lifecycles(props))}`,
      );
    this.encryptionKey = props.encryptionKey ?? this.bucket.encryptionKey;
  }

  private create(props: ReportBucketProps): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: lifecycles(props),
      ...(props.encryptionKey
        ? {
            encryption: BucketEncryption.KMS,
            encryptionKey: props.encryptionKey,
            bucketKeyEnabled: true,
          }
        : { encryption: BucketEncryption.S3_MANAGED }),
    });
    acknowledge(bucket, reportBucketFindings);
    return bucket;
  }

  private inFolder(folder: string): string {
    return this.bucket.arnForObjects(`${this.prefix}${folder}*`);
  }

  /** What a run needs, written out: the grants of the bucket would allow deleting reports too. */
  runStatements(): PolicyStatement[] {
    const { reports, inventory, state, lists } = folders;
    return [
      new PolicyStatement({
        sid: 'ReadAndWriteRuns',
        actions: ['s3:GetObject', 's3:PutObject'],
        resources: [reports, inventory, state].map((folder) => this.inFolder(folder)),
      }),
      new PolicyStatement({
        sid: 'RemoveState',
        actions: ['s3:DeleteObject'],
        resources: [this.inFolder(state)],
      }),
      new PolicyStatement({
        sid: 'ListRuns',
        actions: ['s3:ListBucket'],
        resources: [this.bucket.bucketArn],
        // "IfExists": a GET has no prefix, and without this grant S3 calls a missing key forbidden.
        ...(this.prefix !== '' && {
          conditions: { StringLikeIfExists: { 's3:prefix': `${this.prefix}*` } },
        }),
      }),
      new PolicyStatement({
        sid: 'ReadLists',
        actions: ['s3:GetObject'],
        resources: [this.inFolder(lists)],
      }),
      ...throughService([this.encryptionKey], {
        sid: 'UseKeyOfBucket',
        service: 's3',
        actions: readingAndWriting,
      }),
    ];
  }
}
