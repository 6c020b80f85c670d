import { type Inputs } from './inputs.ts';
import { type Night, simulateNight } from './night.ts';

/** Night after night in one Harbor, until no more is condemned than a day brings. */
export interface Arrears {
  readonly nights: number;
  readonly isCleared: boolean;
  readonly deleted: number;
  /** Most copies that lay in the trash at once. */
  readonly mostInTrash: number;
  readonly purged: number;
  readonly longestMs: number;
  readonly runningMs: number;
}

/** Nobody waits longer than this for a clean-up; more is a policy to be changed. */
const mostNights = 1_000;
/** A night that looks like the one before is not simulated again. */
const alike = 0.05;

/** The first night is given: it has the outage. Each later one deletes up to the limit and purges what is due. */
export async function clearArrears(inputs: Inputs, artifacts: number): Promise<Arrears> {
  let [left, arrears] = [artifacts, artifacts * inputs.condemned];
  let simulated: { readonly night: Night; readonly work: readonly number[] } | undefined;
  const trashed: number[] = [];
  const sums = { deleted: 0, purged: 0, inTrash: 0, mostInTrash: 0, longestMs: 0, runningMs: 0 };
  let nights = 0;
  const pushed = artifacts * inputs.pushedPerDay;
  for (; nights < mostNights && arrears > pushed; nights += 1) {
    const deletions = Math.round(Math.min(inputs.maxDeletions, arrears));
    const purges = trashed[nights - inputs.keepForDays] ?? 0;
    const work = [left, deletions, purges];
    if (simulated === undefined || !isAlike(work, simulated.work)) {
      const night = await simulateNight(inputs, {
        artifacts: Math.round(left),
        deletions,
        purges,
        outage: 'none',
        seed: inputs.seed + nights,
      });
      simulated = { night, work };
    }
    const { night } = simulated;
    const deleted = Math.min(deletions, night.isUnfinished ? night.deleted : deletions);
    trashed.push(deleted);
    sums.deleted += deleted;
    sums.purged += purges;
    sums.inTrash += deleted - purges;
    sums.mostInTrash = Math.max(sums.mostInTrash, sums.inTrash);
    sums.longestMs = Math.max(sums.longestMs, night.lengthMs);
    sums.runningMs += night.runningMs;
    left += pushed - deleted;
    arrears += pushed - deleted;
  }
  const { inTrash: _inTrash, ...rest } = sums;
  return { nights, isCleared: arrears <= pushed, ...rest };
}

const isAlike = (one: readonly number[], other: readonly number[]): boolean =>
  one.every((value, index) => Math.abs(value - (other[index] ?? 0)) <= alike * value);
