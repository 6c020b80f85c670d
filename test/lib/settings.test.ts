import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { App } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { parse } from 'yaml';
import * as z from 'zod';
import { loadSettings } from '../../bin/load-settings.ts';
import { HarborRetentionStack } from '../../lib/harbor-retention-stack.ts';
import { settingsSchema } from '../../lib/settings.ts';

const root = join(import.meta.dirname, '..', '..');
const secretArn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:harbor/robot-AbCdEf';
const goodPolicy = `version: 1
rules:
  - name: all
    select: { projects: ['**'], tags: ['**'] }
    keep: { pushedWithin: 60d }
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
  writeFileSync(join(folder, 'policy.yaml'), goodPolicy);
});

function load(text: string) {
  const path = join(folder, 'settings.yaml');
  writeFileSync(path, text);
  return loadSettings(path);
}

function reportOf(text: string): string {
  const loaded = load(text);
  return loaded.ok ? 'accepted' : loaded.report.replaceAll(`${folder}/`, '');
}

function templateOf(text: string): Template {
  const loaded = load(text);
  if (!loaded.ok) throw new Error(loaded.report);
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new HarborRetentionStack(app, 'Test', loaded);
  expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
  return Template.fromStack(stack);
}

const least = `secretArn: ${secretArn}\npolicy: policy.yaml\n`;

test('two lines are enough, and nothing is armed', () => {
  const loaded = load(least);
  expect(loaded).toMatchObject({
    ok: true,
    settings: {
      stackName: 'HarborRetention',
      secretArn,
      policy: 'policy.yaml',
      apply: false,
      schedule: { expression: 'cron(30 3 * * ? *)', timeZone: 'UTC', enabled: true },
      function: { memoryMiB: 1024, maxConcurrency: 8, sliceMinutes: 12 },
      alarms: { runExpectedWithinHours: 26, expectedDeletions: 500 },
    },
  });
});

test('the example is accepted as it stands, and with everything in it uncommented', () => {
  const text = readFileSync(join(root, 'examples', 'settings.yaml'), 'utf8');
  copyFileSync(join(root, 'examples', 'policy.yaml'), join(folder, 'policy.yaml'));
  writeFileSync(join(folder, 'ca.pem'), 'pem');
  expect(reportOf(text)).toBe('accepted');
  // A commented line is a setting if it looks like one; of two ways to say a thing, the first.
  const all = text
    .replaceAll(/^# ((?: {2})*[A-Za-z]+:(?: .*)?)$/gm, '$1')
    .replace(/^policy: \{.*$/m, '')
    .replace(/^ {2}keepForDays: .*$/m, '')
    .replace(/^certificateAuthority:\n {2}secretArn.*$/m, '');
  expect(reportOf(all)).toBe('accepted');
  const keys = Object.keys(parse(all) as object).sort();
  expect(keys).toEqual(Object.keys(settingsSchema.shape).sort());
});

test('every mistake is shown at once: place, value, what is allowed, what was likely meant', () => {
  const report = reportOf(
    [
      'secretArn: harbor/robot',
      'policy: polcy.yaml',
      'aply: true',
      'harborUrl: https://robot:hunter2@harbor.example',
      'schedule:',
      '  expression: 30 3 * * *',
      '  timeZone: Europe/Berlln',
      'function:',
      '  memoryMiB: 64',
      '  logLevel: info',
      '  logRetentionDays: 42',
      'alarms: { topicArn: platform }',
      '',
    ].join('\n'),
  );
  for (const part of [
    'settings.yaml:1:12: error: secretArn "harbor/robot"',
    'with the six characters at its end',
    'settings.yaml:3:1: error: aply',
    'did you mean apply?',
    'settings.yaml:4:12: error: harborUrl',
    'settings.yaml:6:15: error: schedule.expression "30 3 * * *"',
    'cron(30 3 * * ? *) or rate(1 day)',
    'settings.yaml:7:13: error: schedule.timeZone "Europe/Berlln"',
    'settings.yaml:9:14: error: function.memoryMiB 64',
    'settings.yaml:10:13: error: function.logLevel "info"',
    'did you mean INFO?',
    'settings.yaml:11:21: error: function.logRetentionDays 42',
    'settings.yaml:12:21: error: alarms.topicArn "platform"',
  ])
    expect(report).toContain(part);
  expect(report).not.toContain('hunter2');
});

test.each([
  ['policy: nope.yaml', 'policy names a file that is not there'],
  ['policy: policy.yaml\ncertificateAuthority: { file: ca.pem }', 'certificateAuthority.file'],
  ['policy: { bucket: s3://b, key: k }', 'the name of a bucket, without s3://'],
  ['policy: { bucket: policies }', 'policy.key'],
  ['', 'policy is missing'],
  ['policy: policy.yaml\napply: yes', 'apply "yes"'],
  ['policy: policy.yaml\napply: "true"', 'apply "true"'],
  ['policy: policy.yaml\napply: true\napply: true', 'is written twice'],
  ['policy: policy.yaml\nfunction: { reservedConcurrency: 5 }', 'function.reservedConcurrency 5'],
  ['policy: [', 'is not YAML'],
])('a file with %j is refused', (line, problem) => {
  expect(reportOf(`secretArn: ${secretArn}\n${line}\n`)).toContain(problem);
});

test('a policy with a mistake is refused with the place in the policy', () => {
  writeFileSync(join(folder, 'policy.yaml'), goodPolicy.replace('pushedWithin', 'pushedWthin'));
  const report = reportOf(least);
  expect(report).toContain('policy.yaml:5:13: error: rules[0].keep.pushedWthin');
  expect(report).toContain('did you mean pushedWithin?');
});

test('a settings file that is not there is said in one line', () => {
  expect(loadSettings(join(folder, 'none.yaml'))).toEqual({
    ok: false,
    report: `There is no settings file ${join(folder, 'none.yaml')}.`,
  });
});

test('lists that the policy names come along: files into the bundle, objects into the grants', () => {
  mkdirSync(join(folder, 'lists'));
  writeFileSync(join(folder, 'lists', 'digests.txt'), '');
  writeFileSync(
    join(folder, 'policy.yaml'),
    `${goodPolicy}protect:\n  digests: { file: lists/digests.txt }\n  inUse:\n    - { source: list, s3: { bucket: lists, key: in-use.txt } }\n`,
  );
  expect(load(least)).toMatchObject({
    lists: {
      files: [{ from: join(folder, 'lists', 'digests.txt'), to: 'lists/digests.txt' }],
      objects: [{ bucket: 'lists', key: 'in-use.txt' }],
    },
  });
});

test('a folder of collected lists is granted; one on a disk is refused', () => {
  const inUse = (source: string): void =>
    writeFileSync(
      join(folder, 'policy.yaml'),
      `${goodPolicy}protect:\n  inUse:\n    - { source: collected, must: [eu]${source} }\n`,
    );
  inUse('');
  expect(load(least)).toMatchObject({ ok: true, lists: { files: [], objects: [], folders: [] } });
  inUse(', s3: { bucket: clusters, prefix: lists }');
  expect(load(least)).toMatchObject({
    lists: { objects: [], folders: [{ bucket: 'clusters', prefix: 'lists' }] },
  });
  inUse(', folder: lists');
  expect(reportOf(least)).toMatch(/policy\.yaml:8:\d+: error: protect\.inUse\[0\]\.folder/);
});

test('a list that is not there is named with its place in the policy', () => {
  writeFileSync(
    join(folder, 'policy.yaml'),
    `${goodPolicy}protect:\n  digests: { file: lists/digests.txt }\n  inUse:\n    - { source: list, file: in-use.txt }\n    - { source: list, file: ../outside.txt }\n`,
  );
  writeFileSync(join(folder, '..', 'outside.txt'), '');
  const report = reportOf(least);
  expect(report).toContain('policy.yaml:7:20: error: protect.digests.file');
  expect(report).toContain('policy.yaml:9:29: error: protect.inUse[0].file');
  expect(report).toContain('policy.yaml:10:29: error: protect.inUse[1].file');
});

test('everything that can be set reaches the template', () => {
  writeFileSync(join(folder, 'ca.pem'), 'pem');
  const template = templateOf(`${least}
