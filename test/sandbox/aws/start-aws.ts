import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import type { DurableExecution } from '../durable-execution.ts';
import { AwsError } from './aws-error.ts';
import { answerDurable, durableTarget, type DurableTarget } from './durable-api.ts';
import { newFaults, type FaultEffect, type Faults } from './faults.ts';
import { newBucket, currentVersion, type Bucket, type BucketOptions } from './s3-objects.ts';
import { answerS3, s3Target, type Answer } from './s3.ts';
import { errorXml } from './s3-xml.ts';
import { isSns, publish, type Published, publishedXml, snsErrorXml } from './sns.ts';
import { getSecretValue, type SecretValue, type StoredSecret } from './secrets.ts';

export interface AwsOptions {
  /** Names, or names with options; versioned and listable unless said otherwise. */
  readonly buckets?: readonly string[] | Readonly<Record<string, Partial<BucketOptions>>>;
  readonly secrets?: Readonly<Record<string, SecretValue>>;
  /** ARNs of topics. */
  readonly topics?: readonly string[];
}

export interface SeenRequest {
  readonly operation: string;
  /** Object key or secret id. */
  readonly key: string;
  readonly status: number;
  /** Of a list of objects. */
  readonly prefix?: string;
}

export interface EmbeddedAws {
  readonly url: string;
  /** What the SDK reads from the environment to speak to it. */
  readonly env: Readonly<Record<string, string>>;
  readonly faults: Faults;
  readonly requests: readonly SeenRequest[];
  /** What was sent to topics, in order. */
  readonly published: readonly Published[];
  /** The current objects of a bucket, by key. */
  objects(bucket: string): ReadonlyMap<string, Buffer>;
  setSecret(name: string, value: SecretValue): void;
  /** Answers for this durable execution, as Lambda's API does for the SDK in the handler. */
  hostExecution(execution: DurableExecution): void;
  close(): Promise<void>;
}

interface World {
  readonly buckets: Map<string, Bucket>;
  readonly secrets: Map<string, StoredSecret>;
  readonly executions: Map<string, DurableExecution>;
  readonly faults: Faults;
  readonly requests: SeenRequest[];
  readonly topics: ReadonlySet<string>;
  readonly published: Published[];
}

