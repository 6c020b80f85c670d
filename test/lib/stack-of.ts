import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { HarborRetention, RetentionPolicy, type HarborRetentionProps } from '../../lib/index.ts';

export const secretArn =
  'arn:aws:secretsmanager:eu-central-1:123456789012:secret:harbor/robot-AbCdEf';

/** A policy file that exists; the construct does not read it. */
export function somePolicy(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'policy-')), 'policy.yaml');
  writeFileSync(path, 'version: 1\nrules: []\n');
  return path;
}

export interface Synthesised {
  readonly stack: Stack;
  readonly construct: HarborRetention;
  readonly template: Template;
}

/** The properties of all resources of a type, in the order of their logical ids. */
export const propertiesOf = <T>({ template }: Synthesised, type: string): readonly T[] =>
  Object.values(template.findResources(type)).map((resource) => resource['Properties'] as T);

type Make = (stack: Stack) => Partial<HarborRetentionProps>;

/** A stack with one construct; without bundling, which takes seconds and is tested on its own. */
export function stackOf(make: Make = () => ({})): Synthesised {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'Test', {
    env: { account: '123456789012', region: 'eu-central-1' },
  });
  const construct = new HarborRetention(stack, 'Retention', {
    secret: Secret.fromSecretCompleteArn(stack, 'Secret', secretArn),
    policy: RetentionPolicy.fromFile(somePolicy()),
    ...make(stack),
  });
  return { stack, construct, template: Template.fromStack(stack) };
}
