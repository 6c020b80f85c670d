import { expect, test, describe } from '@jest/globals';
import { App, Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  CertificateAuthority,
  HarborRetention,
  type HarborRetentionProps,
  RetentionPolicy,
} from '../../lib/index.ts';
import { secretArn, stackOf, type Synthesised } from './stack-of.ts';

describe('wrong props', () => {
  const messageOf = (make: () => unknown): string => {
    try {
      make();
      return 'accepted';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

  // As a program without types may have them.
  const untyped = { aply: true, maxWait: 3 } as unknown as object;

  test('are all named at once, with value and bounds', () => {
    const message = messageOf(() =>
      stackOf((stack) => ({
        ...untyped,
        harborUrl: 'harbor.example',
        prefix: '/harbor',
        maxConcurrency: 9,
        memorySize: 128,
        reservedConcurrentExecutions: 2,
        maxSlices: 0,
        sliceDuration: Duration.minutes(15),
        runExpectedWithin: Duration.minutes(90),
        expectedDeletions: -1,
        logLevel: 'info' as 'INFO',
        logRetention: 42 as RetentionDays,
        schedule: ScheduleExpression.expression('30 3 * * *'),
        timeZone: TimeZone.of('Europe/Berlln'),
        proxy: { url: 'https://u:hunter2@proxy.example' },
        bucket: Bucket.fromBucketName(stack, 'Existing', 'platform-reports'),
        reportRetention: Duration.days(30),
        vpcSubnets: {},
        secret: Secret.fromSecretNameV2(stack, 'Partial', 'harbor/robot'),
        notices: {
          topic: Topic.fromTopicArn(stack, 'T', 'arn:aws:sns:us-east-1:123456789012:a.fifo'),
        },
      })),
    );
    expect(message.split('\n')).toEqual([
      'Test/Retention has 22 problems with its props:',
      '  aply is no prop; did you mean apply?',
      '  maxConcurrency is 9; allowed: a whole number from 1 to 8',
      '  memorySize is 128; allowed: a whole number from 256 to 10240',
      '  reservedConcurrentExecutions is 2; allowed: a whole number from 1 to 1',
      '  maxSlices is 0; allowed: a whole number from 1 to 1000',
      '  maxWait is 3; a Duration is expected, allowed: a whole number from 0 to 24 h',
      '  sliceDuration is 900 s; allowed: a whole number from 10 to 840 s',
      '  runExpectedWithin is 1.5 h; allowed: a whole number from 2 to 168 h',
      '  expectedDeletions is -1; allowed: a whole number from 0 to 1000000000',
      '  secret is named without the six characters at the end of its ARN, so that the grant would need a wildcard; use Secret.fromSecretCompleteArn',
      '  harborUrl is harbor.example; allowed: a URL such as https://harbor.example, without credential',
      '  proxy.url holds a credential; put it into the secret',
      '  prefix is /harbor; allowed: a text that ends in a slash, does not begin with one, and has none of * ? $',
      '  logLevel is info; allowed: DEBUG, INFO, WARN or ERROR',
      '  schedule is 30 3 * * *; allowed: cron(30 3 * * ? *) or rate(1 day)',
      '  timeZone is Europe/Berlln; allowed: a name such as Europe/Berlin or UTC',
      '  timeZone has no effect beside schedule; give it to the expression: ScheduleExpression.cron({ …, timeZone })',
      '  logRetention is 42; allowed: a value of RetentionDays',
      '  reportRetention has no effect on an existing bucket; put it into the lifecycle of the bucket, as docs/deploying.md says',
      '  vpcSubnets has no effect without vpc',
      '  notices.topic is a FIFO topic; notices can be sent to a standard topic only',
      '  notices.topic is in us-east-1; the stack is in eu-central-1',
    ]);
  });

  test('of another region are refused, each by its name', () => {
    const elsewhere = (id: string): string =>
      `arn:aws:kms:us-east-1:123456789012:key/${id}1111111-1111-4111-8111-111111111111`;
    const message = messageOf(() =>
      stackOf((stack) => ({
        secret: Secret.fromSecretCompleteArn(
          stack,
          'S',
          secretArn.replace('eu-central', 'eu-west'),
        ),
        encryptionKey: Key.fromKeyArn(stack, 'A', elsewhere('a')),
        keys: { logs: Key.fromKeyArn(stack, 'B', elsewhere('b')) },
      })),
    );
    for (const line of [
      'secret is in eu-west-1; the stack is in eu-central-1',
      'encryptionKey is in us-east-1',
      'keys.logs is in us-east-1',
    ])
      expect(message).toContain(line);
  });

  test('that are left out by a program without types are missing, in words', () => {
    const nothing = {} as HarborRetentionProps;
    const message = messageOf(() => new HarborRetention(new Stack(new App(), 'S'), 'R', nothing));
    expect(message).toBe(
      'S/R has 2 problems with its props:\n  secret is missing\n  policy is missing',
    );
  });

  test('a credential in the URL is refused without being shown', () => {
    const wrong = (): Synthesised =>
      stackOf(() => ({ harborUrl: 'https://robot:hunter2@harbor.example' }));
    expect(wrong).toThrow('harborUrl holds a credential');
    expect(wrong).not.toThrow('hunter2');
  });

  test('a policy or an authority that is not there is named by its path', () => {
    expect(() => RetentionPolicy.fromFile('/nope/policy.yaml')).toThrow(
      'policy: there is no file /nope/policy.yaml; correct the path',
    );
    expect(() => CertificateAuthority.fromFile('/nope/ca.pem')).toThrow('/nope/ca.pem');
  });
});
