import type { Report } from '../report-schema.ts';
import { inBytes } from '../../domain/format-numbers.ts';

/** One of the four numbers at the top. */
export interface HeadFigure {
  readonly label: string;
  readonly value: string;
  readonly note: string;
}

/** What goes, in bytes: an upper bound, unless the ledger of blobs knows better. */
interface Amount {
  readonly atMost: number;
  readonly atLeast: number | undefined;
}

/** What is freed, and when. */
export function frees(report: Report): HeadFigure {
  const { totals, applied, refusals } = report;
  const amount = amountOf(report);
  const isExact = amount.atMost === amount.atLeast;
  const label = isExact ? 'Frees' : 'Frees at most';
  if (totals === undefined && applied === undefined)
    return { label, value: '–', note: 'no plan was made' };
  if (sizesOf(report) === 0) return { label, value: '0', note: 'nothing goes' };
  const value = isExact ? inBytes(amount.atMost) : `≤ ${inBytes(amount.atMost)}`;
  if (refusals.length > 0) {
    return { label, value: '0', note: `the plan is refused; without that ${value}` };
  }
  return { label, value, note: `${whenOf(report)}; ${restOf(amount)}` };
}

const isDone = ({ applied, refusals }: Report): boolean =>
  applied !== undefined && refusals.length === 0;

/** Sizes of what goes: shared layers count each time. */
function sizesOf(report: Report): number {
  const { totals, applied } = report;
  return isDone(report) ? (applied?.deletedBytes ?? 0) : (totals?.deletionBytes ?? 0);
}

function amountOf(report: Report): Amount {
  const { ledger, totals, applied } = report;
  const sizes = sizesOf(report);
  if (ledger?.kind !== 'figures') return { atMost: sizes, atLeast: undefined };
  // The ledger speaks of the whole plan: where only a part was carried out it is a bound.
  const isWhole = !isDone(report) || applied?.deleted === totals?.deletions;
  if (!isWhole) return { atMost: Math.min(sizes, ledger.frees.atMost), atLeast: undefined };
  return ledger.frees;
}

function whenOf({ applied, trash }: Report): string {
  if (applied !== undefined && applied.restorableUntil !== null) {
    return `not before ${applied.restorableUntil.slice(0, 10)}: purge, then garbage collection`;
  }
  return trash === undefined
    ? 'once garbage is collected'
    : 'after its time in the trash and a garbage collection';
}

function restOf({ atLeast, atMost }: Amount): string {
  if (atLeast === undefined) return 'less what shared layers hold';
  if (atLeast === atMost) return 'each layer counted once';
  return atLeast === 0
    ? 'less what unread images share'
    : `at least ${inBytes(atLeast)}, each layer counted once`;
}
