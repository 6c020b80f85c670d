/** A number of artifacts, and the sum of their sizes in bytes. */
export interface Amount {
  readonly artifacts: number;
  readonly bytes: number;
}
