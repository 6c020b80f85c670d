import type { PackedRows } from '../functions/report/html/packed-rows.ts';

/** One artifact as the page shows it; times are seconds since 1970. */
export interface Row {
  readonly name: string;
  readonly project: string;
  readonly digest: string;
  readonly tags: readonly string[] | null;
  readonly labels: readonly string[] | null;
  readonly type: string;
  readonly size: number;
  readonly pushed: number | null;
  readonly pulled: number | null;
  readonly goes: number | null;
  readonly fate: string;
  readonly rule: string;
  readonly reason: string;
  readonly why: string;
}

/** The rows of the page, read one at a time out of their columns. */
export interface Rows {
  readonly count: number;
  readonly at: (index: number) => Row;
}

export function rowsOf(packed: PackedRows): Rows {
  const word = (numbers: readonly number[], index: number): string =>
    packed.words[numbers[index] ?? -1] ?? '';
  const at = (index: number): Row => {
    const project = word(packed.project, index);
    const reason = word(packed.reason, index);
    const by = word(packed.by, index);
    const digest = packed.digest[index] ?? '';
    return {
      project,
      name: `${project}/${word(packed.repository, index)}`,
      digest: digest.includes(':') ? digest : `sha256:${digest}`,
      tags: packed.tags[index] ?? null,
      labels: packed.labels[index] ?? null,
      type: word(packed.type, index),
      size: packed.size[index] ?? 0,
      pushed: packed.pushed[index] ?? null,
      pulled: packed.pulled[index] ?? null,
      goes: packed.goes[index] ?? null,
      fate: word(packed.fate, index),
      rule: word(packed.rule, index),
      reason: by === '' ? reason : `${reason}: ${by}`,
      why: packed.why[index] ?? '',
    };
  };
  return { count: packed.size.length, at };
}

/** Reads base64 of gzipped JSON. @throws where the browser can't, or the text is cut off */
export async function unpack(text: string): Promise<Rows> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return rowsOf((await new Response(plain).json()) as PackedRows);
}
