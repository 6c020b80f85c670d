import type { Clock, HarborInspector, HarborWriter, Pause } from '../ports.ts';
import type { Fenced } from './fence.ts';

/** Everything that applying touches. Each write asks first whether the lease is still ours. */
export interface ApplyPorts {
  readonly harbor: HarborInspector & Fenced<HarborWriter>;
  readonly clock: Clock;
  readonly pause: Pause;
}
