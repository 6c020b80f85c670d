import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { constants, createGunzip, gzip } from 'node:zlib';
import { RetentionError } from '../errors.ts';
import type { PartInfo, PartWriter } from '../ports.ts';

/** Takes the compressed pieces of a part, in order; the part exists after `commit`. */
export interface PartSink {
  append(piece: Buffer): Promise<void>;
  commit(): Promise<void>;
}

const compress = promisify<string, { level: number }, Buffer>(gzip);

/** Characters per gzip member: large enough to compress well, small beside the function's memory. */
const PIECE = 1 << 20;

/**
 * Newline-delimited JSON, gzipped piece by piece off the main thread. The pieces are members of one
 * gzip file, which zcat, Athena and Node read as a whole.
 */
export function partWriter(key: string, sink: PartSink): PartWriter {
  const hash = createHash('sha256');
  let waiting: string[] = [];
  let length = 0;
  let lines = 0;
  let bytes = 0;
  let closed = false;
  const flush = async (): Promise<void> => {
    const text = waiting.join('');
    waiting = [];
    length = 0;
    hash.update(text);
    const piece = await compress(text, { level: constants.Z_DEFAULT_COMPRESSION });
    bytes += piece.length;
    await sink.append(piece);
  };
  return {
    async write(line) {
      if (closed) throw new Error(`part ${key} is closed`);
      waiting.push(line, '\n');
      length += line.length + 1;
      lines += 1;
      if (length >= PIECE) await flush();
    },
    async close(): Promise<PartInfo> {
      if (closed) throw new Error(`part ${key} is closed`);
      closed = true;
      // An empty part is a valid, empty gzip file.
      if (length > 0 || bytes === 0) await flush();
      await sink.commit();
      return { key, lines, bytes, sha256: hash.digest('hex') };
    },
  };
}

const damaged = (address: string, cause: unknown): RetentionError =>
  new RetentionError('state-invalid', `${address} is damaged: it does not decompress.`, { cause });

/**
 * The lines of a gzipped part. `address` names it in errors.
 * @throws RetentionError state-invalid if the bytes are no gzip file or end too early
 */
export async function* linesOf(
  compressed: Readable | Buffer,
  address: string,
): AsyncIterable<string> {
  const source = Buffer.isBuffer(compressed) ? Readable.from([compressed]) : compressed;
  const text = createGunzip().setEncoding('utf8');
  source.once('error', (error) => text.destroy(error));
  // A line may be much longer than a chunk: its pieces are put together once, at its end.
  let rest: string[] = [];
  try {
    for await (const chunk of source.pipe(text)) {
      const [first = '', ...others] = String(chunk).split('\n');
      rest.push(first);
      const last = others.pop();
      if (last === undefined) continue;
      yield rest.join('');
      yield* others;
      rest = [last];
    }
  } catch (error) {
    throw damaged(address, error);
  } finally {
    source.destroy();
  }
  if (rest.some((piece) => piece !== ''))
    throw damaged(address, new Error('the last line has no end'));
}
