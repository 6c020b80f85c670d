import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { answerOf } from '../../../functions/adapters/harbor/writer.ts';

const envelope = (code: string, message = 'words') =>
  `${JSON.stringify({ errors: [{ code, message }] })}\n`;
const page = '<html><body><center>nginx</center></body></html>';
const answer = (status: number, text: string, isMarked = true) =>
  ({ status, text, isMarked, location: undefined }) as const;
const kindOf = (...given: Parameters<typeof answer>): string =>
  answerOf(answer(...given), 'DELETE').kind;

describe('an answer to a write that is not Harbor’s for certain is lost:', () => {
  test.each([
    200, 201, 202, 204, 301, 302, 307, 400, 401, 403, 404, 408, 409, 412, 413, 429, 499, 500, 501,
    502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530,
  ])('%d with a page, with nothing, or with JSON of another form', (status) => {
    for (const text of [page, '{"message":"try later"}', '{"errors":[]}', '"ok"'])
      expect(kindOf(status, text)).toBe('lost');
    expect(kindOf(status, '', false)).toBe('lost');
  });

  test('a success of another form than Harbor gives it', () => {
    expect(kindOf(200, '')).toBe('done');
    for (const status of [201, 202, 204]) expect(kindOf(status, '')).toBe('lost');
    expect(answerOf(answer(200, ''), 'PUT').kind).toBe('lost');
    expect(answerOf(answer(201, ''), 'PUT').kind).toBe('done');
    expect(answerOf(answer(202, ''), 'POST').kind).toBe('lost');
  });

  test('a gateway that writes Harbor’s envelope', () => {
    for (const status of [302, 408, 502, 503, 504, 524])
      expect(kindOf(status, envelope('UNKNOWN'))).toBe('lost');
  });
});

test.each([
  [401, 'UNAUTHORIZED', 'denied'],
  [403, 'FORBIDDEN', 'denied'],
  [404, 'NOT_FOUND', 'missing'],
  [405, 'METHOD_NOT_ALLOWED', 'unexpected'],
  [409, 'CONFLICT', 'conflict'],
  [412, 'PRECONDITION', 'protected'],
  [422, 'UNPROCESSABLE_ENTITY', 'unexpected'],
  [429, 'TOO_MANY_REQUEST', 'rolled-back'],
  [500, 'UNKNOWN', 'rolled-back'],
])('%d with Harbor’s own %s is %s', (status, code, kind) => {
  expect(kindOf(status, envelope(code))).toBe(kind);
});

const folder = new URL('../../../../shared/recordings/', import.meta.url);
const recorded = existsSync(folder);
if (!recorded) console.warn('Recordings of a real Harbor are not here: its answers are not tried.');

interface Exchange {
  readonly request: { readonly method: 'POST' | 'PUT' | 'DELETE'; readonly path: string };
  readonly response: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
}

/** The writes that we send, as a real Harbor answered them. */
const ours: readonly (readonly [Exchange['request']['method'], RegExp])[] = [
  ['POST', /\/artifacts\?from=/],
  ['POST', /\/artifacts\/[^/]+\/(tags|labels)$/],
  ['DELETE', /\/artifacts\/[^/]+(\/tags\/[^/]+)?$/],
  ['DELETE', /^\/api\/v2\.0\/projects\/[^/]+\/repositories\/[^/]+$/],
  ['PUT', /^\/v2\/.*\/manifests\/sha256:/],
];

(recorded ? test : test.skip)('every recorded answer of a real Harbor is recognised', () => {
  let seen = 0;
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.json'))) {
    const text = readFileSync(new URL(name, folder), 'utf8');
    for (const { request, response } of (JSON.parse(text) as { exchanges: Exchange[] }).exchanges) {
      const isOurs = ours.some(
        ([method, path]) => method === request.method && path.test(request.path),
      );
      if (!isOurs) continue;
      seen += 1;
      const body = response.body === undefined ? '' : JSON.stringify(response.body);
      // The recordings leave X-Request-Id out, which every answer bears (docs/harbor.md#headers).
      const { kind } = answerOf(answer(response.status, body), request.method);
      expect([name, request.path, kind]).not.toEqual([name, request.path, 'lost']);
    }
  }
  expect(seen).toBeGreaterThan(100);
});
