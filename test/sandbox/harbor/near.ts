import type { Incoming, Outgoing } from './server.ts';

/** An embedded Harbor of this process, as `test/support/near-fetch.ts` asks it without a socket. */
export interface NearHarbor {
  /** Not while a fault is on that cuts connections: what that looks like is left to real ones. */
  readonly isOpen: () => boolean;
  readonly handle: (incoming: Incoming) => Promise<Outgoing>;
}

const known = new Map<string, NearHarbor>();
const asked = new Set<string>();

/** Says that an embedded Harbor runs in this process; the answer says that it is over. */
export function announce(url: string, near: NearHarbor): () => void {
  known.set(url, near);
  return () => {
    known.delete(url);
    asked.delete(url);
  };
}

/** From now on requests to this embedded Harbor take no socket, as long as no fault is on that cuts connections. */
export function bringNear(url: string): void {
  asked.add(url);
}

/** The Harbor at this origin, if it was brought near and is open. */
export function nearAt(origin: string): NearHarbor | undefined {
  if (!asked.has(origin)) return undefined;
  const near = known.get(origin);
  return near?.isOpen() === true ? near : undefined;
}