harborUrl: https://harbor.example
secretKeyArn: arn:aws:kms:eu-central-1:123456789012:key/11111111-1111-4111-8111-111111111111
apply: true
schedule: { expression: rate(1 day), timeZone: Europe/Berlin, enabled: false }
reports: { prefix: harbor/, keepForDays: 400 }
certificateAuthority: { file: ca.pem }
network:
  vpcId: vpc-0123456789abcdef0
  availabilityZones: [eu-central-1a]
  subnetIds: [subnet-0123456789abcdef0]
  securityGroupIds: [sg-0123456789abcdef0]
function: { memoryMiB: 2048, maxConcurrency: 4, maxRequestsPerSecond: 50, maxArtifactsPerRepository: 200000, ledgerRequests: 0, reservedConcurrency: 1, sliceMinutes: 10, maxSlices: 7, maxWaitHours: 5, logLevel: WARN, logRetentionDays: 30 }
alarms: { topicArn: "arn:aws:sns:eu-central-1:123456789012:alarms", runExpectedWithinHours: 50, expectedDeletions: 9 }
`);
  template.hasResourceProperties('AWS::Lambda::Function', {
    MemorySize: 2048,
    ReservedConcurrentExecutions: 1,
    VpcConfig: {
      SubnetIds: ['subnet-0123456789abcdef0'],
      SecurityGroupIds: ['sg-0123456789abcdef0'],
    },
    Environment: {
      Variables: {
        HARBOR_URL: 'https://harbor.example',
        HARBOR_CA_FILE: 'ca.pem',
        HARBOR_MAX_CONCURRENCY: '4',
        HARBOR_MAX_REQUESTS_PER_SECOND: '50',
        MAX_ARTIFACTS_PER_REPOSITORY: '200000',
        LEDGER_REQUESTS: '0',
        REPORT_PREFIX: 'harbor/',
        APPLY: 'true',
        SLICE_SECONDS: '600',
        MAX_SLICES: '7',
        MAX_WAIT_HOURS: '5',
        LOG_LEVEL: 'WARN',
      },
    },
  });
  template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(1 day)',
    ScheduleExpressionTimezone: 'Europe/Berlin',
    State: 'DISABLED',
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'RunFinished',
    EvaluationPeriods: 50,
    AlarmActions: ['arn:aws:sns:eu-central-1:123456789012:alarms'],
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'Deleted', Threshold: 9 });
});

test('the published schema is that of the code, and accepts the example', () => {
  const schema = JSON.parse(
    readFileSync(join(root, 'schemas', 'settings.schema.json'), 'utf8'),
  ) as object;
  expect(schema).toEqual(z.toJSONSchema(settingsSchema, { io: 'input' }));
  const validate = new Ajv2020({ strict: false }).compile(schema);
  const example = parse(readFileSync(join(root, 'examples', 'settings.yaml'), 'utf8')) as unknown;
  expect(validate(example)).toBe(true);
  expect(validate({ ...(example as object), aply: true })).toBe(false);
});

test('a deployment tells where its reports are, and what to invoke', () => {
  const template = templateOf(least);
  template.hasOutput('ReportBucket', { Value: { Ref: Match.stringLikeRegexp('ReportsBucket') } });
  template.hasOutput('FunctionAlias', { Value: { Ref: Match.stringLikeRegexp('Aliaslive') } });
});

const fine = `secretArn: ${secretArn}\npolicy: policy.yaml\n`;

test.each(['Asia/Kolkata', 'Asia/Calcutta', 'Europe/Kyiv', 'Europe/Kiev', 'UTC', 'Etc/UTC'])(
  'the time zone %s is one, by its present or its former name',
  (timeZone) => {
    expect(load(`${fine}schedule: { timeZone: ${timeZone} }\n`).ok).toBe(true);
  },
);

test.each(['Europe/Berlln', 'CEST+2', '+02:00', ''])('%j is no time zone', (timeZone) => {
  expect(reportOf(`${fine}schedule: { timeZone: '${timeZone}' }\n`)).toContain(
    'is not a time zone',
  );
});

test.each<[number, boolean]>([
  [13, false],
  [14, true],
  [15, true],
])('reports kept for %d days beside a trash kept for 14: %s', (days, isFine) => {
  const report = reportOf(`${fine}reports: { keepForDays: ${days} }\n`);
  if (isFine) expect(report).toBe('accepted');
  else {
    expect(report).toContain('settings.yaml:3:25: error: reports.keepForDays 13 is shorter than');
    expect(report).toContain('14 or more');
  }
});

test('without a trash reports may be kept for a day', () => {
  writeFileSync(join(folder, 'policy.yaml'), `${goodPolicy}trash: off\n`);
  expect(reportOf(`${fine}reports: { keepForDays: 1 }\n`)).toBe('accepted');
});

test.each(['https://:hunter2@harbor.example', 'https://u:hun/ter2@h', 'https://u:hunter2@x@h'])(
  'the password of %s is not shown',
  (url) => {
    const report = reportOf(`${fine}harborUrl: '${url}'\n`);
    expect(report).toContain('error: harborUrl');
    expect(report).not.toContain('ter2');
  },
);

test('keys of policy, lists, authority and of what the stack makes reach the template', () => {
  const numbers = ['lists', 'authority', 'shared', 'policy'];
  const keyOf = (name: string): string =>
    `arn:aws:kms:eu-central-1:123456789012:key/${numbers.indexOf(name)}1111111-1111-4111-8111-111111111111`;
  writeFileSync(
    join(folder, 'policy.yaml'),
    `${goodPolicy}protect:\n  digests: { s3: { bucket: lists, key: digests.txt } }\n`,
  );
  const template = templateOf(`${least}
