import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { request as forward } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { HarborConnection } from '../../../functions/adapters/harbor/connection.ts';
import { connectHarbor } from '../../../functions/adapters/harbor/index.ts';
import { type EmbeddedHarbor, startHarbor } from '../../sandbox/harbor/index.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) console.warn('TLS with a private authority: SKIPPED, there is no openssl here');
const where = hasOpenssl ? describe : describe['skip'];

/** A private authority and a certificate of its for 127.0.0.1, made for this run. */
function certificates() {
  const folder = mkdtempSync(join(tmpdir(), 'authority-'));
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = ['-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Private authority'];
  openssl('req', '-x509', ...key, ...authority, '-days', '2');
  const server = ['-keyout', 'tls.key', '-out', 'tls.pem', '-subj', '/CN=harbor'];
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-days', '2'];
  openssl('req', '-x509', ...key, ...server, ...signed, '-addext', 'subjectAltName=IP:127.0.0.1');
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const client = ['-keyout', 'client.key', '-out', 'client.pem', '-subj', '/CN=retention'];
  openssl('req', '-x509', ...key, ...client, ...signed);
  const named = ['-keyout', 'named.key', '-out', 'named.pem', '-subj', '/CN=named'];
  openssl(
    'req',
    '-x509',
    ...key,
    ...named,
    ...signed,
    '-addext',
    'subjectAltName=DNS:harbor.internal',
  );
  return {
    ca: read('ca.pem'),
    key: read('tls.key'),
    cert: read('tls.pem'),
    client: { certificate: read('client.pem'), key: read('client.key') },
    named: { cert: read('named.pem'), key: read('named.key') },
  };
}

where('a Harbor behind a private certificate authority', () => {
  let harbor: EmbeddedHarbor;
  let server: Server;
  let made: ReturnType<typeof certificates>;
  let url: string;

  beforeAll(async () => {
    made = certificates();
    harbor = await startHarbor();
    harbor.seed.project('team');
    server = createServer({ key: made.key, cert: made.cert }, (incoming, outgoing) => {
      const { method, headers, url: path } = incoming;
      const onward = forward(`${harbor.url}${path}`, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(onward);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await harbor.close();
  });

  const connect = (certificateAuthority?: string) =>
    connectHarbor(
      {
        url,
        ...harbor.admin,
        retries: 0,
        ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
      },
      { now: () => harbor.clock.now() },
    ).reader;

  test('is read over TLS with that authority', async () => {
    const client = connect(made.ca);
    await client.identify();
    expect((await client.listProjects()).map(({ name }) => name)).toContain('team');
  });

  test.each([
    ['without it', () => undefined],
    ['with another one', () => certificates().ca],
  ])('is not trusted %s', async (_, ca) => {
    const failed: unknown = await connect(ca())
      .identify()
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'harbor-unreachable' });
    expect(String(failed)).toMatch(/certificate/);
  });

  /** The same Harbor behind another TLS server. */
  async function behind(options: ServerOptions): Promise<{ url: string; close: () => void }> {
    const other = createServer(options, (incoming, outgoing) =>
      server.emit('request', incoming, outgoing),
    );
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    return {
      url: `https://127.0.0.1:${(other.address() as AddressInfo).port}`,
      close: () => {
        other.closeAllConnections();
        other.close();
      },
    };
  }

  const reach = (connection: Partial<HarborConnection>) =>
    connectHarbor(
      { url, ...harbor.admin, retries: 0, certificateAuthority: made.ca, ...connection },
      { now: () => harbor.clock.now() },
    ).reader.listProjects();

  test('a gateway that asks for a client certificate is given one, and no other lets us in', async () => {
    const strict = await behind({
      key: made.key,
      cert: made.cert,
      ca: made.ca,
      requestCert: true,
      rejectUnauthorized: true,
    });
    await expect(reach({ url: strict.url })).rejects.toMatchObject({ code: 'harbor-unreachable' });
    const projects = await reach({ url: strict.url, clientCertificate: made.client });
    expect(projects.map(({ name }) => name)).toContain('team');
    strict.close();
  });

  test('a certificate of another name is accepted only where that name is expected', async () => {
    const named = await behind(made.named);
    await expect(reach({ url: named.url })).rejects.toMatchObject({ code: 'harbor-unreachable' });
    const projects = await reach({ url: named.url, tlsServerName: 'harbor.internal' });
    expect(projects.map(({ name }) => name)).toContain('team');
    named.close();
  });
});
