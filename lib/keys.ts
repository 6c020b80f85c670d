import { Aws, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IConstruct } from 'constructs';

/** Keys of your own for what the construct makes; docs/security.md says what their key policies must allow. */
export interface RetentionKeys {
  /** Encrypts the log. @default - a key of CloudWatch's own */
  readonly logs?: IKey;
  /** Encrypts the two queues. @default - a key of SQS's own */
  readonly queues?: IKey;
  /** Encrypts the variables of the function, among which is no secret. @default - a key of Lambda's own */
  readonly environment?: IKey;
  /** Encrypts events, step results and answers of durable executions. @default - a key of Lambda's own */
  readonly executions?: IKey;
}

type Action = 'kms:Decrypt' | 'kms:GenerateDataKey';

export const reading: readonly Action[] = ['kms:Decrypt'];
export const readingAndWriting: readonly Action[] = ['kms:Decrypt', 'kms:GenerateDataKey'];

/** What a role needs of keys, and only where this service asks for it; nothing for no key. */
export function throughService(
  keys: readonly (IKey | undefined)[],
  {
    sid,
    service,
    actions,
  }: { readonly sid?: string; readonly service: string; readonly actions: readonly Action[] },
): PolicyStatement[] {
  const given = keys.filter((key) => key !== undefined);
  const regions = new Set(given.map((key) => key.env.region));
  return [...regions].map((region) => {
    const own = given.filter((key) => key.env.region === region);
    return new PolicyStatement({
      ...(sid !== undefined && { sid }),
      actions: [...actions],
      resources: [...new Set(own.map(({ keyArn }) => keyArn))],
      conditions: { StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` } },
    });
  });
}

/** Lets CloudWatch use a key for log groups of this account; a key of another stack has its policy there. */
export function allowLogs(key: IKey, scope: IConstruct): void {
  const { region, account, partition } = Stack.of(scope);
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'EncryptLogs',
      principals: [new ServicePrincipal(`logs.${region}.${Aws.URL_SUFFIX}`)],
      actions: [
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:ReEncrypt*',
        'kms:GenerateDataKey*',
        'kms:Describe*',
      ],
      resources: ['*'],
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:*`,
        },
      },
    }),
  );
}

/** Lets Lambda use a key for durable executions of this account's functions; the function's name is not known yet. */
export function allowExecutions(key: IKey, scope: IConstruct): void {
  const { region, account, partition } = Stack.of(scope);
  const functions = `arn:${partition}:lambda:${region}:${account}:function:*`;
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'EncryptExecutions',
      principals: [new ServicePrincipal('lambda.amazonaws.com')],
      actions: [...readingAndWriting],
      resources: ['*'],
      conditions: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: {
          'aws:SourceArn': functions,
          'kms:EncryptionContext:aws:lambda:FunctionArn': functions,
        },
      },
    }),
  );
}