listKeys: { lists: '${keyOf('lists')}' }
certificateAuthority:
  secretArn: arn:aws:secretsmanager:eu-central-1:123456789012:secret:harbor/ca-AbCdEf
  keyArn: ${keyOf('authority')}
keys: { logs: '${keyOf('shared')}', queues: '${keyOf('shared')}', environment: '${keyOf('shared')}', executions: '${keyOf('shared')}' }
`);
  const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'));
  for (const name of ['lists', 'authority', 'shared']) expect(policies).toContain(keyOf(name));
  template.hasResourceProperties('AWS::Lambda::Function', {
    DurableConfig: { KMSKeyArn: keyOf('shared') },
  });
  const inS3 = templateOf(
    `secretArn: ${secretArn}\npolicy: { bucket: policies, key: p.yaml, keyArn: '${keyOf('policy')}' }\n`,
  );
  expect(JSON.stringify(inS3.findResources('AWS::IAM::Policy'))).toContain(keyOf('policy'));
});

test('a key for a bucket in which no list lies is a mistake', () => {
  expect(
    reportOf(
      `${least}listKeys: { lists: 'arn:aws:kms:eu-central-1:123456789012:key/11111111-1111-4111-8111-111111111111' }\n`,
    ),
  ).toContain('settings.yaml:3:20: error: listKeys.lists is the key of a bucket in which no list');
});

test('what lies in another region than the secret is named with its place', () => {
  const report = reportOf(
    `${least}secretKeyArn: arn:aws:kms:us-east-1:123456789012:key/11111111-1111-4111-8111-111111111111\nalarms: { topicArn: 'arn:aws:sns:us-east-1:123456789012:x' }\n`,
  );
  expect(report).toContain('settings.yaml:3:15: error: secretKeyArn');
  expect(report).toContain('settings.yaml:4:21: error: alarms.topicArn');
  expect(report).toContain('is in the region us-east-1, but secretArn is in eu-central-1');
});

test.each([
  ["reports: { prefix: 'harbor*/' }", 'has none of * ? $'],
  [
    "certificateAuthority: { secretArn: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:*-AbCdEf' }",
    'certificateAuthority.secretArn',
  ],
  ['reports: { bucket: mine, keepForDays: 30 }', 'reports.keepForDays 30 has no effect on an'],
  [
    'network: { vpcId: vpc-01234567, availabilityZones: [a, b], subnetIds: [subnet-01234567], securityGroupIds: [sg-01234567] }',
    'one subnet for each of availabilityZones',
  ],
])('%s is refused', (line, problem) => {
  expect(reportOf(`${least}${line}\n`)).toContain(problem);
});
