import type { EmbeddedHarbor } from '../sandbox/harbor/index.ts';
import {
  type Correspondence,
  type Difference,
  compareJson,
  createCorrespondence,
  idsOutOfOrder,
  inSomeOrder,
  sameForm,
  sameText,
  timesOutOfOrder,
} from './compare.ts';
import { comparedHeaders, pathKinds, sometimesRecordedHeaders } from './normalise.ts';
import type { Capture, RecordedExchange, RecordedRequest, Recording } from './recording.ts';

/** Time that passes between two exchanges of a replay, in ms. */
const STEP_MS = 500;
/** A poll is given that many steps to come true. */
const POLL_STEPS = 120;

export interface Finding {
  readonly exchange: number;
  readonly request: string;
  readonly differences: readonly Difference[];
}

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

interface Replay {
  readonly harbor: EmbeddedHarbor;
  readonly recording: Recording;
  readonly variables: Map<string, string | number>;
  readonly known: Correspondence;
}

const fill = (replay: Replay, text: string): string =>
  text.replaceAll(/\{\{([^}]+)\}\}/g, (_, name: string) =>
    String(replay.variables.get(name) ?? `{{${name}}}`),
  );

function credentials(replay: Replay, as: string): string | undefined {
  const identity = replay.recording.identities[as];
  if (identity === undefined) return undefined;
  const name = /^<(secret:.+)>$/.exec(identity.password)?.[1];
  const password =
    name === undefined
      ? identity.password
      : name === 'secret:admin'
        ? replay.harbor.admin.password
        : String(replay.variables.get(name) ?? '');
  return `Basic ${Buffer.from(`${identity.username}:${password}`).toString('base64')}`;
}

function headersOf(replay: Replay, request: RecordedRequest): Headers {
  const headers = new Headers({ Accept: 'application/json' });
  const authorization =
    request.as === 'bearer'
      ? `Bearer ${String(replay.variables.get(request.bearer ?? '') ?? '')}`
      : credentials(replay, request.as);
  if (authorization !== undefined) headers.set('Authorization', authorization);
  for (const [name, value] of Object.entries(request.headers ?? {}))
    headers.set(name, fill(replay, value));
  return headers;
}

function setPointer(target: unknown, pointer: string, value: unknown): void {
  const steps = pointer.split('/').slice(1);
  const last = steps.pop() ?? '';
  let place = target as Record<string, unknown>;
  for (const step of steps) place = place[step] as Record<string, unknown>;
  place[last] = value;
}

function bodyOf(replay: Replay, request: RecordedRequest): Buffer | undefined {
  if (request.body === undefined) return undefined;
  const raw = request.body as { readonly base64?: string };
  if (typeof raw === 'object' && typeof raw.base64 === 'string')
    return Buffer.from(raw.base64, 'base64');
  const body: unknown = structuredClone(request.body);
  for (const [pointer, variable] of Object.entries(request.bodyVars ?? {})) {
    const value = replay.variables.get(typeof variable === 'string' ? variable : variable.var);
    setPointer(body, pointer, typeof variable === 'string' ? value : String(value));
  }
  // The recording's own address stands for the emulator's.
  return Buffer.from(JSON.stringify(body).replaceAll('{upstream}', replay.harbor.url));
}

