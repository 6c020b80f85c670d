/** An exchange that the embedded Harbor answers differently, knowingly. */
export interface NotReplayed {
  readonly file: string;
  readonly exchange: number;
  readonly because: string;
}

/** The replay test fails when an exchange differs that is not listed, and when a listed one no longer differs. */
export const notReplayed: readonly NotReplayed[] = [];
