import type { Duration } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { CertificateAuthority } from './certificate-authority.ts';
import type { RetentionKeys } from './keys.ts';
import type { RetentionPolicy } from './retention-policy.ts';

export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

export interface RetentionNotices {
  /** Where messages go: e-mail, chat and pagers subscribe to it. */
  readonly topic: ITopic;
  /** The key of a topic that is encrypted with a key of yours. */
  readonly encryptionKey?: IKey;
  /** doublestar patterns of projects. The first condemned artifact in one of them causes a notice. @default - none */
  readonly protectedProjects?: readonly string[];
  /** One summary a week. @default false */
  readonly weeklySummary?: boolean;
}

/** What decides how a run works, and where it runs. The props of the construct include all of it. */
export interface RetentionRunProps {
  /** The robot's credential: JSON `{ "url"?, "username", "password" }`. */
  readonly secret: ISecret;
  readonly policy: RetentionPolicy;
  /** @default - the secret's `url` */
  readonly harborUrl?: string;
  /** Runs may delete, if their event does not say otherwise. @default false */
  readonly apply?: boolean;
  /** @default - only public authorities are trusted */
  readonly certificateAuthority?: CertificateAuthority;
  /** Requests to Harbor at the same time, 1 to 8. @default 8 */
  readonly maxConcurrency?: number;
  /** Requests to Harbor that begin within any second, 1 to 1000. @default - as many as Harbor answers */
  readonly maxRequestsPerSecond?: number;
  /**
   * A repository with more artifacts is left untouched, and the report says so. @default - what fits into memorySize
   */
  readonly maxArtifactsPerRepository?: number;
  /**
   * Requests that a run may spend on what images are made of, so that the report can say exactly what is freed; 0:
   * none. @default 500
   */
  readonly ledgerRequests?: number;
  /** A proxy through which Harbor is reached; AWS is not. @default - none */
  readonly proxy?: HarborProxy;
  /** MiB. @default 1024 */
  readonly memorySize?: number;
  /** Needs 100 unreserved left in the account. @default - none; the lease keeps runs apart */
  readonly reservedConcurrentExecutions?: number;
  /** Length of one slice of a run, up to 14 minutes. @default - 12 minutes */
  readonly sliceDuration?: Duration;
  /** A run ends unfinished after this many slices, up to 1,000. @default 60 */
  readonly maxSlices?: number;
  /**
   * How long a run waits for Harbor in all, in whole hours: to come out of read-only, and to end a garbage collection.
   * Waiting costs nothing. @default - 3 hours
   */
  readonly maxWait?: Duration;
  /** @default - three months */
  readonly logRetention?: RetentionDays;
  /** DEBUG logs every request to Harbor. @default INFO */
  readonly logLevel?: LogLevel;
  /** Keys of your own for log, queues, variables and executions. @default - keys of AWS's own */
  readonly keys?: RetentionKeys;
  /** Who gets a notice of runs that need somebody. @default - nobody */
  readonly notices?: RetentionNotices;
  /** @default - outside of any network of yours */
  readonly vpc?: IVpc;
  /** @default - private subnets */
  readonly vpcSubnets?: SubnetSelection;
  /** @default - a new one that lets everything out */
  readonly securityGroups?: ISecurityGroup[];
}

/** An HTTP proxy between the function and Harbor. */
export interface HarborProxy {
  /** `http://proxy.example:3128`. */
  readonly url: string;
  /** Hosts that are reached without it, as NO_PROXY has them. @default - none */
  readonly except?: readonly string[];
}
