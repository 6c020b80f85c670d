// `command` itself throws where an output holds the password; here is where it could get there from.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  command,
  type Ended,
  fileWith,
  forms,
  newFolder,
  password,
  policy,
  startScene,
} from './command-line.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

type Answering = (request: IncomingMessage, response: ServerResponse) => void;

async function listening(answer: Answering): Promise<string> {
  const started = createServer(answer);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

const credential = { HARBOR_USER: 'robot$retention', HARBOR_PASSWORD: password };

/** Plans, and looks through every file that was left, too. */
async function plan(
  environment: Record<string, string>,
  more: readonly string[] = [],
): Promise<Ended> {
  const out = newFolder();
  const argv = ['plan', '--policy', fileWith(policy), '--out', out, ...more];
  const ended = await command(argv, { environment, isInteractive: true });
  for (const name of readdirSync(out, { recursive: true, encoding: 'utf8' })) {
    const path = join(out, name);
    if (!statSync(path).isFile()) continue;
    const raw = readFileSync(path);
    const text = (name.endsWith('.gz') ? gunzipSync(raw) : raw).toString();
    for (const form of forms) if (text.includes(form)) throw new Error(`${name} has the password`);
  }
  return ended;
}

const page = (request: IncomingMessage): string =>
  `<html><body>upstream said no to ${JSON.stringify(request.headers)} as ${password}</body></html>`;

const envelope = ({ headers }: IncomingMessage): string =>
  JSON.stringify({
    errors: [{ code: `NO ${headers.authorization}`, message: `no to ${headers.authorization}` }],
  });

const echoes: readonly (readonly [string, Answering])[] = [
  [
    'a page of 403 that repeats the request',
    (request, response) =>
      response.writeHead(403, { 'content-type': 'text/html' }).end(page(request)),
  ],
  [
    'an envelope of 401 that repeats the header',
    (request, response) =>
      response.writeHead(401, { 'content-type': 'application/json' }).end(envelope(request)),
  ],
  [
    'an envelope of 412 that repeats the header',
    (request, response) =>
      response.writeHead(412, { 'content-type': 'application/json' }).end(envelope(request)),
  ],
  [
    'a reason phrase and an id that repeat the header',
    ({ headers }, response) => {
      response.statusMessage = `No ${headers.authorization}`;
      response.writeHead(400, { 'x-request-id': String(headers.authorization) }).end();
    },
  ],
  [
    'a redirection to a login page that has the header in its address',
    ({ headers }, response) =>
      response
        .writeHead(302, { location: `https://login.example/?was=${headers.authorization}` })
        .end(),
  ],
  [
    'a page with 200 instead of JSON',
    (request, response) =>
      response.writeHead(404, { 'content-type': 'text/html' }).end(page(request)),
  ],
  [
    'JSON of the wrong form that repeats the header',
    ({ headers }, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ harbor_version: headers, current_time: headers.authorization })),
  ],
  [
    'a list of the wrong form that repeats the header',
    ({ headers, url }, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'x-total-count': '1' })
        .end(
          JSON.stringify(
            url?.includes('systeminfo') === true
              ? { harbor_version: 'v2.15.2', current_time: new Date().toISOString() }
              : [{ name: { was: headers.authorization }, project_id: headers.authorization }],
          ),
        ),
  ],
];

describe('the password is in no output and in no file', () => {
  test.each(echoes)('after %s', async (_, answer) => {
    const url = await listening(answer);
    const { code, out, err } = await plan({ ...credential, HARBOR_URL: url });
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toMatch(/\n→ .+\n$/);
    expect(err).not.toContain('    at ');
  });

  test('after a run that went well, nor in what it saved', async () => {
    const { harbor, environment } = await startScene();
    try {
      const saved = join(newFolder(), 'inventory.ndjson');
      const ended = await plan({ ...environment }, ['--save-inventory', saved]);
      expect(ended.code).toBe(0);
      for (const form of forms) expect(readFileSync(saved, 'utf8')).not.toContain(form);
    } finally {
      await harbor.close();
    }
  });

  test.each([
    `https://robot:${password}@harbor.example`,
    `https://${password}@harbor.example`,
    `robot:${password}@harbor.example`,
    `ftp://robot:${password}@harbor.example`,
    `https://robot:${password}@harbor.example:notaport/x`,
  ])('after the address %p', async (url) => {
    for (const more of [[], ['--harbor', url]]) {
      const { code, out } = await plan({ ...credential, HARBOR_URL: url }, more);
      expect(out).toBe('');
      expect([2, 4]).toContain(code);
    }
  });

  test.each([
    ['no JSON', `{"username": "robot$x", "password": ${password}}`],
    ['JSON that breaks off', `{"username": "robot$x", "password": "${password}`],
    ['plain text', `robot$x:${password}`],
    ['only a text', JSON.stringify(password)],
    ['a list', JSON.stringify(['robot$x', password])],
    ['a misspelt key', JSON.stringify({ username: 'robot$x', [password]: 'password' })],
    ['a list where a text belongs', JSON.stringify({ username: 'robot$x', password: [password] })],
    [
      'an address with it',
      JSON.stringify({ username: 'x', password, url: `https://x:${password}@h` }),
    ],
    ['it twice', JSON.stringify({ username: 'x', password, secret: password, name: 'x' })],
  ])('after a credential file that is %s', async (_, text) => {
    const { code, out, err } = await plan({}, ['--credentials', fileWith(text, 'credential.json')]);
    expect(out).toBe('');
    expect([2, 4]).toContain(code);
    expect(err).toMatch(/\n→ .+\n$/);
  });

  test('after it was given as the certificate authority by mistake', async () => {
    const ca = fileWith(password, 'ca.pem');
    const { code } = await plan({ ...credential, HARBOR_URL: 'https://harbor.example' }, [
      '--ca',
      ca,
    ]);
    expect(code).toBe(2);
  });
});
