import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { newSecretMask } from '../../functions/adapters/secret-mask.ts';
import { lambdaTelemetry, type LambdaTelemetry } from '../../functions/adapters/telemetry.ts';
import { RetentionError } from '../../functions/errors.ts';

const secret = 'Sw0rd"fish\\ü/+ of Harbor';
let written: string;
let now: number;
let telemetry: LambdaTelemetry;

beforeEach(() => {
  written = '';
  now = 1_800_000_000_000;
  const capture = (chunk: string | Uint8Array): boolean => {
    written += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    return true;
  };
  jest.spyOn(process.stdout, 'write').mockImplementation(capture);
  jest.spyOn(process.stderr, 'write').mockImplementation(capture);
  const mask = newSecretMask();
  mask.add(secret);
  telemetry = lambdaTelemetry({
    service: 'harbor-retention',
    logLevel: 'INFO',
    mask,
    clock: { now: () => now },
  });
});

afterEach(() => {
  jest.restoreAllMocks();
});

const lines = (): readonly Record<string, unknown>[] =>
  written
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('a line is JSON with a constant message and the data beside it', () => {
  telemetry.warn('repository is unplannable', { repository: 'team/app', because: 'counts differ' });
  expect(lines()).toEqual([
    expect.objectContaining({
      level: 'WARN',
      message: 'repository is unplannable',
      service: 'harbor-retention',
      repository: 'team/app',
      because: 'counts differ',
    }),
  ]);
});

test('data cannot replace the message or the level', () => {
  telemetry.info('run started', { message: 'other', level: 'ERROR', timestamp: 'never' });
  expect(lines()).toHaveLength(1);
  expect(lines()[0]).toMatchObject({ message: 'run started', level: 'INFO', message_: 'other' });
});

class Leaky extends Error {
  readonly config = {
    headers: { authorization: `Basic ${Buffer.from(secret).toString('base64')}` },
  };
}

const circle: Record<string, unknown> = { secret };
circle['self'] = circle;

test.each<[string, unknown]>([
  ['a plain value', secret],
  ['inside a longer text', `password=${secret};`],
  ['nested', { a: [{ b: { c: secret } }] }],
  ['as a key', { [secret]: 1 }],
  ['as a nested key', { a: { [`x-${secret}`]: 1 } }],
  ['JSON in a string', JSON.stringify({ password: secret })],
  ['JSON in JSON in a string', JSON.stringify({ body: JSON.stringify({ password: secret }) })],
  ['URL-encoded', `https://x:${encodeURIComponent(secret)}@harbor.example`],
  ['base64', Buffer.from(secret).toString('base64')],
  ['base64url', Buffer.from(secret).toString('base64url')],
  ['hex', Buffer.from(secret).toString('hex')],
  ['a buffer', Buffer.from(secret)],
  ['bytes', new Uint8Array(Buffer.from(secret))],
  ['a buffer inside', { body: Buffer.from(secret) }],
  ['an error', new Error(`refused: ${secret}`)],
  ['an error with a cause', new Error('outer', { cause: new Error(secret) })],
  ['an error with properties', new Leaky('refused')],
  ['our own error', new RetentionError('harbor-denied', secret, { cause: { secret } })],
  ['a URL', new URL(`https://harbor.example/?q=${encodeURIComponent(secret)}`)],
  ['an object with toJSON', { toJSON: () => ({ secret }) }],
  ['a circle', circle],
])('the secret is not written: %s', (_name, value) => {
  telemetry.info('constant', { value });
  telemetry.warn('constant', { error: value });
  telemetry.error(String(value), { deep: { value } });
  telemetry.progress({ phase: 'apply', done: 1, of: 2, what: String(value) });
  for (const form of [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('hex'),
    [...Buffer.from(secret)].join(','),
  ])
    expect(written).not.toContain(form);
  for (const line of lines()) expect(JSON.stringify(line)).not.toContain('Sw0rd');
});

