import { expect, test } from '@jest/globals';
import { durable, durableOperations } from '../functions/contract.ts';
import { readEnvironment } from '../functions/environment.ts';
import { RetentionError } from '../functions/errors.ts';

const least = {
  HARBOR_SECRET_ID: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:robot-AbCdEf',
  REPORT_BUCKET: 'reports',
  POLICY_FILE: 'policy.yaml',
};

function messageOf(source: Record<string, string>): string {
  try {
    readEnvironment(source);
  } catch (error) {
    if (error instanceof RetentionError && error.code === 'environment-invalid')
      return error.message;
    throw error;
  }
  return 'accepted';
}

test('what is not set has its default, and nothing is armed', () => {
  expect(readEnvironment(least)).toEqual({
    secretId: least.HARBOR_SECRET_ID,
    harborUrl: undefined,
    ca: undefined,
    maxConcurrency: 8,
    maxRequestsPerSecond: undefined,
    maxArtifactsPerRepository: undefined,
    memorySize: undefined,
    bucket: 'reports',
    prefix: '',
    lists: { bucket: 'reports', prefix: 'lists/' },
    policy: { kind: 'file', file: 'policy.yaml' },
    apply: false,
    startWithinHours: 3,
    sliceSeconds: 720,
    maxSlices: 60,
    maxWaitHours: 3,
    service: 'harbor-retention',
    logLevel: 'INFO',
  });
});

test('what is set is read', () => {
  const { POLICY_FILE: _, ...rest } = least;
  expect(
    readEnvironment({
      ...rest,
      HARBOR_URL: 'https://harbor.example',
      HARBOR_CA_SECRET_ID: 'ca',
      HARBOR_MAX_CONCURRENCY: '4',
      HARBOR_MAX_REQUESTS_PER_SECOND: '50',
      MAX_ARTIFACTS_PER_REPOSITORY: '200000',
      LEDGER_REQUESTS: '500',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      REPORT_PREFIX: 'harbor/',
      POLICY_BUCKET: 'policies',
      POLICY_KEY: 'harbor.yaml',
      APPLY: 'true',
      SLICE_SECONDS: '60',
      MAX_SLICES: '2',
      MAX_WAIT_HOURS: '0',
      START_WITHIN_HOURS: '6',
      LOG_LEVEL: 'DEBUG',
      NOTICE_TOPIC: 'arn:aws:sns:eu-central-1:123456789012:retention',
      PROTECTED_PROJECTS: '["prod-*"]',
    }),
  ).toMatchObject({
    harborUrl: 'https://harbor.example',
    ca: { kind: 'secret', secretId: 'ca' },
    maxConcurrency: 4,
    maxRequestsPerSecond: 50,
    maxArtifactsPerRepository: 200_000,
    ledgerRequests: 500,
    memorySize: 512,
    prefix: 'harbor/',
    lists: { bucket: 'reports', prefix: 'harbor/lists/' },
    policy: { kind: 's3', bucket: 'policies', key: 'harbor.yaml' },
    apply: true,
    sliceSeconds: 60,
    maxSlices: 2,
    maxWaitHours: 0,
    startWithinHours: 6,
    logLevel: 'DEBUG',
    notices: {
      topicArn: 'arn:aws:sns:eu-central-1:123456789012:retention',
      wishes: { protectedProjects: ['prod-*'], weeklySummary: false },
    },
  });
});

test('every problem is named at once, without a value', () => {
  const message = messageOf({
    HARBOR_URL: 'https://robot:hunter2@harbor.example',
    REPORT_BUCKET: '  ',
    REPORT_PREFIX: 'harbor',
    APPLY: 'ture',
    SLICE_SECONDS: '3600',
    MAX_SLICES: 'many',
    MAX_WAIT_HOURS: '25',
    HARBOR_CA_FILE: 'ca.pem',
    HARBOR_CA_SECRET_ID: 'ca',
  });
  expect(message).toContain('HARBOR_SECRET_ID is not set');
  expect(message).toContain('HARBOR_URL must not hold a credential');
  expect(message).toContain('REPORT_BUCKET must not be empty');
  expect(message).toContain('REPORT_PREFIX must be empty, or end in a slash');
  expect(message).toContain('APPLY must be "true" or "false"');
  expect(message).toContain('SLICE_SECONDS must be from 10 to 840');
  expect(message).toContain('MAX_SLICES must be a whole number');
  expect(message).toContain('MAX_WAIT_HOURS must be from 0 to 24');
  expect(message).toContain('either POLICY_FILE, or both POLICY_BUCKET and POLICY_KEY');
  expect(message).toContain('only one of HARBOR_CA_FILE and HARBOR_CA_SECRET_ID');
  expect(message).not.toContain('hunter2');
});

test.each(['True', 'TRUE', '1', 'yes', ''])('APPLY=%j does not arm the deployment', (value) => {
  expect(messageOf({ ...least, APPLY: value })).toContain('APPLY must be');
});

test.each([
  [{ POLICY_BUCKET: 'b' }],
  [{ POLICY_KEY: 'k' }],
  [{ POLICY_FILE: 'f', POLICY_BUCKET: 'b', POLICY_KEY: 'k' }],
])('a policy location of %j is refused', (policy) => {
  const { POLICY_FILE: _, ...rest } = least;
  expect(messageOf({ ...rest, ...policy })).toContain('either POLICY_FILE');
});

test('no setting leads beyond the operations that a durable execution may have', () => {
  const { mostOperations, mostSlices, mostWaits } = durable;
  expect(durableOperations(mostSlices + mostWaits)).toBeLessThan(mostOperations);
  const beyond = { ...least, MAX_SLICES: String(mostSlices + 1) };
  expect(messageOf(beyond)).toContain(`MAX_SLICES must be from 1 to ${mostSlices}`);
});
