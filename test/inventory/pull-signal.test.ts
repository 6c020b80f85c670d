import { describe, expect, test } from '@jest/globals';
import type { Artifact } from '../../functions/domain/artifact.ts';
import type { Known } from '../../functions/domain/instant.ts';
import {
  mergePullTimes,
  noPullTimes,
  pullSignal,
  sumPullTimes,
} from '../../functions/inventory/pull-signal.ts';

const day = 86_400_000;
const now = Date.UTC(2026, 10, 21);

function image(pushedDaysAgo: number, pulledDaysAgo: Known<number>): Artifact {
  return {
    id: 1,
    digest: `sha256:${'a'.repeat(64)}`,
    type: 'IMAGE',
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    size: 1,
    pushedAt: now - pushedDaysAgo * day,
    pulledAt: pulledDaysAgo === 'unknown' ? 'unknown' : now - pulledDaysAgo * day,
    tags: [],
    labels: [],
    children: [],
    accessories: [],
  };
}

const signal = (...artifacts: Artifact[]): string =>
  pullSignal(sumPullTimes([artifacts], now), now);

describe('pull times of a whole instance', () => {
  test('are lost if nothing was pulled for 30 days although something is older', () => {
    expect(signal(image(31, 'unknown'))).toBe('lost');
    expect(signal(image(400, 31), image(1, 'unknown'))).toBe('lost');
  });

  test('are live if something was pulled exactly 30 days ago', () => {
    expect(signal(image(400, 30))).toBe('live');
  });

  test('are live if nothing is older than 30 days: there is no evidence yet', () => {
    expect(signal(image(30, 'unknown'), image(2, 'unknown'))).toBe('live');
    expect(pullSignal(noPullTimes, now)).toBe('live');
  });

  test('are clustered if more than half of many recent pulls share a quarter of an hour', () => {
    const scanned = Array.from({ length: 60 }, () => image(100, 2));
    const spread = Array.from({ length: 59 }, (_, index) => image(100, 3 + index * 0.1));
    expect(signal(...scanned, ...spread)).toBe('clustered');
    expect(signal(...scanned.slice(0, 49))).toBe('live');
    expect(signal(...scanned, ...spread, image(100, 20), image(100, 21))).toBe('live');
  });

  test('a pull time that only a tag has counts as a pull', () => {
    const tagged: Artifact = {
      ...image(100, 'unknown'),
      tags: [{ name: 'v1', pushedAt: now - 100 * day, pulledAt: now - day }],
    };
    expect(signal(tagged)).toBe('live');
  });

  test('read in parts give the same signal as read at once', () => {
    const artifacts = [image(400, 31), image(20, 'unknown'), image(90, 45)];
    let merged = noPullTimes;
    for (const artifact of artifacts) {
      merged = mergePullTimes(sumPullTimes([[artifact]], now), merged);
    }
    expect(merged).toEqual(sumPullTimes([artifacts], now));
    expect(pullSignal(merged, now)).toBe('lost');
  });
});