interface Received {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

const getSecretValueInput = z.object({ SecretId: z.string() });

interface Call {
  readonly operation: string;
  readonly key: string;
  answer(): Answer | Promise<Answer>;
  error(error: AwsError): Answer;
}

function secretsCall(world: World, operation: string, body: Buffer): Call {
  const input = getSecretValueInput.safeParse(JSON.parse(body.toString() || '{}'));
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  const key = input.success ? input.data.SecretId : '';
  return {
    operation,
    key,
    answer() {
      if (operation !== 'GetSecretValue')
        throw new AwsError(400, 'UnknownOperationException', `${operation} is not offered here`);
      return { status: 200, headers, body: Buffer.from(getSecretValue(world.secrets, key)) };
    },
    error: ({ status, code, message }) => ({
      status,
      headers: { ...headers, 'x-amzn-errortype': code },
      body: Buffer.from(JSON.stringify({ __type: code, Message: message })),
    }),
  };
}

function s3Call(world: World, received: Received): Call {
  const target = s3Target(received.method, received.url);
  return {
    operation: target.operation,
    key: target.key,
    answer: () => answerS3(world.buckets, target, received),
    error: (error) => ({
      status: error.status,
      headers: { 'content-type': 'application/xml' },
      body: Buffer.from(errorXml(error, received.url.pathname, 'EMBEDDED')),
    }),
  };
}

function durableCall(world: World, target: DurableTarget, received: Received): Call {
  const headers = { 'content-type': 'application/json' };
  const { operation, arn: key } = target;
  return {
    operation,
    key,
    answer: async () => {
      const text = await answerDurable(world.executions, target, received.body.toString());
      return { status: 200, headers, body: Buffer.from(text) };
    },
    error: ({ status, code, message }) => ({
      status,
      headers: { ...headers, 'x-amzn-errortype': code },
      body: Buffer.from(JSON.stringify({ Type: 'User', Message: message })),
    }),
  };
}

function snsCall(world: World, { body }: Received): Call {
  const form = new URLSearchParams(body.toString());
  const operation = form.get('Action') ?? '';
  const headers = { 'content-type': 'text/xml' };
  return {
    operation,
    key: form.get('TopicArn') ?? '',
    answer() {
      if (operation !== 'Publish')
        throw new AwsError(400, 'InvalidAction', `${operation} is not offered here`);
      world.published.push(publish(form, world.topics));
      return { status: 200, headers, body: Buffer.from(publishedXml(world.published.length)) };
    },
    error: (error) => ({
      status: error.status,
      headers,
      body: Buffer.from(snsErrorXml(error)),
    }),
  };
}

function toCall(world: World, received: Received): Call {
  const durable = durableTarget(received.url.pathname);
  if (durable !== undefined) return durableCall(world, durable, received);
  const type = String(received.headers['content-type']);
  if (type.startsWith('application/x-www-form-urlencoded') && isSns(received.body))
    return snsCall(world, received);
  const target = received.headers['x-amz-target'];
  return typeof target === 'string' && target.startsWith('secretsmanager.')
    ? secretsCall(world, target.slice('secretsmanager.'.length), received.body)
    : s3Call(world, received);
}

async function perform(
  call: Call,
  received: Received,
  effect: FaultEffect | undefined,
): Promise<Answer> {
  try {
    if (!String(received.headers.authorization ?? '').startsWith('AWS4-HMAC-SHA256 '))
      throw new AwsError(403, 'AccessDenied', 'Access Denied');
    if (effect?.kind === 'error')
      throw new AwsError(effect.status, effect.code, 'switched on as a fault');
    return await call.answer();
  } catch (error) {
    if (error instanceof AwsError) return call.error(error);
    throw error;
  }
}

function corrupted(body: Buffer): Buffer {
  const copy = Buffer.from(body);
  if (copy.length > 0) copy[0] = (copy[0] ?? 0) ^ 1;
  return copy;
}

async function serve(world: World, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(Buffer.from(chunk as Uint8Array));
  const received: Received = {
    method: req.method ?? 'GET',
    url: new URL(req.url ?? '/', 'http://embedded'),
    headers: req.headers,
    body: Buffer.concat(chunks),
  };
  const call = toCall(world, received);
  const effect = world.faults.take(call.operation, call.key);
  if (effect?.kind === 'cut') {
    req.socket.destroy();
    return;
  }
  if (effect?.kind === 'slow') await delay(effect.milliseconds);
  const { status, headers, body } = await perform(call, received, effect);
  const prefix = received.url.searchParams.get('prefix');
  const asked = prefix === null ? {} : { prefix };
  world.requests.push({ operation: call.operation, key: call.key, status, ...asked });
  if (effect?.kind === 'answer-lost') {
    req.socket.destroy();
    return;
  }
  // 204 and 304 have no body, and must not say how long it would be.
  const length = status === 204 || status === 304 ? {} : { 'content-length': String(body.length) };
  // From the clock of this process, which may be shifted; Node's own header is not.
  const date = new Date().toUTCString();
  res.writeHead(status, { ...headers, ...length, date, 'x-amz-request-id': 'EMBEDDED' });
  if (effect?.kind === 'half') {
    res.write(body.subarray(0, Math.floor(body.length / 2)), () => req.socket.destroy());
    return;
  }
  const shown = effect?.kind === 'corrupt' ? corrupted(body) : body;
  res.end(req.method === 'HEAD' ? undefined : shown);
}

function newWorld(options: AwsOptions): World {
  const given = options.buckets ?? [];
  const named: readonly (readonly [string, Partial<BucketOptions>])[] = Array.isArray(given)
    ? given.map((name: string) => [name, {}] as const)
    : Object.entries(given);
  return {
    buckets: new Map(
      named.map(([name, extra]) => [name, newBucket({ versioned: true, mayList: true, ...extra })]),
    ),
    secrets: new Map(
      Object.entries(options.secrets ?? {}).map(([name, value]) => [name, { value, version: 1 }]),
    ),
    executions: new Map(),
    faults: newFaults(),
    requests: [],
    topics: new Set(options.topics),
    published: [],
  };
}

function currentObjects(bucket: Bucket | undefined): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const key of [...(bucket?.versions.keys() ?? [])].sort()) {
    const version = bucket === undefined ? undefined : currentVersion(bucket, key);
    if (version !== undefined) found.set(key, version.body);
  }
  return found;
}

/**
 * Starts S3 and Secrets Manager on one loopback port, for the unmodified SDK clients: set `env` and
 * go. Everything lies in memory; a write is one synchronous step, so conditional writes are atomic.
 */
export async function startAws(options: AwsOptions = {}): Promise<EmbeddedAws> {
  const world = newWorld(options);
  const server = createServer((req, res) => {
    serve(world, req, res).catch(() => res.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'embedded',
      AWS_SECRET_ACCESS_KEY: 'embedded',
    },
    faults: world.faults,
    requests: world.requests,
    published: world.published,
    objects: (bucket) => currentObjects(world.buckets.get(bucket)),
    setSecret(name, value) {
      world.secrets.set(name, { value, version: (world.secrets.get(name)?.version ?? 0) + 1 });
    },
    hostExecution(execution) {
      world.executions.set(execution.arn, execution);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
