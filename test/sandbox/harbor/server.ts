import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HarborError } from './errors.ts';
import type { Answer } from './http.ts';

/** A request as it came in, its body read. */
export interface Incoming {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** What is sent back; `cut` ends the connection instead, without or with half of the answer, or never says a word. */
export interface Outgoing extends Answer {
  readonly cut?: 'before' | 'half' | 'never';
  readonly setCookie?: readonly string[];
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function errorAnswer(error: HarborError): Answer {
  const entry = {
    code: error.code,
    message: error.message,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
  };
  return {
    status: error.status,
    sessionless: error.sessionless,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...error.headers },
    text: `${JSON.stringify({ errors: [entry] })}\n`,
  };
}

/** The body of an answer. */
export function contentOf(answer: Answer): Buffer {
  if (answer.bytes !== undefined) return answer.bytes;
  if (answer.text !== undefined) return Buffer.from(answer.text);
  return answer.json === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(answer.json));
}

/** The headers of an answer, those of its body included. */
export function headersOf(
  answer: Outgoing,
  content = contentOf(answer),
): Readonly<Record<string, string | string[]>> {
  const headers = new Map<string, string | string[]>(Object.entries(answer.headers ?? {}));
  if (answer.json !== undefined && !headers.has('Content-Type'))
    headers.set('Content-Type', 'application/json');
  if (answer.setCookie !== undefined && answer.setCookie.length > 0)
    headers.set('Set-Cookie', [...answer.setCookie]);
  if (!headers.has('Content-Length')) headers.set('Content-Length', String(content.length));
  return Object.fromEntries(headers);
}

function send(response: ServerResponse, method: string, answer: Outgoing): void {
  const content = contentOf(answer);
  response.writeHead(answer.status, headersOf(answer, content));
  if (answer.cut === 'half') {
    response.write(content.subarray(0, Math.floor(content.length / 2)), () => response.destroy());
    return;
  }
  response.end(method === 'HEAD' ? undefined : content);
}

export interface Listening {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Serves on a free port of loopback. */
export async function listen(
  handle: (incoming: Incoming) => Promise<Outgoing>,
): Promise<Listening> {
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = request.method ?? 'GET';
    const body = await readBody(request);
    const answer = await handle({
      method,
      url: request.url ?? '/',
      headers: request.headers,
      body,
    });
    if (answer.cut === 'before') response.destroy();
    else if (answer.cut !== 'never') send(response, method, answer);
  };
  const server: Server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    respond(request, response).catch((error: unknown) => {
      // A fault of the emulator itself: loud, and nothing a client could take for Harbor's.
      response.writeHead(599, { 'Content-Type': 'text/plain' });
      response.end(error instanceof Error ? (error.stack ?? error.message) : String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}
