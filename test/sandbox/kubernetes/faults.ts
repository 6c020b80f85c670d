/** What an embedded API server does wrong, on purpose. Every fault counts down by itself. */
export interface KubernetesFaults {
  /** Lists that are refused: part of an address. */
  readonly forbidden: Set<string>;
  /** The next so many tokens of pages have expired. */
  expired: number;
  /** The next so many answers end in the middle of their body. */
  cut: number;
  /** The next so many answers are whole by HTTP, and their JSON is not. */
  half: number;
  /** The next so many requests are too many. */
  throttled: number;
  /** Seconds after which a throttled request may come again. */
  retryAfter: string;
  /** The next so many answers are by a server that is starting. */
  unavailable: number;
  /** The next so many requests are not signed in. */
  unauthorized: number;
  /** Every page has another resource version than the one before. */
  moving: boolean;
  /** The same page is given for ever. */
  circling: boolean;
}

export const noFaults = (): KubernetesFaults => ({
  forbidden: new Set(),
  expired: 0,
  cut: 0,
  half: 0,
  throttled: 0,
  retryAfter: '1',
  unavailable: 0,
  unauthorized: 0,
  moving: false,
  circling: false,
});
