import type { Duration } from 'aws-cdk-lib';
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';

/** An account whose ECS and Batch are listed (docs/workloads.md). */
export interface EcsWorkloads {
  /** Name of the list: letters, digits, `.`, `_` and `-`. */
  readonly scope: string;
  /** @default - the region of the stack */
  readonly regions?: readonly string[];
  /** A role of another account, which trusts this function's role. @default - this account */
  readonly roleArn?: string;
  /** What that role asks for. @default - nothing */
  readonly externalId?: string;
  /** Newest revisions of a task definition that are held for rolling back. @default 2 */
  readonly revisions?: number;
  /** Leaves out families of task definitions that nothing was seen to use. @default false */
  readonly onlyUsedFamilies?: boolean;
}

/** A custom resource that starts pods (docs/workloads.md#custom-resources). */
export interface CustomResource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** To specs of pods, containers or images in an object: `spec.template.spec`. */
  readonly paths: readonly string[];
  /** Only rolling back starts them. @default false */
  readonly onlyRollBack?: boolean;
}

/** A cluster of EKS. The role needs an access entry there (docs/workloads.md#eks). */
export interface EksWorkloads {
  /** Name of the list: letters, digits, `.`, `_` and `-`. */
  readonly scope: string;
  readonly clusterName: string;
  /** @default - the region of the stack */
  readonly region?: string;
  /** A role of another account, which trusts this function's role. @default - this account */
  readonly roleArn?: string;
  /** What that role asks for. @default - nothing */
  readonly externalId?: string;
  /** @default - the whole cluster */
  readonly namespaces?: readonly string[];
  /** @default - none */
  readonly customResources?: readonly CustomResource[];
}

/** What a function of its own lists, so that no run deletes what is in use. */
export interface WorkloadsProps {
  /** @default - none */
  readonly ecs?: readonly EcsWorkloads[];
  /** @default - none */
  readonly eks?: readonly EksWorkloads[];
  /** Hosts under which this Harbor is pulled from. @default - any */
  readonly registries?: readonly string[];
  /** When it starts; a run should find a list that is not old. @default - every hour */
  readonly schedule?: ScheduleExpression;
  /** An alarm goes off when no invocation has written every list whole for this long. @default - 6 hours */
  readonly expectedWithin?: Duration;
  /** MiB. @default 1024 */
  readonly memorySize?: number;
}
