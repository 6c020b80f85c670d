import { describe, expect, test } from '@jest/globals';
import { goingInWords, goingRun } from '../../bin/current-run.ts';
import type { Lease } from '../../functions/store/lease.ts';
import type { StoredProgress } from '../../functions/store/progress.ts';

const now = Date.parse('2026-11-21T04:00:00Z');
const minute = 60_000;
const runId = '2026-11-21T033000Z';

const lease = (until: number): Lease => ({
  version: 2,
  runId,
  owner: 'lambda',
  holder: 'a slice',
  fence: 3,
  serial: 7,
  until,
  isYielded: false,
});
const told = (more: Partial<StoredProgress> = {}): StoredProgress => ({
  version: 1,
  runId,
  mode: 'apply',
  owner: 'lambda',
  phase: 'apply',
  phaseSince: now - 12 * minute,
  startedAt: now - 30 * minute,
  at: now - 10_000,
  progress: { phase: 'apply', done: 120, of: 4_000, what: 'deletions' },
  slices: 3,
  requests: 5_210,
  ...more,
});
const held = lease(now + 4 * minute);
const expired = lease(now - 15 * minute);

describe('a run, looked at from outside', () => {
  test('is going on while it holds the lease and gives signs of life', () => {
    const going = goingRun(held, told(), now);
    expect(going).toMatchObject({ kind: 'working', advice: '' });
    expect(going === undefined ? [] : goingInWords(going, now)).toEqual([
      'Run 2026-11-21T033000Z (apply) is going on.',
      'Phase: apply, for 12 min, 120 of 4,000 (3 %), deletions.',
      'Begun 30 min ago; 3 slices, 5,210 requests; last sign of life 2026-11-21T03:59:50.000Z.',
      'Lease: held by lambda until 2026-11-21T04:04:00.000Z.',
    ]);
  });

  test('waits until its next look, and a little longer, whether it keeps the lease or not', () => {
    const wait = { seconds: 600, until: now - 4 * minute, for: 'Harbor to come out of read-only' };
    for (const holder of [held, expired]) {
      const going = goingRun(holder, told({ at: now - 14 * minute, wait }), now);
      expect(going?.kind).toBe('waiting');
      expect(going === undefined ? [] : goingInWords(going, now)).toContain(
        'Waits for Harbor to come out of read-only; looks again at 2026-11-21T03:56:00.000Z.',
      );
    }
  });

  test('whose wait is long over has stopped, and the words say how it goes on', () => {
    const wait = { seconds: 60, until: now - 20 * minute, for: 'Harbor' };
    expect(goingRun(expired, told({ wait }), now)).toMatchObject({
      kind: 'stalled',
      advice: expect.stringMatching(/over 20 min ago.*\{"runId": "2026-11-21T033000Z"\}/),
    });
  });

  test('without a sign of life, and with a lease that ran out, has stopped', () => {
    expect(goingRun(expired, told({ at: now - 20 * minute }), now)).toMatchObject({
      kind: 'stalled',
      lease: 'free',
      advice: expect.stringMatching(/^No sign of life for 20 min.*continues it where it stopped/),
    });
  });

  test('of a terminal that was stopped says so, and advises what a terminal can do', () => {
    const freed = { ...lease(0), owner: 'terminal me' };
    const going = goingRun(freed, told({ at: now - 20 * minute }), now);
    expect(going).toMatchObject({ kind: 'stalled', lease: 'free' });
    expect(going?.advice).toMatch(
      /^It was stopped 20 min ago\. `harbor-retention restore 2026-11-21T033000Z --apply` puts back/,
    );
    expect(going?.advice).not.toContain('runId');
  });

  test('whose lease is over by the clock alone is not said to have ended', () => {
    const going = goingRun(expired, told({ at: now - 20 * minute }), now);
    expect(going?.advice).toContain('proves nothing if clocks differ');
  });

  test('that is silent while it holds the lease is slow, or has just ended', () => {
    expect(goingRun(held, told({ at: now - 3 * minute }), now)).toMatchObject({
      kind: 'slow',
      advice: expect.stringContaining('No sign of life for 3 min'),
    });
  });

  test('that has ended is not going on; whoever has the lease then is somebody else', () => {
    const ended = told({ end: 'finished' });
    expect(goingRun(lease(0), ended, now)).toBeUndefined();
    expect(goingRun(undefined, undefined, now)).toBeUndefined();
    expect(goingRun(held, ended, now)).toMatchObject({ kind: 'other' });
    expect(goingRun(held, undefined, now)).toMatchObject({
      kind: 'other',
      lease: { holder: 'lambda' },
    });
  });
});
