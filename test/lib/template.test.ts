// The template for people without CDK. What cfn-lint says of it: test/package/template.spec.ts, by CI.
import { beforeAll, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { variables } from '../../functions/contract.ts';
import { HarborRetentionTemplate } from '../../lib/harbor-retention-template.ts';

let template: Template;
beforeAll(() => {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  template = Template.fromStack(new HarborRetentionTemplate(app, 'HarborRetention'));
});

interface Resource {
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** The only resource of a type. */
function only(type: string): readonly [string, Resource['Properties']] {
  const [[id, resource] = ['none', undefined], ...more] = Object.entries(
    template.findResources(type),
  );
  expect(more).toEqual([]);
  return [id, (resource as unknown as Resource).Properties];
}

const namedIn = (value: unknown): readonly string[] =>
  [...JSON.stringify(value).matchAll(/"Ref":"(\w+)"/g)].map(([, name = '']) => name);

test('what two deployments differ in is a parameter, and dry is what one gets', () => {
  const parameters = template.findParameters('*');
  expect(Object.keys(parameters)).toEqual([
    'CodeBucket',
    'SecretArn',
    'HarborUrl',
    'PolicyBucket',
    'PolicyKey',
    'Apply',
    'Schedule',
    'ScheduleTimeZone',
    'TopicArn',
  ]);
  expect(parameters['Apply']).toMatchObject({ Default: 'false', AllowedValues: ['true', 'false'] });
});

test('each parameter arrives where it is meant to', () => {
  const [, run] = only('AWS::Lambda::Function');
  const { Variables } = run['Environment'] as { Variables: Record<string, unknown> };
  expect(Variables).toMatchObject({
    [variables.apply]: { Ref: 'Apply' },
    [variables.secretId]: { Ref: 'SecretArn' },
    [variables.policyBucket]: { Ref: 'PolicyBucket' },
    [variables.policyKey]: { Ref: 'PolicyKey' },
    [variables.harborUrl]: {
      'Fn::If': ['HasHarborUrl', { Ref: 'HarborUrl' }, { Ref: 'AWS::NoValue' }],
    },
  });
  expect(only('AWS::Scheduler::Schedule')[1]).toMatchObject({
    ScheduleExpression: { Ref: 'Schedule' },
    ScheduleExpressionTimezone: { Ref: 'ScheduleTimeZone' },
  });
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')) as Resource[];
  expect(alarms.length).toBeGreaterThan(5);
  for (const { Properties } of alarms)
    expect(Properties['AlarmActions']).toEqual([
      { 'Fn::If': ['HasTopic', { Ref: 'TopicArn' }, { Ref: 'AWS::NoValue' }] },
    ]);
});

test('a parameter that the function reads makes a new version when it changes, and no other does', () => {
  const [policy, { Description: told }] = only('AWS::IAM::ManagedPolicy');
  const [, run] = only('AWS::Lambda::Function');
  const parameters = Object.keys(template.findParameters('*'));
  const read = namedIn(run['Environment']).filter((name) => parameters.includes(name));
  expect(read.toSorted()).toEqual(['Apply', 'HarborUrl', 'PolicyBucket', 'PolicyKey', 'SecretArn']);
  expect(namedIn(told).toSorted()).toEqual(read.toSorted());
  // Neither description can be changed: another one is another resource.
  expect(only('AWS::Lambda::Version')[1]['Description']).toEqual({ Ref: policy });
});

test.each([
  ['SecretArn', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:*-AbCdEf'],
  ['SecretArn', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:${aws:x}-AbCdEf'],
  ['PolicyKey', '*'],
  ['PolicyKey', 'a/?.yaml'],
  ['PolicyBucket', '*'],
  ['Apply', 'True'],
])('%s can’t widen what the function may do, or arm by a slip: %s', (name, value) => {
  const { AllowedPattern: pattern, AllowedValues: values } =
    (
      template.findParameters(name) as Readonly<
        Record<
          string,
          { readonly AllowedPattern?: string; readonly AllowedValues?: readonly string[] }
        >
      >
    )[name] ?? {};
  // CloudFormation holds a pattern against the whole value.
  const isAllowed = values?.includes(value) ?? new RegExp(`^(?:${pattern ?? '.*'})$`).test(value);
  expect(isAllowed).toBe(false);
});

test('what a description may hold is never exceeded', () => {
  const parameters = template.findParameters('*') as Readonly<
    Record<string, { readonly MaxLength?: number; readonly AllowedPattern?: string }>
  >;
  const [, { Description: told }] = only('AWS::IAM::ManagedPolicy');
  const [, parts] = (told as { 'Fn::Join': [string, readonly unknown[]] })['Fn::Join'];
  const longest = (part: unknown): number => {
    if (typeof part === 'string') return part.length;
    const { Ref } = part as { Ref: string };
    // Buckets have at most 63 characters by their pattern, and Apply five.
    return parameters[Ref]?.MaxLength ?? 63;
  };
  let length = 0;
  for (const part of parts) length += longest(part);
  expect(length).toBeLessThanOrEqual(1_000);
});

test('nobody deletes a report, not even by another grant', () => {
  const [, { PolicyDocument: document }] = only('AWS::IAM::ManagedPolicy');
  expect(document).toMatchObject({
    Statement: [{ Effect: 'Deny', Action: ['s3:DeleteObject', 's3:DeleteObjectVersion'] }],
  });
  const roles = Object.values(template.findResources('AWS::IAM::Role')) as Resource[];
  const [policy] = only('AWS::IAM::ManagedPolicy');
  expect(roles.map(({ Properties }) => Properties['ManagedPolicyArns'] ?? [])).toContainEqual([
    { Ref: policy },
  ]);
});

test('nothing of CDK is needed to deploy it', () => {
  expect(JSON.stringify(template.toJSON())).not.toContain('BootstrapVersion');
  expect(Object.keys(template.toJSON() as object)).not.toContain('Rules');
});
