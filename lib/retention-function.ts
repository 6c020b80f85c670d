import type { RetentionFunctionProps } from './retention-function-props.ts';
import { Annotations, Duration, RemovalPolicy, Token } from 'aws-cdk-lib';
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
import { Construct } from 'constructs';
import { alias, defaults, nodeOptions, variables } from '../functions/contract.ts';
import { acknowledge, acknowledgeWildcards, functionFindings } from './acknowledgements.ts';
import { bundledCode } from './bundling.ts';
import { allowExecutions, allowLogs, type RetentionKeys } from './keys.ts';
import { runStatements } from './permissions.ts';

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
    // Async settings belong to a qualifier (docs/design.md#asynchronous-settings): said for the function and for its
    // alias. A durable function knows neither destinations nor a number of retries: it has a dead-letter queue, and
    // is bounded by store/deaths.ts.
    const async = { maxEventAge: Duration.hours(1) };
    const handler = new LambdaFunction(this, 'Function', {
      description: 'Keeps a Harbor registry from filling up',
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: bundledCode(bundledFiles(props)),
      timeout: Duration.minutes(15),
      // Cannot be added later without replacing the function (docs/design.md#longer-than-15-minutes).
      durableConfig: {
        executionTimeout: executionTimeout(props),
        retentionPeriod: Duration.days(14),
      },
      memorySize: props.memorySize ?? defaultMemory,
      environment: environmentOf(props),
      role,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      // Never above INFO: lines without a level count as INFO, and metrics are such lines. The engine filters by
      // itself.
      applicationLogLevelV2:
        props.logLevel === 'DEBUG' ? ApplicationLogLevel.DEBUG : ApplicationLogLevel.INFO,
      // An execution continues with the version that it began with.
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
