import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect as connectTcp, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { HarborConnection } from '../../../functions/adapters/harbor/connection.ts';
import { connectHarbor } from '../../../functions/adapters/harbor/index.ts';
import { newSecretMask } from '../../../functions/adapters/secret-mask.ts';
import { maskCredential, parseCredential } from '../../../functions/adapters/secrets-manager.ts';
import { type EmbeddedHarbor, startHarbor } from '../../sandbox/harbor/index.ts';

let harbor: EmbeddedHarbor;
const servers: Server[] = [];
beforeEach(async () => {
  harbor = await startHarbor();
  harbor.seed.project('team');
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await harbor.close();
});

async function serve(answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void) {
  const server = createServer(answer);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const projectsBy = async (connection: Partial<HarborConnection>): Promise<readonly string[]> => {
  const given = { url: harbor.url, ...harbor.admin, retries: 0, ...connection };
  const { reader } = connectHarbor(given, { now: () => harbor.clock.now() });
  return (await reader.listProjects()).map(({ name }) => name);
};

describe('through a proxy', () => {
  /** A forward proxy that notes what it was asked for. */
  async function proxy() {
    const asked: string[] = [];
    const { server, url } = await serve((incoming, outgoing) => {
      asked.push(`${incoming.method} ${new URL(incoming.url ?? '').host}`);
      const { method, headers } = incoming;
      const onward = request(incoming.url ?? '', { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(onward);
    });
    server.on('connect', (incoming: IncomingMessage, socket) => {
      asked.push(`CONNECT ${incoming.url}`);
      const [host = '', port = ''] = (incoming.url ?? '').split(':');
      const onward = connectTcp(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => socket.destroy());
    });
    return { asked, url };
  }

  test('every request goes, in capitals or small letters', async () => {
    for (const name of ['HTTP_PROXY', 'http_proxy']) {
      const { asked, url } = await proxy();
      expect(await projectsBy({ proxy: { [name]: url } })).toContain('team');
      expect(new Set(asked)).toEqual(new Set([`GET ${new URL(harbor.url).host}`]));
    }
  });

  test('none goes where NO_PROXY names Harbor', async () => {
    const { asked, url } = await proxy();
    const found = await projectsBy({ proxy: { HTTP_PROXY: url, NO_PROXY: 'other,127.0.0.1' } });
    expect(found).toContain('team');
    expect(asked).toEqual([]);
  });

  test('an https address is asked for by CONNECT, so that the proxy sees no credential', async () => {
    const { asked, url } = await proxy();
    const { host } = new URL(harbor.url);
    // The embedded Harbor speaks no TLS: what counts here is what the proxy was asked for.
    await expect(
      projectsBy({ url: `https://${host}`, proxy: { HTTPS_PROXY: url } }),
    ).rejects.toMatchObject({ code: 'harbor-unreachable' });
    expect(new Set(asked)).toEqual(new Set([`CONNECT ${host}`]));
  });
});

test('headers from the secret go with every request, and are hidden like the password', async () => {
  const seen: (string | undefined)[] = [];
  const { url } = await serve((incoming, outgoing) => {
    seen.push(incoming.headers['cf-access-client-secret'] as string | undefined);
    const onward = request(
      `${harbor.url}${incoming.url}`,
      { headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.end();
  });
  const text = JSON.stringify({
    ...harbor.admin,
    headers: { 'CF-Access-Client-Secret': 'gate-secret-1' },
  });
  const { reach, ...credential } = parseCredential(text, 'secret');
  expect(await projectsBy({ url, ...reach })).toContain('team');
  expect(new Set(seen)).toEqual(new Set(['gate-secret-1']));
  const mask = newSecretMask();
  maskCredential({ ...credential, ...(reach === undefined ? {} : { reach }) }, mask);
  expect(mask.hide('a gate-secret-1 b')).toBe('a *** b');
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ['a header that is ours', { headers: { Authorization: 'x' } }, /"headers" must not set/],
  ['a header of two lines', { headers: { 'X-Gate': 'a\nb' } }, /"headers.X-Gate" is not the value/],
  [
    'a header without a name',
    { headers: { 'X Gate': 'a' } },
    /is not the name of a header|headers/,
  ],
  [
    'a certificate without a key',
    { clientCertificate: '-----BEGIN CERTIFICATE-----' },
    /belong together/,
  ],
  [
    'a key that is none',
    { clientCertificate: '-----BEGIN CERTIFICATE-----', clientKey: 'hunter2' },
    /"clientKey" is not PEM/,
  ],
])('a secret with %s is refused, without its value', (_, more, words) => {
  const read = (): unknown => parseCredential(JSON.stringify({ ...harbor.admin, ...more }), 's');
  expect(read).toThrow(words);
  expect(read).not.toThrow(/hunter2/);
});

const page = (title: string): string => `<html><head><title>${title}</title></head></html>`;

test.each<[string, number, Record<string, string>, string, readonly string[]]>([
  [
    'a login page',
    200,
    { server: 'gate/1' },
    page('Sign in'),
    ['a page titled "Sign in"', 'server "gate/1"'],
  ],
  [
    'a redirect',
    302,
    { location: 'https://login.example/x?token=1' },
    '',
    ['status 302', 'a redirect to login.example'],
  ],
  ['a firewall', 403, { server: 'waf' }, page('Blocked'), ['status 403', '"Blocked"']],
  ['a gateway that wants to know us', 401, {}, 'no', ['status 401']],
  ['a page that is gone', 404, {}, page('Not here'), ['status 404', '"Not here"']],
])(
  '%s is named for what it is, and no permission is asked for',
  async (...[, status, headers, body, words]) => {
    const { url } = await serve((_incoming, outgoing) => {
      outgoing.writeHead(status, { 'content-type': 'text/html', ...headers });
      outgoing.end(body);
    });
    const failed = await projectsBy({ url }).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      code: 'harbor-unexpected',
      message: expect.stringContaining('something in between answered instead of Harbor'),
      remedy: expect.stringContaining('HTTPS_PROXY'),
    });
    for (const word of words) expect((failed as Error).message).toContain(word);
    expect((failed as Error).message).not.toContain('token=1');
  },
);
