import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { request as forward } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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
  return { ca: read('ca.pem'), key: read('tls.key'), cert: read('tls.pem') };
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
});
