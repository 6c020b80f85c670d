import { nextPace, startPace } from '../../../functions/adapters/harbor/pace.ts';
import type { Random } from '../../sandbox/harbor/index.ts';
import { engine, type Inputs, measured } from './inputs.ts';
import type { Work } from './phases.ts';
import type { Simulation } from './simulation.ts';

/** A Harbor far away: as slow as it is asked much, and gone for a while. */
export interface SimulatedHarbor {
  /** One page by the client: at the pace of its own controller, read again when it fails. False: given up. */
  page(): Promise<boolean>;
  /** Whether anything answers; asked so many times. */
  answers(times: number): Promise<boolean>;
  /** Serial work that takes so many requests and so much of Harbor's own time; tried again until it is done. */
  change(requests: number, ownMs: number): Promise<void>;
  counts(): { readonly sent: number; readonly busyMs: number; readonly level: number };
}

interface Around {
  readonly sim: Simulation;
  readonly inputs: Inputs;
  readonly random: Random;
  readonly outage: Work['outage'];
}

export function simulatedHarbor({ sim, inputs, random, outage }: Around): SimulatedHarbor {
  const outageAt = inputs.outageAtMinutes * 60_000;
  const outageEnds = outageAt + inputs.outageMinutes * 60_000;
  const isOut = (): boolean => outage !== 'none' && sim.now() >= outageAt && sim.now() < outageEnds;
  const counts = { sent: 0, busyMs: 0 };
  let active = 0;
  let pace = startPace(inputs.maxConcurrency);
  let underWay = 0;
  const queue: (() => void)[] = [];

  /** One request: network and Harbor's own time, which grows with what is asked at once. */
  const ask = async (ownMs: number): Promise<boolean> => {
    counts.sent += 1;
    if (isOut()) {
      await sim.sleep(outage === 'refused' ? inputs.roundTripMs : engine.timeoutMs);
      return false;
    }
    active += 1;
    const own = ownMs * Math.max(1, active / measured.readersServed) * (0.9 + random() * 0.2);
    counts.busyMs += ownMs;
    await sim.sleep(inputs.roundTripMs + own);
    active -= 1;
    return true;
  };
  const enter = async (): Promise<void> => {
    if (underWay >= pace.level) await new Promise<void>((resolve) => queue.push(resolve));
    underWay += 1;
  };
  const leave = (tookMs: number, struggled: boolean): void => {
    pace = nextPace(pace, { kind: 'page', tookMs, struggled, underWay });
    underWay -= 1;
    for (let free = pace.level - underWay; free > 0; free -= 1) queue.shift()?.();
  };
  const paced = async (ownMs: number): Promise<boolean> => {
    await enter();
    const from = sim.now();
    const answered = await ask(ownMs);
    leave(sim.now() - from, !answered);
    return answered;
  };
  return {
    async page() {
      for (let attempt = 0; attempt <= engine.retries; attempt += 1) {
        if (await paced(measured.pageMs)) return true;
        if (attempt === engine.retries) break;
        await sim.sleep(engine.firstPauseMs * 2 ** attempt * (1 + random()));
      }
      return false;
    },
    async answers(times) {
      for (let attempt = 1; attempt <= times; attempt += 1) {
        if (await paced(measured.readMs)) return true;
        if (attempt < times) await sim.sleep(engine.firstPauseMs * 2 ** (attempt - 1));
      }
      return false;
    },
    async change(requests, ownMs) {
      while (isOut()) await sim.sleep(30_000);
      counts.sent += requests;
      counts.busyMs += ownMs;
      await sim.sleep((requests * inputs.roundTripMs + ownMs) * (0.9 + random() * 0.2));
    },
    counts: () => ({ ...counts, level: pace.level }),
  };
}
