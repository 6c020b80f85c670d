import type { HarborRetentionProps } from './harbor-retention-props.ts';
import { Stack, Token } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { nearest } from '../functions/config/suggest.ts';
import { isTimeZone, patterns } from './patterns.ts';
import { workloadsProblems } from './workloads-config.ts';
import { outOfBounds } from './prop-bounds.ts';

/** Every prop, so that a misspelt one is reported to a program without types. The compiler keeps the list complete. */
const known: Readonly<Record<keyof HarborRetentionProps, true>> = {
  secret: true,
  policy: true,
  harborUrl: true,
  apply: true,
  certificateAuthority: true,
  maxConcurrency: true,
  maxRequestsPerSecond: true,
  maxArtifactsPerRepository: true,
  ledgerRequests: true,
  proxy: true,
  memorySize: true,
  reservedConcurrentExecutions: true,
  sliceDuration: true,
  maxSlices: true,
  maxWait: true,
  logRetention: true,
  logLevel: true,
  keys: true,
  notices: true,
  vpc: true,
  vpcSubnets: true,
  securityGroups: true,
  schedule: true,
  timeZone: true,
  scheduleEnabled: true,
  bucket: true,
  prefix: true,
  encryptionKey: true,
  showDashboard: true,
  reportTables: true,
  reportRetention: true,
  alarmActions: true,
  workloads: true,
  runExpectedWithin: true,
  expectedDeletions: true,
};

type Props = HarborRetentionProps;
/** Problems of some props, each a sentence that begins with the name of the prop. */
type Check = (props: Props, scope: Construct) => readonly string[];

/** Whatever stands before an @ may be a password. */
const withoutCredential = (url: string): string => url.replace(/^.*@/s, '***@');

interface Form {
  readonly pattern: RegExp;
  readonly allowed: string;
}

/** A text of a certain form; what is known on deployment only is not looked at. */
function formed(name: string, text: string | undefined, { pattern, allowed }: Form): string[] {
  if (text === undefined || Token.isUnresolved(text) || pattern.test(text)) return [];
  return [`${name} is ${withoutCredential(String(text))}; allowed: ${allowed}`];
}

const hasCredential = (url: string): boolean => {
  if (!URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
};

function url(name: string, text: string | undefined, form: Form): string[] {
  if (text === undefined || Token.isUnresolved(text)) return [];
  if (hasCredential(text)) return [`${name} holds a credential; put it into the secret`];
  return formed(name, text, form);
}

const missing: Check = (props) =>
  (['secret', 'policy'] as const).flatMap((name) =>
    props[name] === undefined ? [`${name} is missing`] : [],
  );

const unknown: Check = (props) =>
  Object.keys(props)
    .filter((name) => !(name in known))
    .map((name) => {
      const meant = nearest(name, Object.keys(known));
      return `${name} is no prop${meant === undefined ? '' : `; did you mean ${meant}?`}`;
    });

const secret: Check = ({ secret: given }) =>
  given === undefined || given.secretFullArn !== undefined
    ? []
    : [
        'secret is named without the six characters at the end of its ARN, so that the grant would need a wildcard; use Secret.fromSecretCompleteArn',
      ];

const texts: Check = (props) => [
  ...url('harborUrl', props.harborUrl, patterns.url),
  ...url('proxy.url', props.proxy?.url, patterns.proxy),
  ...formed('prefix', props.prefix === '' ? undefined : props.prefix, patterns.prefix),
  ...formed('logLevel', props.logLevel, patterns.logLevel),
  ...formed('schedule', props.schedule?.expressionString, patterns.schedule),
];

const times: Check = ({ schedule, timeZone, logRetention }) => {
  const zones = [
    ['timeZone', timeZone],
    ['the time zone of schedule', schedule?.timeZone],
  ] as const;
  const problems = zones.flatMap(([name, zone]) => {
    const text = zone?.timezoneName;
    if (text === undefined || Token.isUnresolved(text) || isTimeZone(text)) return [];
    return [`${name} is ${text}; allowed: a name such as Europe/Berlin or UTC`];
  });
  if (schedule !== undefined && timeZone !== undefined)
    problems.push(
      'timeZone has no effect beside schedule; give it to the expression: ScheduleExpression.cron({ …, timeZone })',
    );
  if (logRetention !== undefined && RetentionDays[logRetention] === undefined)
    problems.push(`logRetention is ${logRetention}; allowed: a value of RetentionDays`);
  return problems;
};

const together: Check = ({ bucket, reportRetention, vpc, vpcSubnets, securityGroups, notices }) => {
  const problems: string[] = [];
  if (bucket !== undefined && reportRetention !== undefined)
    problems.push(
      'reportRetention has no effect on an existing bucket; put it into the lifecycle of the bucket, as docs/deploying.md says',
    );
  if (vpc === undefined && vpcSubnets !== undefined)
    problems.push('vpcSubnets has no effect without vpc');
  if (vpc === undefined && securityGroups !== undefined)
    problems.push('securityGroups has no effect without vpc');
  if (notices?.topic.fifo === true)
    problems.push('notices.topic is a FIFO topic; notices can be sent to a standard topic only');
  return problems;
};

/** Lambda, KMS and SNS look for what they are given in the function's own region only. */
const regions: Check = (props, scope) => {
  const { keys = {}, notices, certificateAuthority: ca } = props;
  const here = Stack.of(scope).region;
  const arns: readonly (readonly [string, string | undefined])[] = [
    ['secret', props.secret?.secretArn],
    ['the key of secret', props.secret?.encryptionKey?.keyArn],
    ['certificateAuthority', ca?.secret?.secretArn],
    ['encryptionKey', props.encryptionKey?.keyArn],
    ['notices.topic', notices?.topic.topicArn],
    ['notices.encryptionKey', notices?.encryptionKey?.keyArn],
    ...(['logs', 'queues', 'environment', 'executions'] as const).map(
      (name) => [`keys.${name}`, keys[name]?.keyArn] as const,
    ),
  ];
  if (Token.isUnresolved(here)) return [];
  return arns.flatMap(([name, arn]) => {
    if (arn === undefined || Token.isUnresolved(arn)) return [];
    const there = arn.split(':')[3] ?? '';
    return there === here ? [] : [`${name} is in ${there}; the stack is in ${here}`];
  });
};

const workloads: Check = ({ workloads: given }) => workloadsProblems(given);

const checks: readonly Check[] = [
  missing,
  unknown,
  outOfBounds,
  secret,
  texts,
  times,
  together,
  regions,
  workloads,
];

/** @throws Error that names every prop that is wrong, with its value and what is allowed */
export function checkProps(props: HarborRetentionProps, scope: Construct): void {
  const problems = checks.flatMap((check) => check(props, scope));
  if (problems.length === 0) return;
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  const title = `${scope.node.path} has ${count} with its props:`;
  throw new Error([title, ...problems.map((problem) => `  ${problem}`)].join('\n'));
}
