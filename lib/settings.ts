import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { defaults, durable } from '../functions/contract.ts';
import { ecsScopeSchema, eksScopeSchema } from '../functions/workloads/config-schema.ts';
import { isTimeZone, patterns } from './patterns.ts';

/** How long CloudWatch can keep a log; it knows only these numbers of days. */
const logRetentionDays = Object.values(RetentionDays)
  .filter((days): days is number => typeof days === 'number' && days !== 9999)
  .sort((a, b) => a - b);

const arn = (service: string, rest: string, example: string) =>
  z.string().regex(new RegExp(`^arn:aws[a-z-]*:${service}:${rest}$`), `an ARN such as ${example}`);

const region = '[a-z0-9-]+:[0-9]{12}:';

const secretArn = arn(
  'secretsmanager',
  // The six characters at the end: without them the grant would need a wildcard.
  `${region}secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}`,
  'arn:aws:secretsmanager:eu-central-1:123456789012:secret:harbor/robot-AbCdEf, whole, with the six characters at its end',
);
const keyArn = arn(
  'kms',
  `${region}key/([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})`,
  'arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef',
);
const topicArn = arn(
  'sns',
  `${region}[A-Za-z0-9_-]+`,
  'arn:aws:sns:eu-central-1:123456789012:platform-alarms, of a standard topic: neither alarms nor notices can be sent to a FIFO topic',
);

const bucketName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket, without s3://');

const formed = ({ pattern, allowed }: { readonly pattern: RegExp; readonly allowed: string }) =>
  z.string().regex(pattern, allowed);

const harborUrl = formed(patterns.url);

const timeZone = z.string().refine(isTimeZone, {
  message: 'is not a time zone',
  params: { allowed: 'a name such as Europe/Berlin or UTC' },
});

const scheduleExpression = formed(patterns.schedule);

const integer = (least: number, most: number) =>
  z
    .int(`a whole number from ${least} to ${most}`)
    .min(least, `at least ${least}`)
    .max(most, `at most ${most}`);

const ids = (prefix: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), `an id such as ${prefix}-0123456789abcdef0`);

/** What a second function lists (docs/workloads.md). */
const workloadsSchema = z
  .strictObject({
    schedule: scheduleExpression.default('rate(1 hour)'),
    expectedWithinHours: integer(2, 168).default(6),
    memoryMiB: integer(256, 10_240).default(1024),
    registries: z.array(z.string().min(1)).min(1).optional(),
    ecs: z.array(ecsScopeSchema.omit({ registries: true })).default([]),
    eks: z.array(eksScopeSchema.omit({ registries: true })).default([]),
  })
  .refine(({ ecs, eks }) => ecs.length + eks.length > 0, {
    message: 'names neither an account nor a cluster',
    params: { allowed: 'ecs, eks, or both' },
  });

/** The settings file. examples/settings.yaml shows and explains every key. */
export const settingsSchema = z.strictObject({
  stackName: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'letters, digits and hyphens')
    .default('HarborRetention'),
  secretArn,
  secretKeyArn: keyArn.optional(),
  harborUrl: harborUrl.optional(),
  policy: z.union([
    z.string().min(1, 'the path of a file, seen from this one'),
    z.strictObject({ bucket: bucketName, key: z.string().min(1), keyArn: keyArn.optional() }),
  ]),
  apply: z.boolean('true or false').default(false),
  schedule: z
    .strictObject({
      expression: scheduleExpression.default('cron(30 3 * * ? *)'),
      timeZone: timeZone.default('UTC'),
      enabled: z.boolean('true or false').default(true),
    })
    .prefault({}),
  reports: z
    .strictObject({
      bucket: bucketName.optional(),
      prefix: formed(patterns.prefix).optional(),
      keyArn: keyArn.optional(),
      keepForDays: integer(1, 36_500).optional(),
      tables: z.boolean('true or false').default(false),
    })
    .prefault({}),
  certificateAuthority: z
    .union([
      z.strictObject({ file: z.string().min(1) }),
      z.strictObject({ secretArn, keyArn: keyArn.optional() }),
    ])
    .optional(),
  listKeys: z.record(bucketName, keyArn).default({}),
  keys: z
    .strictObject({
      logs: keyArn.optional(),
      queues: keyArn.optional(),
      environment: keyArn.optional(),
      executions: keyArn.optional(),
    })
    .prefault({}),
  proxy: z
    .strictObject({
      url: formed(patterns.proxy),
      except: z.array(z.string().min(1)).default([]),
    })
    .optional(),
  network: z
    .strictObject({
      vpcId: ids('vpc'),
      availabilityZones: z.array(z.string().min(1)).min(1),
      subnetIds: z.array(ids('subnet')).min(1),
      securityGroupIds: z.array(ids('sg')).min(1),
    })
    .refine(({ subnetIds, availabilityZones: zones }) => subnetIds.length % zones.length === 0, {
      path: ['subnetIds'],
      message: 'one subnet for each of availabilityZones, in the same order',
    })
    .optional(),
  function: z
    .strictObject({
      memoryMiB: integer(256, 10_240).default(1024),
      maxConcurrency: integer(1, 8).default(8),
      maxRequestsPerSecond: integer(1, 1000).optional(),
      maxArtifactsPerRepository: integer(1, 100_000_000).optional(),
      ledgerRequests: integer(0, 1_000_000).default(defaults.ledgerRequests),
      reservedConcurrency: integer(1, 1).optional(),
      sliceMinutes: integer(1, 14).default(12),
      maxSlices: integer(1, durable.mostSlices).default(defaults.maxSlices),
      maxWaitHours: integer(0, 24).default(defaults.maxWaitHours),
      logLevel: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO'),
      logRetentionDays: z.literal(logRetentionDays).default(90),
    })
    .prefault({}),
  alarms: z
    .strictObject({
      topicArn: topicArn.optional(),
      runExpectedWithinHours: integer(2, 168).default(26),
      expectedDeletions: integer(0, 1_000_000_000).default(500),
    })
    .prefault({}),
  notices: z
    .strictObject({
      topicArn,
      keyArn: keyArn.optional(),
      protectedProjects: z.array(z.string().min(1)).default([]),
      weeklySummary: z.boolean('true or false').default(false),
    })
    .optional(),
  workloads: workloadsSchema.optional(),
  dashboard: z.boolean('true or false').default(true),
  tags: z.record(z.string().min(1), z.string()).default({}),
});

/** The region that an ARN names; empty for one that names none. */
export const regionOf = (arnText: string): string => arnText.split(':')[3] ?? '';

/** The settings, checked, with every default in its place. */
export type Settings = z.output<typeof settingsSchema>;
