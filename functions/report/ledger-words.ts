import type { Ledger } from './ledger-schema.ts';
import { inBytes, inNumbers } from '../domain/format-numbers.ts';

export type LedgerFigures = Extract<Ledger, { kind: 'figures' }>;
type Between = LedgerFigures['frees'];

/** `21.4 GB` where it is exact, else `at most …` or `between … and …`. */
export function inRange({ atLeast, atMost }: Between): string {
  if (atLeast === atMost) return inBytes(atMost);
  if (atLeast === 0) return `at most ${inBytes(atMost)}`;
  return `between ${inBytes(atLeast)} and ${inBytes(atMost)}`;
}

export const isExact = ({ atLeast, atMost }: Between): boolean => atLeast === atMost;

/** When the bytes are free. */
export function whenFreed({ trash }: LedgerFigures): string {
  return trash === undefined
    ? 'once garbage is collected'
    : 'after its time in the trash, the purge and a garbage collection';
}

/** How much of the registry the figures rest on, and what comes of the rest. */
export function basisOf({ manifests, requests }: LedgerFigures): string {
  const { all, known, going, goingKnown, readNow } = manifests;
  if (known === all)
    return `Exact, for all that the robot sees: it is known what all ${inNumbers(all)} manifests are made of.`;
  const read =
    readNow === 0
      ? 'this run could read no more'
      : `this run read ${inNumbers(readNow)}, with ${inNumbers(requests)} requests, and later runs go on`;
  return `It is known what ${inNumbers(known)} of ${inNumbers(all)} manifests are made of (${inNumbers(goingKnown)} of ${inNumbers(going)} that go); ${read}.`;
}