async function send(replay: Replay, request: RecordedRequest): Promise<Reply> {
  const path = fill(replay, request.template ?? request.path);
  const body = bodyOf(replay, request);
  const response = await fetch(`${replay.harbor.url}${path}`, {
    method: request.method,
    headers: headersOf(replay, request),
    redirect: 'manual',
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: Buffer.from(await response.arrayBuffer()),
  };
}

const insert = (replay: Replay, text: string): string =>
  text
    .replaceAll('{harbor-host}', replay.harbor.url.replace('http://', ''))
    .replaceAll('{harbor}', replay.harbor.url)
    .replaceAll('{upstream}', replay.harbor.url);

/** Variables hold our ids for recorded ones: a `Location` teaches them. */
function learn(replay: Replay, recorded: string, actual: string): void {
  const kinds: Readonly<Record<string, string>> = {
    projects: 'project',
    users: 'user',
    robots: 'robot',
    labels: 'label',
    members: 'member',
    immutabletagrules: 'rule',
    retentions: 'retention',
    executions: 'execution',
    registries: 'registry',
    gc: 'gc',
    policies: recorded.includes('replication') ? 'replication' : 'webhook',
  };
  const pattern = /\/([a-z]+)\/(\d+)/g;
  const ours = [...actual.matchAll(pattern)];
  for (const [index, match] of [...recorded.matchAll(pattern)].entries()) {
    const kind = kinds[match[1] ?? ''];
    const id = ours[index]?.[2];
    if (kind === undefined || id === undefined) continue;
    const table = replay.known.ids.get(kind) ?? new Map<number, number>();
    replay.known.ids.set(kind, table);
    if (!table.has(Number(match[2]))) table.set(Number(match[2]), Number(id));
  }
}

const cookieNames = (reply: Reply): string =>
  reply.headers
    .getSetCookie()
    .map((cookie) => cookie.slice(0, cookie.indexOf('=')))
    .sort()
    .join(', ');

function compareHeaders(replay: Replay, exchange: RecordedExchange, reply: Reply): Difference[] {
  const recorded = exchange.response.headers ?? {};
  const loose = exchange.partial !== undefined || exchange.unstable !== undefined;
  const differences: Difference[] = [];
  const check = (name: string, required: boolean): void => {
    if (loose && (name === 'x-total-count' || name === 'link')) return;
    const wanted = recorded[name] === undefined ? undefined : insert(replay, recorded[name]);
    const actual = reply.headers.get(name) ?? undefined;
    if (wanted === undefined && !required) return;
    if (name === 'location' && wanted !== undefined && actual !== undefined)
      learn(replay, wanted, actual);
    const same =
      wanted === undefined || actual === undefined
        ? wanted === actual
        : wanted === '<present>' || sameText(replay.known, wanted, actual);
    if (!same) differences.push({ where: `header ${name}`, recorded: wanted, actual });
  };
  for (const name of comparedHeaders) check(name, true);
  for (const name of sometimesRecordedHeaders) check(name, false);
  const names = (recorded['set-cookie'] ?? '').split(/,\s*/).sort().join(', ');
  if (names !== cookieNames(reply))
    differences.push({ where: 'set-cookie', recorded: names, actual: cookieNames(reply) });
  const hasToken = reply.headers.has('x-harbor-csrf-token');
  if ('x-harbor-csrf-token' in recorded !== hasToken)
    differences.push({ where: 'x-harbor-csrf-token', recorded: !hasToken, actual: hasToken });
  return differences;
}

const kindOf = (path: string): string => {
  const bare = (path.split('?')[0] ?? '').replace(/\/$/, '');
  return pathKinds.find(([pattern]) => pattern.test(bare))?.[1] ?? 'other';
};

function parse(reply: Reply): unknown {
  const type = reply.headers.get('content-type') ?? '';
  const text = reply.body.toString('utf8');
  if (text === '') return undefined;
  if (!type.includes('json')) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Log texts hold times, and lines in any order. */
const logLines = (text: string): string =>
  text
    .replaceAll(/\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{2}:\d{2}:\d{2}Z?/g, '<time>')
    .split('\n')
    .sort()
    .join('\n');

function compareBody(replay: Replay, exchange: RecordedExchange, reply: Reply): Difference[] {
  const { body } = exchange.response;
  const raw = (typeof body === 'object' && body !== null ? body : {}) as {
    readonly base64?: string;
  };
  if (typeof raw.base64 === 'string') {
    const same = Buffer.from(raw.base64, 'base64').equals(reply.body);
    return same ? [] : [{ where: 'bytes', recorded: raw, actual: reply.body.toString('utf8') }];
  }
  const recorded: unknown =
    body === undefined ? undefined : JSON.parse(insert(replay, JSON.stringify(body)));
  const actual = parse(reply);
  if (exchange.partial !== undefined || exchange.unstable !== undefined) {
    if (body === undefined || sameForm(recorded, actual)) return [];
    return [{ where: 'form', recorded, actual }];
  }
  if (typeof recorded === 'string' && typeof actual === 'string' && recorded.includes('\n')) {
    const same = sameText(replay.known, logLines(recorded), logLines(actual));
    return same ? [] : [{ where: 'text', recorded, actual }];
  }
  const pair: readonly [unknown, unknown] =
    exchange.unordered === undefined
      ? [recorded, actual]
      : [inSomeOrder(recorded), inSomeOrder(actual)];
  return compareJson(replay.known, kindOf(exchange.request.path), pair);
}

function compareReply(replay: Replay, exchange: RecordedExchange, reply: Reply): Difference[] {
  if (reply.status !== exchange.response.status)
    return [
      {
        where: 'status',
        recorded: exchange.response.status,
        actual: `${reply.status} ${reply.body.toString('utf8').slice(0, 500)}`,
      },
    ];
  return [...compareHeaders(replay, exchange, reply), ...compareBody(replay, exchange, reply)];
}

function pointerValue(value: unknown, pointer: string): unknown {
  let place = value;
  for (const step of pointer.split('/').slice(1)) {
    const picked = /^\[(.+)=(.+)\]$/.exec(step);
    if (picked !== null && Array.isArray(place)) {
      const [, key = '', wanted] = picked;
      place = (place as readonly Record<string, unknown>[] | undefined)?.find(
        (item) => String(item[key]) === wanted,
      );
    } else place = (place as Record<string, unknown> | undefined)?.[step];
  }
  return place;
}

function captured(capture: Capture, reply: Reply): unknown {
  if (capture.header !== undefined) return reply.headers.get(capture.header) ?? undefined;
  if (capture.pointer !== undefined) return pointerValue(parse(reply), capture.pointer);
  const name = `${capture.cookie ?? ''}=`;
  const cookie = reply.headers.getSetCookie().find((one) => one.startsWith(name));
  return cookie?.slice(name.length).split(';')[0];
}

function capture(replay: Replay, exchange: RecordedExchange, reply: Reply): void {
  for (const [name, spec] of Object.entries(exchange.captures ?? {})) {
    const raw = captured(spec, reply);
    if (raw === undefined || raw === null) continue;
    let text = String(raw as string | number);
    if (spec.as === 'path and query only') text = text.replace(/^https?:\/\/[^/]+/, '');
    if (spec.regex !== undefined) text = new RegExp(spec.regex).exec(text)?.[1] ?? text;
    replay.variables.set(name, spec.type === 'integer' ? Number(text) : text);
  }
}

const copyOf = (known: Correspondence): Correspondence => ({
  ids: new Map([...known.ids].map(([kind, table]) => [kind, new Map(table)])),
  times: new Map(known.times),
  background: new Map(known.background),
});

/** Asks again until the answer is the recorded one, while the emulator's time passes. */
async function poll(replay: Replay, exchange: RecordedExchange): Promise<Reply> {
  for (let step = 0; ; step += 1) {
    const reply = await send(replay, exchange.request);
    const trial = { ...replay, known: copyOf(replay.known) };
    if (step >= POLL_STEPS || compareReply(trial, exchange, reply).length === 0) return reply;
    replay.harbor.clock.advance(STEP_MS);
  }
}

interface Held {
  readonly reply: Promise<Reply>;
  readonly release: () => void;
}

/** A request that is still unanswered while others are sent. */
async function hold(replay: Replay, request: RecordedRequest): Promise<Held> {
  const gate = replay.harbor.holdFailedLogins();
  const reply = send(replay, request);
  await gate.reached;
  return { reply, release: gate.release };
}

async function run(replay: Replay, onFinding: (finding: Finding) => void): Promise<void> {
  const { exchanges } = replay.recording;
  const check = (index: number, reply: Reply): void => {
    const exchange = exchanges[index] as RecordedExchange;
    capture(replay, exchange, reply);
    const differences = compareReply(replay, exchange, reply);
    const request = `${exchange.request.method} ${exchange.request.path} as ${exchange.request.as}`;
    if (differences.length > 0) onFinding({ exchange: index, request, differences });
  };
  const one = async (index: number): Promise<void> => {
    const exchange = exchanges[index] as RecordedExchange;
    replay.harbor.clock.advance(exchange.waitBeforeMs ?? STEP_MS);
    check(
      index,
      exchange.poll === undefined
        ? await send(replay, exchange.request)
        : await poll(replay, exchange),
    );
  };
  for (let index = 0; index < exchanges.length; index += 1) {
    const exchange = exchanges[index] as RecordedExchange;
    const others = exchange.inFlightDuringNext ?? 0;
    if (others === 0) {
      await one(index);
      continue;
    }
    const held = await hold(replay, exchange.request);
    for (let next = 1; next <= others; next += 1) await one(index + next);
    held.release();
    check(index, await held.reply);
    index += others;
  }
}

/** Sends every request of a recording in order; answers what came out differently. */
export async function replayRecording(
  harbor: EmbeddedHarbor,
  recording: Recording,
): Promise<Finding[]> {
  const replay: Replay = { harbor, recording, variables: new Map(), known: createCorrespondence() };
  const findings: Finding[] = [];
  await run(replay, (finding) => findings.push(finding));
  const order = [...idsOutOfOrder(replay.known), ...timesOutOfOrder(replay.known)];
  if (order.length > 0)
    findings.push({ exchange: -1, request: 'the whole file', differences: order });
  return findings.sort((a, b) => a.exchange - b.exchange);
}
