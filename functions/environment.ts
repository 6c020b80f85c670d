import * as z from 'zod';
import { defaults, durable, folders, variables } from './contract.ts';
import { RetentionError } from './errors.ts';
import type { NoticeWishes } from './notices/notice.ts';

/** Where the policy's text lies. */
export type PolicyLocation =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string };

/**
 * How a private certificate authority is given; trusted for Harbor only
 * (docs/design.md#a-private-certificate-authority).
 */
export type CaLocation =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'secret'; readonly secretId: string };

/** What the deployment decided, checked. */
export interface Environment {
  readonly secretId: string;
  /** Undefined: the secret's `url` counts. */
  readonly harborUrl: string | undefined;
  readonly ca: CaLocation | undefined;
  /** Undefined: Harbor is reached without a proxy. */
  readonly proxy: Readonly<Partial<Record<'HTTPS_PROXY' | 'NO_PROXY', string>>> | undefined;
  readonly maxConcurrency: number;
  /** Undefined: as many as Harbor answers. */
  readonly maxRequestsPerSecond: number | undefined;
  /** Undefined: the memory decides. */
  readonly maxArtifactsPerRepository: number | undefined;
  /** Requests for the ledger of blobs in one run; undefined: there is no ledger. */
  readonly ledgerRequests: number | undefined;
  /** MiB; undefined outside of Lambda. */
  readonly memorySize: number | undefined;
  readonly bucket: string;
  readonly prefix: string;
  /** Where people put lists: all that may be read beside what the policy names. */
  readonly lists: { readonly bucket: string; readonly prefix: string };
  readonly policy: PolicyLocation;
  readonly apply: boolean;
  readonly startWithinHours: number;
  readonly sliceSeconds: number;
  readonly maxSlices: number;
  readonly maxWaitHours: number;
  /** Undefined: no notice is sent. */
  readonly notices: { readonly topicArn: string; readonly wishes: NoticeWishes } | undefined;
  /** Name of the function, in logs and metrics. */
  readonly service: string;
  readonly logLevel: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
}

