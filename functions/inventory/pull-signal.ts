import type { Artifact } from '../domain/artifact.ts';
import { certainPullTime } from '../domain/artifact-times.ts';
import type { Instant, Known } from '../domain/instant.ts';

/** What the pull times of many artifacts look like; a value that folds, so that no list is kept. */
export interface PullTimes {
  readonly artifacts: number;
  /** Artifacts with a known pull time. */
  readonly pulled: number;
  readonly latestPull: Known<Instant>;
  readonly oldestPush: Known<Instant>;
  /** Pulls of the last 30 days, per quarter of an hour since 1970. */
  readonly quarters: Readonly<Record<string, number>>;
}

export const noPullTimes: PullTimes = {
  artifacts: 0,
  pulled: 0,
  latestPull: 'unknown',
  oldestPush: 'unknown',
  quarters: {},
};

const day = 86_400_000;
/** Without a pull for this long, pull times look switched off; older pulls are no cluster worth a warning. */
export const signalWindow = 30 * day;
const quarter = 15 * 60_000;
/** Below this many known pull times a cluster says nothing. */
const enough = 50;
const clusteredShare = 0.5;

/** The pull times of some repositories. */
export function sumPullTimes(repositories: Iterable<readonly Artifact[]>, now: Instant): PullTimes {
  const quarters: Record<string, number> = {};
  let sum: PullTimes = { ...noPullTimes, quarters };
  for (const artifacts of repositories) {
    for (const artifact of artifacts) {
      const at = certainPullTime(artifact);
      sum = {
        artifacts: sum.artifacts + 1,
        pulled: sum.pulled + (at === 'unknown' ? 0 : 1),
        latestPull: later(sum.latestPull, at),
        oldestPush: earlier(sum.oldestPush, artifact.pushedAt),
        quarters,
      };
      if (at === 'unknown' || now - at > signalWindow) continue;
      const slot = String(Math.floor(at / quarter));
      quarters[slot] = (quarters[slot] ?? 0) + 1;
    }
  }
  return sum;
}

/** Two sums as one. */
export function mergePullTimes(one: PullTimes, other: PullTimes): PullTimes {
  const quarters: Record<string, number> = { ...one.quarters };
  for (const [slot, pulls] of Object.entries(other.quarters)) {
    quarters[slot] = (quarters[slot] ?? 0) + pulls;
  }
  return {
    artifacts: one.artifacts + other.artifacts,
    pulled: one.pulled + other.pulled,
    latestPull: later(one.latestPull, other.latestPull),
    oldestPush: earlier(one.oldestPush, other.oldestPush),
    quarters,
  };
}

/**
 * Lost: nothing was pulled in the last 30 days although something is older than that. Clustered: half of all pulls
 * lie within one quarter of an hour, as after a scanner (docs/policy.md#which-time-is-meant,
 * docs/harbor.md#t16-pull-times-that-mislead).
 */
export function pullSignal(times: PullTimes, now: Instant): 'live' | 'lost' | 'clustered' {
  const isOld = times.oldestPush !== 'unknown' && now - times.oldestPush > signalWindow;
  const isRecent = times.latestPull !== 'unknown' && now - times.latestPull <= signalWindow;
  if (isOld && !isRecent) return 'lost';
  let most = 0;
  let recent = 0;
  for (const pulls of Object.values(times.quarters)) {
    most = Math.max(most, pulls);
    recent += pulls;
  }
  return recent >= enough && most > recent * clusteredShare ? 'clustered' : 'live';
}

function later(one: Known<Instant>, other: Known<Instant>): Known<Instant> {
  if (one === 'unknown') return other;
  return other === 'unknown' ? one : Math.max(one, other);
}

function earlier(one: Known<Instant>, other: Known<Instant>): Known<Instant> {
  if (one === 'unknown') return other;
  return other === 'unknown' ? one : Math.min(one, other);
}
