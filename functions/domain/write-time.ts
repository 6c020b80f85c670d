/**
 * How long a write to Harbor takes at most, in milliseconds. Two rooms rest on it: the client sends nothing later, and
 * the lease is renewed before less than that is left of it.
 */

/** A write that has waited longer for its turn is not sent any more. */
export const longestTurnMs = 60_000;

/** From the call to its end: the wait for its turn, and the time-out of the connection. */
export const longestWriteMs = 2 * 60_000;
