/** What an embedded API server does wrong, on purpose. Every fault counts down by itself. */
export interface KubernetesFaults {
  /** Lists that are refused: part of an address. */
  readonly forbidden: Set<string>;
  /** How many of the next tokens of pages have expired. */
  expired: number;
  /** How many of the next answers end in the middle of their body. */
  cut: number;
  /** How many of the next answers are whole by HTTP, while their JSON is not. */
  half: number;
  /** How many of the next requests are too many. */
  throttled: number;
  /** Seconds after which a throttled request may come again. */
  retryAfter: string;
  /** How many of the next answers are by a server that is starting. */
  unavailable: number;
  /** How many of the next requests are not signed in. */
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
