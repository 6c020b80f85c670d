import type { Faults } from './faults.ts';
import type { Traffic } from './flights.ts';
import type { LoginDesk } from './identity.ts';
import type { State } from './state.ts';

export interface Delays {
  readonly readMs: number;
  /** What a list of artifacts takes instead, from the first to the second number of milliseconds. */
  readonly pageMs?: readonly [number, number];
  readonly copyMs: number;
  readonly deleteMs: number;
}

/** What handlers work with. */
export interface Services {
  readonly state: State;
  readonly desk: LoginDesk;
  readonly faults: Faults;
  readonly traffic: Traffic;
  readonly delays: Delays | undefined;
  /** `http://127.0.0.1:port` */
  readonly url: () => string;
}
