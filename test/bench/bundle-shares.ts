import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { decode } from '@jridgewell/sourcemap-codec';

/** What one package, or one room of ours, takes of a bundle. */
export interface Share {
  readonly name: string;
  readonly bytes: number;
}

export interface Weighed {
  readonly bytes: number;
  readonly zipped: number;
  /** Largest first. */
  readonly shares: readonly Share[];
}

interface SourceMap {
  readonly sources: readonly string[];
  readonly mappings: string;
}

/** `index.mjs` and its map in a folder, after minifying: every byte belongs to the source that its mapping names. */
export function weigh(folder: string): Weighed {
  const file = join(folder, 'index.mjs');
  const code = readFileSync(file, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n');
  const map = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMap;
  const owners = map.sources.map(ownerOf);
  const bytes = new Map<string, number>();
  const add = (source: number | undefined, text: string): void => {
    const name = source === undefined ? glue : (owners[source] ?? glue);
    bytes.set(name, (bytes.get(name) ?? 0) + Buffer.byteLength(text));
  };
  const lines = code.split('\n');
  for (const [number, segments] of decode(map.mappings).entries()) {
    const line = lines[number] ?? '';
    let from = 0;
    let owner: number | undefined;
    for (const [column, source] of segments) {
      add(owner, line.slice(from, column));
      [from, owner] = [column, source];
    }
    add(owner, `${line.slice(from)}\n`);
  }
  const shares = [...bytes].map(([name, size]): Share => ({ name, bytes: size }));
  return {
    bytes: Buffer.byteLength(code),
    zipped: gzipSync(code, { level: 9 }).length,
    shares: shares.toSorted((a, b) => b.bytes - a.bytes),
  };
}

const glue = 'what holds it together';

/** The package of a source; of ours, the room. The AWS SDK's many packages are told by their scope. */
function ownerOf(source: string): string {
  const inPackage = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1];
  if (inPackage !== undefined) return inPackage.replace(/^(@smithy|@aws-crypto)\/.*/, '$1/*');
  const room = /(functions\/(?:adapters\/harbor|report\/html|[^/]+(?=\/))|lib\/stand-ins)/.exec(
    source,
  )?.[1];
  return room ?? 'functions';
}
