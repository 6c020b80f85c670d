import { Stack, Validations } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** A finding of a rule pack that stays, with the reason why. */
export interface Acknowledgement {
  readonly id: string;
  readonly reason: string;
}

/** Findings of cdk-nag's packs that hold for what these constructs are for. */
export const reportBucketFindings: readonly Acknowledgement[] = [
  {
    id: 'AwsSolutions-S1',
    reason:
      'Access logs want a second bucket; who needs them passes a bucket of their own. Versions and CloudTrail data events show what happened to an object.',
  },
];

export const queueFindings: readonly Acknowledgement[] = [
  {
    id: 'AwsSolutions-SQS3',
    reason: 'It is itself the last stop: an alarm rings at its first message, and people read it.',
  },
  {
    id: 'Serverless-SQSRedrivePolicy',
    reason: 'Nothing consumes it, so there is nothing to redrive.',
  },
];

export const functionFindings: readonly Acknowledgement[] = [
  {
    id: 'Serverless-LambdaAsyncFailureDestination',
    reason: 'Durable functions do not support destinations; it has a dead-letter queue instead.',
  },
  {
    id: 'Serverless-LambdaTracing',
    reason: 'One function that calls Harbor: its own report counts and times the requests.',
  },
];

/** The function that lists workloads is no durable one. */
export const workloadsFindings: readonly Acknowledgement[] = [
  {
    id: 'Serverless-LambdaAsyncFailureDestination',
    reason:
      'What it could not do it does at its next start; an alarm rings when its lists grow old.',
  },
  {
    id: 'Serverless-LambdaDLQ',
    reason: 'The event says nothing, so that nothing is lost with it; the alarm is the same.',
  },
  {
    id: 'Serverless-LambdaTracing',
    reason: 'It asks one API after the other, and its log says what each list came to.',
  },
];

/** Writes findings down where they are met, so that packs run green over any app that uses us. */
export function acknowledge(scope: IConstruct, findings: readonly Acknowledgement[]): void {
  for (const finding of findings) Validations.of(scope).acknowledge(finding);
}

interface Intrinsic {
  readonly Ref?: string;
  readonly 'Fn::GetAtt'?: readonly [string, string];
  readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
}

/** A resource as cdk-nag writes it: `<LogicalId.Arn>/reports/*`. */
function flat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Intrinsic;
  if (Ref !== undefined) return `<${Ref}>`;
  if (attribute !== undefined) return `<${attribute.join('.')}>`;
  return join === undefined ? JSON.stringify(value) : join[1].map(flat).join(join[0]);
}

/** Every wildcard of these statements stays, for this reason; test/lib/permissions.test.ts names each. */
export function acknowledgeWildcards(
  scope: IConstruct,
  statements: readonly PolicyStatement[],
  reason: string,
): void {
  const stack = Stack.of(scope);
  const resources = statements.flatMap(({ resources: all }) => all);
  const wild = new Set(
    resources.map((one) => flat(stack.resolve(one))).filter((one) => one.includes('*')),
  );
  for (const resource of wild)
    Validations.of(scope).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason });
}
