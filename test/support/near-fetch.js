// Stands for node-fetch in tests (jest.config.js): whoever asks an embedded Harbor of the same process, by a world of
// test/support, gets node-fetch's own answers without a socket. Everything else goes the real way: the tests of the
// adapters, of the bundle and of the command line, and every request while a fault is on that cuts connections.
import realFetch, { Response } from 'node-fetch/src/index.js';
import { contentOf, headersOf } from '../sandbox/harbor/server.ts';
import { nearAt } from '../sandbox/harbor/near.ts';

export * from 'node-fetch/src/index.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

export default async function nearFetch(address, init = {}) {
  const { origin, pathname, search } = new URL(address);
  const near = nearAt(origin);
  if (near === undefined) return await realFetch(address, init);
  const { method = 'GET', headers = {}, body, size } = init;
  const lowered = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  // As over a network, others come in between.
  await turn();
  const answer = await near.handle({
    method,
    url: pathname + search,
    headers: Object.fromEntries(lowered),
    body: Buffer.from(body ?? ''),
  });
  if (answer.cut !== undefined) throw new Error(`a fault was switched on during ${address}`);
  const content = method === 'HEAD' ? null : contentOf(answer);
  await turn();
  return new Response(content, { status: answer.status, headers: headersOf(answer), size });
}
