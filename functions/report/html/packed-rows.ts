/**
 * Rows as the page holds them: one list per column, repeated texts by their number in `words`. `null` is "not known",
 * and for `word` columns -1. Written by pack-rows.ts, read by the page's script.
 */
export interface PackedRows {
  readonly words: readonly string[];
  readonly project: readonly number[];
  readonly repository: readonly number[];
  /** Without `sha256:`. */
  readonly digest: readonly string[];
  readonly tags: readonly (readonly string[] | null)[];
  readonly labels: readonly (readonly string[] | null)[];
  readonly type: readonly number[];
  readonly size: readonly number[];
  /** Seconds since 1970. */
  readonly pushed: readonly (number | null)[];
  readonly pulled: readonly (number | null)[];
  readonly goes: readonly (number | null)[];
  readonly fate: readonly number[];
  readonly reason: readonly number[];
  readonly rule: readonly number[];
  readonly by: readonly number[];
  readonly why: readonly string[];
}
