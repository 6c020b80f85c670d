import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import { AwsError } from './aws-error.ts';

/** AWS refuses a smaller chunk anywhere but at the end (docs/design.md#s3). */
const SMALLEST_CHUNK = 8192;

const badDigest = (algorithm: string): AwsError =>
  new AwsError(400, 'BadDigest', `The ${algorithm} you specified did not match what we received.`);

export const crc32Base64 = (body: Buffer): string => {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return sum.toString('base64');
};

const CHECKSUMS: Readonly<Record<string, (body: Buffer) => string>> = {
  'x-amz-checksum-crc32': crc32Base64,
  'x-amz-checksum-sha256': (body) => createHash('sha256').update(body).digest('base64'),
  'x-amz-checksum-sha1': (body) => createHash('sha1').update(body).digest('base64'),
  'content-md5': (body) => createHash('md5').update(body).digest('base64'),
};

function verify(body: Buffer, headers: Readonly<Record<string, unknown>>): void {
  for (const [name, compute] of Object.entries(CHECKSUMS)) {
    const claimed = headers[name];
    if (typeof claimed === 'string' && claimed !== compute(body)) throw badDigest(name);
  }
}

interface Unframed {
  readonly body: Buffer;
  readonly trailers: Readonly<Record<string, string>>;
}

function readTrailers(text: string): Record<string, string> {
  const lines = text.split('\r\n').filter((line) => line !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}

/** Takes the aws-chunked frames off: `<hex>[;chunk-signature=…]\r\n<data>\r\n … 0\r\n<trailers>`. */
function unframe(framed: Buffer): Unframed {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = framed.indexOf('\r\n', at);
    if (lineEnd < 0)
      throw new AwsError(400, 'IncompleteBody', 'The request body terminated unexpectedly.');
    const size = Number.parseInt(framed.toString('latin1', at, lineEnd), 16);
    if (!Number.isSafeInteger(size))
      throw new AwsError(400, 'InvalidRequest', 'The chunk size is not a hexadecimal number.');
    at = lineEnd + 2;
    if (size === 0) break;
    const previous = parts.at(-1);
    if (previous !== undefined && previous.length < SMALLEST_CHUNK)
      throw new AwsError(
        403,
        'InvalidChunkSizeError',
        'Only the last chunk is allowed to have a size less than 8192 bytes',
      );
    parts.push(framed.subarray(at, at + size));
    at += size + 2;
  }
  return { body: Buffer.concat(parts), trailers: readTrailers(framed.toString('latin1', at)) };
}

const isChunked = (headers: IncomingHttpHeaders): boolean =>
  /(^|,)\s*aws-chunked/.test(headers['content-encoding'] ?? '') ||
  String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');

/**
 * The object's bytes from the bytes of a PUT: frames removed, length and checksums verified.
 * Throws AwsError as S3 answers: MissingContentLength, IncompleteBody, BadDigest, InvalidChunkSizeError.
 */
export function readBody(received: Buffer, headers: IncomingHttpHeaders): Buffer {
  if (!isChunked(headers)) {
    if (headers['content-length'] === undefined && headers['transfer-encoding'] !== undefined)
      throw new AwsError(
        411,
        'MissingContentLength',
        'You must provide the Content-Length HTTP header.',
      );
    verify(received, headers);
    return received;
  }
  const { body, trailers } = unframe(received);
  if (Number(headers['x-amz-decoded-content-length']) !== body.length)
    throw new AwsError(
      400,
      'IncompleteBody',
      'You did not provide the number of bytes specified by the x-amz-decoded-content-length HTTP header.',
    );
  const announced = headers['x-amz-trailer'];
  if (typeof announced === 'string' && trailers[announced.toLowerCase()] === undefined)
    throw new AwsError(
      400,
      'MalformedTrailerError',
      'The request contained trailing data that was not well-formed.',
    );
  verify(body, { ...headers, ...trailers });
  return body;
}
