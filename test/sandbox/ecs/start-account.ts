import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { AwsError } from '../aws/aws-error.ts';
import type { EmbeddedAccount } from './account.ts';
import { ecsCalls, eventCalls } from './calls.ts';
import { restCall } from './rest-calls.ts';
import { stsAnswer } from './sts.ts';

export interface AccountFaults {
  /** Operations that are refused. */
  readonly denied: Set<string>;
  /** How many of the next calls are too many. */
  throttled: number;
  /** How many of the next answers end in the middle. */
  cut: number;
  /** How far the clock of AWS is ahead of ours, in milliseconds; signatures that are five minutes off are refused. */
  skew: number;
}

export interface EmbeddedAws {
  /** What the SDK reads from the environment to speak to it. */
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
  readonly faults: AccountFaults;
  /** Operations, in order, with the access key that signed. */
  readonly calls: readonly { readonly operation: string; readonly key: string }[];
  close(): Promise<void>;
}

/** Starts the APIs that a collector of ECS asks, with this account. */
export async function startAccount(account: EmbeddedAccount): Promise<EmbeddedAws> {
  const faults: AccountFaults = { denied: new Set(), throttled: 0, cut: 0, skew: 0 };
  const calls: { readonly operation: string; readonly key: string }[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const call = callOf(account, request, body);
      const key = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
      calls.push({ operation: call.operation, key });
      answer(response, call, { request, faults });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'OWN',
      AWS_SECRET_ACCESS_KEY: 'secret',
    },
    faults,
    calls,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Call {
  readonly operation: string;
  /** XML for STS, JSON for all others. */
  readonly type: string;
  readonly run: () => string;
}

function callOf(account: EmbeddedAccount, request: IncomingMessage, body: string): Call {
  const type = 'application/json';
  const form = new URLSearchParams(body);
  if (form.has('Action')) {
    const operation = form.get('Action') ?? '';
    return { operation, type: 'text/xml', run: () => stsAnswer(account.id, form) };
  }
  const input = (body === '' ? {} : JSON.parse(body)) as Readonly<Record<string, unknown>>;
  const [service = '', operation = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  const run = (service === 'AWSEvents' ? eventCalls : ecsCalls)[operation];
  if (run !== undefined) return { operation, type, run: () => JSON.stringify(run(account, input)) };
  const url = new URL(request.url ?? '/', 'http://embedded');
  const rest = restCall(account, { method: request.method ?? '', url, input });
  if (rest !== undefined)
    return { operation: rest.operation, type, run: () => JSON.stringify(rest.answer()) };
  const unknown = new AwsError(
    400,
    'UnknownOperationException',
    `${operation} is not offered here`,
  );
  return {
    operation,
    type,
    run: () => {
      throw unknown;
    },
  };
}

function refusalOf(
  operation: string,
  { request, faults }: { readonly request: IncomingMessage; readonly faults: AccountFaults },
): AwsError | undefined {
  const signed = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(
    String(request.headers['x-amz-date'] ?? ''),
  );
  if (signed !== null && faults.skew !== 0) {
    const [year = 0, month = 1, ...rest] = signed.slice(1).map(Number);
    const apart = Math.abs(Date.UTC(year, month - 1, ...rest) - (Date.now() + faults.skew));
    if (apart > 5 * 60_000)
      return new AwsError(403, 'InvalidSignatureException', 'Signature expired: it is now later');
  }
  if (faults.throttled > 0) {
    faults.throttled -= 1;
    return new AwsError(400, 'ThrottlingException', 'Rate exceeded');
  }
  if (!faults.denied.has(operation)) return undefined;
  const message = `User is not authorized to perform: ${operation}`;
  return new AwsError(400, 'AccessDeniedException', message);
}

function answer(
  response: ServerResponse,
  call: Call,
  about: { readonly request: IncomingMessage; readonly faults: AccountFaults },
): void {
  const { faults } = about;
  const headers = { date: new Date(Date.now() + faults.skew).toUTCString() };
  try {
    const refusal = refusalOf(call.operation, about);
    if (refusal !== undefined) throw refusal;
    const sent = Buffer.from(call.run());
    response.writeHead(200, {
      ...headers,
      'content-type': call.type,
      'content-length': sent.length,
    });
    if (faults.cut > 0) {
      faults.cut -= 1;
      response.write(sent.subarray(0, sent.length / 2), () => response.destroy());
    } else response.end(sent);
  } catch (error) {
    const { status, code, message } =
      error instanceof AwsError ? error : new AwsError(500, 'InternalFailure', String(error));
    const isXml = call.type === 'text/xml';
    response.writeHead(status, {
      ...headers,
      'content-type': call.type,
      'x-amzn-errortype': code,
    });
    response.end(
      isXml
        ? `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`
        : JSON.stringify({ __type: code, message }),
    );
  }
}