test('a secret of digits is hidden as a number too', () => {
  const mask = newSecretMask();
  mask.add('8675309111');
  telemetry = lambdaTelemetry({
    service: 'harbor-retention',
    logLevel: 'INFO',
    mask,
    clock: { now: () => now },
  });
  telemetry.info('constant', { pin: 8_675_309_111, big: 8_675_309_111n, other: 42 });
  expect(lines()[0]).toMatchObject({ pin: '***', other: 42 });
  expect(written).not.toContain('8675309111');
});

test('a secret too short to be one does not turn the log into asterisks', () => {
  const mask = newSecretMask();
  mask.add('a');
  expect(mask.hide('a cat sat')).toBe('a cat sat');
});

test('metrics are one line in the embedded format, written on flush', () => {
  telemetry.metric('RunFinished', 1, 'Count');
  telemetry.metric('CondemnedBytes', 1024, 'Bytes');
  expect(written).toBe('');
  telemetry.flush();
  telemetry.flush();
  expect(lines()).toHaveLength(1);
  expect(lines()[0]).toMatchObject({
    RunFinished: 1,
    CondemnedBytes: 1024,
    service: 'harbor-retention',
    _aws: { CloudWatchMetrics: [{ Namespace: 'HarborRetention', Dimensions: [['service']] }] },
  });
});

test('progress is written once in ten seconds, and at every change of phase', () => {
  const step = (phase: 'inventory' | 'plan', seconds: number): void => {
    now += seconds * 1000;
    telemetry.progress({ phase, done: 1, of: 2, what: 'team/app' });
  };
  step('inventory', 0);
  step('inventory', 3);
  step('inventory', 3);
  step('inventory', 4);
  step('plan', 1);
  const told = lines().filter((line) => line['message'] === 'progress');
  expect(told.map((line) => line['phase'])).toEqual(['inventory', 'inventory', 'plan']);
});

test('progress is a metric too, at most once a minute, and what was last at the end of a slice', () => {
  const step = (phase: 'preflight' | 'inventory' | 'plan', done: number, passed: number) => {
    telemetry.progress({ phase, done, of: phase === 'preflight' ? undefined : 200, what: '' });
    now += passed;
  };
  step('preflight', 0, 1_000);
  step('inventory', 10, 30_000);
  step('inventory', 50, 30_000);
  step('inventory', 100, 1_000);
  step('plan', 20, 1_000);
  step('plan', 150, 1_000);
  telemetry.flush();
  const measured = lines().filter((line) => '_aws' in line);
  expect(measured).toEqual([
    expect.objectContaining({ ArtifactsRead: 10, ProgressPercent: 5 }),
    expect.objectContaining({ ArtifactsRead: 100, ProgressPercent: 50 }),
    expect.objectContaining({ ArtifactsJudged: 150, ProgressPercent: 75 }),
  ]);
  telemetry.flush();
  expect(lines().filter((line) => '_aws' in line)).toHaveLength(3);
});

test.each([
  ['DEBUG', ['DEBUG', 'INFO', 'WARN', 'ERROR']],
  ['INFO', ['INFO', 'WARN', 'ERROR']],
  ['WARN', ['WARN', 'ERROR']],
  ['ERROR', ['ERROR']],
] as const)('at %s these levels are said, and metrics always, also in Lambda', (logLevel, said) => {
  // Lambda sets it from the function's own level, and Powertools then knows no other.
  process.env['AWS_LAMBDA_LOG_LEVEL'] = logLevel === 'DEBUG' ? 'DEBUG' : 'INFO';
  try {
    const mask = newSecretMask();
    const inLambda = lambdaTelemetry({ service: 's', logLevel, mask, clock: { now: () => now } });
    for (const level of ['debug', 'info', 'warn', 'error'] as const) inLambda[level]('said');
    inLambda.metric('RunFinished', 1, 'Count');
    inLambda.flush();
  } finally {
    delete process.env['AWS_LAMBDA_LOG_LEVEL'];
  }
  const levels = lines().flatMap(({ message, level }) => (message === 'said' ? [level] : []));
  expect(levels).toEqual(said);
  expect(lines().some((line) => line['RunFinished'] === 1)).toBe(true);
});
