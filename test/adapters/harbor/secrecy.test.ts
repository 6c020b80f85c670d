import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { harborClient } from '../../../functions/adapters/harbor/client.ts';
import { rateLimiter } from '../../../functions/adapters/harbor/rate-limiter.ts';
import { forms, password } from '../../bin/command-line.ts';

const username = 'robot$retention';

/** A proxy that repeats, in Harbor's own form, what it was sent. */
let server: Server;
beforeEach(async () => {
  server = createServer((request, response) => {
    const sent = `${request.headers.authorization ?? ''} ${password} ${encodeURIComponent(password)}`;
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ errors: [{ code: 'BAD_REQUEST', message: sent }] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test('a server that repeats the credential does not bring it into an error or an answer', async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = { now: () => 0 };
  const client = harborClient({ url, username, password }, rateLimiter(), clock);
  const failed: unknown = await client
    .get('/api/v2.0/projects', 'projects')
    .catch((error: unknown) => error);
  const answer = await client.send({ method: 'DELETE', path: '/api/v2.0/x', kind: 'delete' });
  const shown = `${String(failed)} ${answer.text}`;
  expect(shown).toContain('BAD_REQUEST');
  expect(shown).toContain('***');
  for (const form of forms) expect(shown).not.toContain(form);
});
