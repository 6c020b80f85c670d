import { Annotations, Duration, RemovalPolicy, Token } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  ApplicationLogLevel,
  Architecture,
  type CfnFunction,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  type IFunction,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { alias, defaults, nodeOptions, variables } from '../functions/contract.ts';
import { acknowledge, acknowledgeWildcards, functionFindings } from './acknowledgements.ts';
import { bundledCode } from './bundling.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import { allowExecutions, allowLogs, type RetentionKeys } from './keys.ts';
import { runStatements } from './permissions.ts';
import type { ReportBucket } from './report-bucket.ts';
import type { RetentionPolicy } from './retention-policy.ts';

export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

export interface RetentionNotices {
  /** Where messages go: e-mail, chat and pagers subscribe to it. */
  readonly topic: ITopic;
  /** Of a topic that is encrypted with a key of yours. */
  readonly encryptionKey?: IKey;
  /** doublestar patterns of projects in which the first condemned artifact is told of. @default - none */
  readonly protectedProjects?: readonly string[];
  /** One summary a week. @default false */
  readonly weeklySummary?: boolean;
}

export interface RetentionFunctionProps {
  /** The robot's credential: JSON `{ "url"?, "username", "password" }`. */
  readonly secret: ISecret;
  readonly policy: RetentionPolicy;
  readonly reports: ReportBucket;
  /** Takes the event of every execution that failed, was stopped or timed out, and events that grew too old. */
  readonly failureQueue: IQueue;
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
  /** A repository with more artifacts is left alone, and the report says so. @default - what fits into memorySize */
  readonly maxArtifactsPerRepository?: number;
  /** Requests that a run may spend on what images are made of, so that the report can say exactly what is freed; 0: none. @default 500 */
  readonly ledgerRequests?: number;
  /** A proxy through which Harbor is reached; AWS is not. @default - none */
  readonly proxy?: HarborProxy;
  /** MiB. @default 1024 */
  readonly memorySize?: number;
  /** Needs 100 unreserved left in the account. @default - none; the lease keeps runs apart */
  readonly reservedConcurrentExecutions?: number;
  /** Length of one slice of a run, up to 14 minutes. @default - 12 minutes */
  readonly sliceDuration?: Duration;
  /** A run ends unfinished after so many slices, up to 1,000. @default 60 */
  readonly maxSlices?: number;
  /**
   * How long a run waits for Harbor in all, in whole hours: to come out of read-only, and to end a garbage collection.
   * Waiting costs nothing. @default - 3 hours
   */
  readonly maxWait?: Duration;
  /** @default - three months */
  readonly logRetention?: RetentionDays;
  /** DEBUG tells of every request to Harbor. @default INFO */
  readonly logLevel?: LogLevel;
  /** Keys of your own for log, queues, variables and executions. @default - keys of AWS's own */
  readonly keys?: RetentionKeys;
  /** Who is told of runs that need somebody. @default - nobody */
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

/** MiB. */
const defaultMemory = 1024;

/** Longest life of an execution: all slices, with the starts between them, and all waits; two days at least. */
function executionTimeout(props: RetentionFunctionProps): Duration {
  const slice = (props.sliceDuration?.toSeconds() ?? defaults.sliceSeconds) + 120;
  const wait = props.maxWait?.toHours() ?? defaults.maxWaitHours;
  const seconds = (props.maxSlices ?? defaults.maxSlices) * slice + wait * 3_600;
  return Duration.seconds(Math.max(seconds, Duration.days(2).toSeconds()));
}

const OBJECTS_AND_INTERFACES =
  'Objects below three folders of one bucket, whose names are made of times; in a network also actions on interfaces, which know no resource.';
const ALL_VERSIONS = 'Executions of every version of this one function, as AWS documents it.';

const bundledFiles = ({ policy, certificateAuthority: ca }: RetentionFunctionProps) =>
  [policy.file, ...policy.listFiles, ca?.file].filter((file) => file !== undefined);

const jsonOf = (list: readonly string[] | undefined): string | undefined =>
  list === undefined || list.length === 0 ? undefined : JSON.stringify(list);

function environmentOf(props: RetentionFunctionProps): Record<string, string> {
  const { policy, certificateAuthority: ca, reports } = props;
  const memory = props.memorySize ?? defaultMemory;
  const values: readonly (readonly [string, string | undefined])[] = [
    [variables.secretId, props.secret.secretArn],
    [variables.harborUrl, props.harborUrl],
    [variables.caFile, ca?.file?.to],
    [variables.caSecretId, ca?.secret?.secretArn],
    [variables.httpsProxy, props.proxy?.url],
    [variables.noProxy, props.proxy?.except?.join(',')],
    [variables.maxConcurrency, props.maxConcurrency?.toString()],
    [variables.maxRequestsPerSecond, props.maxRequestsPerSecond?.toString()],
    [variables.maxArtifactsPerRepository, props.maxArtifactsPerRepository?.toString()],
    [variables.ledgerRequests, String(props.ledgerRequests ?? defaults.ledgerRequests)],
    [variables.bucket, reports.bucket.bucketName],
    [variables.prefix, reports.prefix === '' ? undefined : reports.prefix],
    [variables.policyFile, policy.file?.to],
    [variables.policyBucket, policy.object?.bucket.bucketName],
    [variables.policyKey, policy.object?.key],
    [variables.apply, String(props.apply ?? false)],
    [variables.sliceSeconds, props.sliceDuration?.toSeconds().toString()],
    [variables.maxSlices, props.maxSlices?.toString()],
    [variables.maxWaitHours, props.maxWait?.toHours().toString()],
    [variables.noticeTopic, props.notices?.topic.topicArn],
    [variables.protectedProjects, jsonOf(props.notices?.protectedProjects)],
    [variables.weeklySummary, props.notices?.weeklySummary?.toString()],
    [variables.logLevel, props.logLevel],
    ['NODE_OPTIONS', Token.isUnresolved(memory) ? undefined : nodeOptions(memory)],
  ];
  return Object.fromEntries(
    values.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

// Left out rather than undefined: some of these mean something else then.
const optional = ({ vpc, vpcSubnets, securityGroups, ...props }: RetentionFunctionProps) => ({
  ...(props.keys?.environment && { environmentEncryption: props.keys.environment }),
  ...(vpc && { vpc }),
  ...(vpcSubnets && { vpcSubnets }),
  ...(securityGroups && { securityGroups }),
  ...(props.reservedConcurrentExecutions !== undefined && {
    reservedConcurrentExecutions: props.reservedConcurrentExecutions,
  }),
});

/** The Lambda that runs the engine: one at a time, one slice after the other, for as long as it takes. */
export class RetentionFunction extends Construct {
  readonly handler: IFunction;
  /** What is invoked: a durable function runs only by a qualified ARN. */
  readonly alias: Alias;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: RetentionFunctionProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'LogGroup', {
      retention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      ...(props.keys?.logs && { encryptionKey: props.keys.logs }),
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    const statements = runStatements(props, this.logGroup);
    for (const statement of statements) role.addToPrincipalPolicy(statement);
    // Async settings belong to a qualifier (stack.md §6): said for the function and for its alias. A durable function
    // knows neither destinations nor a number of retries: it has a dead-letter queue, and is bounded by store/deaths.ts.
    const async = { maxEventAge: Duration.hours(1) };
    const handler = new LambdaFunction(this, 'Function', {
      description: 'Keeps a Harbor registry from filling up',
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: bundledCode(bundledFiles(props)),
      timeout: Duration.minutes(15),
      // Cannot be added later without replacing the function (stack.md §7).
      durableConfig: {
        executionTimeout: executionTimeout(props),
        retentionPeriod: Duration.days(14),
      },
      memorySize: props.memorySize ?? defaultMemory,
      environment: environmentOf(props),
      role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      // Never above INFO: lines without a level count as INFO, and metrics are such lines. The engine filters by itself.
      applicationLogLevelV2:
        props.logLevel === 'DEBUG' ? ApplicationLogLevel.DEBUG : ApplicationLogLevel.INFO,
      // An execution goes on with the version that it began with.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      deadLetterQueue: props.failureQueue,
      ...async,
      ...optional(props),
    });
    acknowledge(handler, functionFindings);
    this.useKeys(props.keys ?? {}, handler);
    Annotations.of(handler).acknowledgeInfo(
      'aws-lambda:Function.DurableConfig',
      'It is durable from its first deployment, and it has no name of its own.',
    );
    acknowledgeWildcards(role, statements, OBJECTS_AND_INTERFACES);
    this.handler = handler;
    this.alias = handler.addAlias(alias, async);
    this.alias.node.addDependency(this.grantCheckpoints(role));
  }

  private useKeys({ logs, executions }: RetentionKeys, handler: LambdaFunction): void {
    if (logs !== undefined) allowLogs(logs, this);
    if (executions === undefined) return;
    allowExecutions(executions, this);
    // DurableConfig of the library does not know it yet.
    const resource = handler.node.defaultChild as CfnFunction;
    resource.addPropertyOverride('DurableConfig.KMSKeyArn', executions.keyArn);
  }

  // A policy of its own: it names the function, which depends on the role's first one.
  private grantCheckpoints(role: Role): Policy {
    const statement = new PolicyStatement({
      sid: 'CheckpointExecutions',
      actions: ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'],
      resources: [`${this.handler.functionArn}:*`],
    });
    const policy = new Policy(this, 'CheckpointPolicy', { roles: [role], statements: [statement] });
    acknowledgeWildcards(policy, [statement], ALL_VERSIONS);
    return policy;
  }
}