const text = z.string().trim().min(1, 'must not be empty');

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`);

const url = z
  .url({ protocol: /^https?$/, error: 'must be a URL such as https://harbor.example' })
  .refine(
    (value) =>
      !URL.canParse(value) || `${new URL(value).username}${new URL(value).password}` === '',
    {
      error: 'must not hold a credential; the credential belongs in the secret',
    },
  );

// A typo such as "ture" must neither arm nor disarm: only these two words are accepted.
const yesOrNo = z
  .enum(['true', 'false'], { error: 'must be "true" or "false"' })
  .transform((value) => value === 'true');

const patternList = z
  .string()
  .transform((value): unknown => parseJson(value))
  .pipe(z.array(z.string().min(1), { error: 'must be a JSON list of patterns' }));

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

const variablesSchema = z.object({
  [variables.secretId]: text,
  [variables.harborUrl]: url.optional(),
  [variables.caFile]: text.optional(),
  [variables.caSecretId]: text.optional(),
  [variables.httpsProxy]: text.optional(),
  [variables.noProxy]: text.optional(),
  [variables.maxConcurrency]: wholeNumber(1, 8).optional(),
  [variables.maxRequestsPerSecond]: wholeNumber(1, 1000).optional(),
  [variables.maxArtifactsPerRepository]: wholeNumber(1, 100_000_000).optional(),
  [variables.ledgerRequests]: wholeNumber(0, 1_000_000).optional(),
  [variables.memorySize]: wholeNumber(128, 1_000_000).optional(),
  [variables.bucket]: text,
  [variables.prefix]: z
    .string()
    .regex(/^$|^[^/].*\/$/, 'must be empty, or end in a slash and not begin with one')
    .optional(),
  [variables.policyFile]: text.optional(),
  [variables.policyBucket]: text.optional(),
  [variables.policyKey]: text.optional(),
  [variables.apply]: yesOrNo.optional(),
  [variables.startWithinHours]: wholeNumber(1, 24).optional(),
  [variables.sliceSeconds]: wholeNumber(10, 840).optional(),
  [variables.maxSlices]: wholeNumber(1, durable.mostSlices).optional(),
  [variables.maxWaitHours]: wholeNumber(0, 24).optional(),
  [variables.noticeTopic]: text.optional(),
  [variables.protectedProjects]: patternList.optional(),
  [variables.weeklySummary]: yesOrNo.optional(),
  [variables.functionName]: text.optional(),
  [variables.logLevel]: z
    .enum(['DEBUG', 'INFO', 'WARN', 'ERROR'], { error: 'must be DEBUG, INFO, WARN or ERROR' })
    .optional(),
});

type Variables = Readonly<Record<string, string | undefined>>;

interface VariableProblem {
  readonly problem: string;
}

function policyLocation(source: Variables): PolicyLocation | VariableProblem {
  const file = source[variables.policyFile];
  const bucket = source[variables.policyBucket];
  const key = source[variables.policyKey];
  if (file !== undefined && bucket === undefined && key === undefined)
    return { kind: 'file', file };
  if (file === undefined && bucket !== undefined && key !== undefined)
    return { kind: 's3', bucket, key };
  const { policyFile, policyBucket, policyKey } = variables;
  return { problem: `either ${policyFile}, or both ${policyBucket} and ${policyKey} must be set` };
}

function caLocation(source: Variables): CaLocation | VariableProblem | undefined {
  const file = source[variables.caFile];
  const secretId = source[variables.caSecretId];
  if (file !== undefined && secretId !== undefined)
    return { problem: `only one of ${variables.caFile} and ${variables.caSecretId} may be set` };
  if (file !== undefined) return { kind: 'file', file };
  return secretId === undefined ? undefined : { kind: 'secret', secretId };
}

function describe(issue: z.core.$ZodIssue): string {
  const name = issue.path.join('.');
  return issue.code === 'invalid_type' ? `${name} is not set` : `${name} ${issue.message}`;
}

const isProblem = (found: object | undefined): found is VariableProblem =>
  found !== undefined && 'problem' in found;

function proxyOf(read: z.output<typeof variablesSchema>): Environment['proxy'] {
  const { HTTPS_PROXY, NO_PROXY } = read;
  if (HTTPS_PROXY === undefined) return undefined;
  return NO_PROXY === undefined ? { HTTPS_PROXY } : { HTTPS_PROXY, NO_PROXY };
}

function noticesOf(read: z.output<typeof variablesSchema>): Environment['notices'] {
  const topicArn = read[variables.noticeTopic];
  if (topicArn === undefined) return undefined;
  const wishes = {
    protectedProjects: read[variables.protectedProjects] ?? [],
    weeklySummary: read[variables.weeklySummary] ?? false,
  };
  return { topicArn, wishes };
}

/**
 * Reads the function's environment; nothing else reads `process.env`.
 * @throws RetentionError environment-invalid, naming every variable that is wrong, never a value
 */
export function readEnvironment(source: Variables = process.env): Environment {
  const parsed = variablesSchema.safeParse(source);
  const policy = policyLocation(source);
  const ca = caLocation(source);
  if (!parsed.success || isProblem(policy) || isProblem(ca)) {
    const together = [policy, ca].filter(isProblem).map(({ problem }) => problem);
    const problems = [...(parsed.error?.issues.map(describe) ?? []), ...together];
    throw new RetentionError(
      'environment-invalid',
      `The environment of the function is wrong: ${problems.join('; ')}.`,
    );
  }
  const read = parsed.data;
  return {
    secretId: read[variables.secretId],
    harborUrl: read[variables.harborUrl],
    ca,
    proxy: proxyOf(read),
    maxConcurrency: read[variables.maxConcurrency] ?? defaults.maxConcurrency,
    maxRequestsPerSecond: read[variables.maxRequestsPerSecond],
    maxArtifactsPerRepository: read[variables.maxArtifactsPerRepository],
    ledgerRequests: read[variables.ledgerRequests],
    memorySize: read[variables.memorySize],
    bucket: read[variables.bucket],
    prefix: read[variables.prefix] ?? '',
    lists: {
      bucket: read[variables.bucket],
      prefix: `${read[variables.prefix] ?? ''}${folders.lists}`,
    },
    policy,
    apply: read[variables.apply] ?? defaults.apply,
    startWithinHours: read[variables.startWithinHours] ?? defaults.startWithinHours,
    sliceSeconds: read[variables.sliceSeconds] ?? defaults.sliceSeconds,
    maxSlices: read[variables.maxSlices] ?? defaults.maxSlices,
    maxWaitHours: read[variables.maxWaitHours] ?? defaults.maxWaitHours,
    notices: noticesOf(read),
    service: read[variables.functionName] ?? 'harbor-retention',
    logLevel: read[variables.logLevel] ?? 'INFO',
  };
}
