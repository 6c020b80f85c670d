import { describe, expect, test } from '@jest/globals';
import { rollOutWarnings } from '../../functions/phases/roll-out-warnings.ts';
import {
  contextWith,
  now,
  type PlanParts,
  planWith,
  repository,
  rollOut,
} from '../guard/support.ts';

const day = 86_400_000;
const warnings = (plan: PlanParts, context = contextWith()) =>
  rollOutWarnings(planWith(plan), context);
const codes = (plan: PlanParts, context = contextWith()) =>
  warnings(plan, context).map(({ code }) => code);
const keeping = (keepFor: number) =>
  contextWith({ policy: { trash: { project: 'trash', keepFor } } });

describe('the phase', () => {
  test('before it begins, the day is said', () => {
    const [one] = warnings({ rollOut: rollOut({ phase: 'before', startedAt: now + day }) });
    expect(one).toMatchObject({ code: 'rollout-not-begun', on: 'rollout' });
    expect(one?.message).toContain('2026-11-22T00:00:00.000Z');
  });

  test('while it goes as it should, nothing is said', () => {
    expect(codes({})).toEqual([]);
    expect(codes({ rollOut: rollOut() })).toEqual([]);
  });

  test('where a run holds it, the run is named', () => {
    const [one] = warnings({ rollOut: rollOut({ endsAt: now - day, heldBy: 'r1' }) });
    expect(one?.code).toBe('rollout-held');
    expect(one?.message).toContain('run r1');
    expect(one?.message).toContain('2026-11-20T00:00:00.000Z');
  });

  test.each([
    ['not while copies of its deletions lie in the trash', 2 * day + 1, []],
    ['once they have left it', 2 * day, ['rollout-over']],
  ])('once it is over, its section may go: %s', (_, keepFor, said) => {
    const over = { rollOut: rollOut({ phase: 'all', endsAt: now - 2 * day }) };
    expect(codes(over, keeping(keepFor))).toEqual(said);
  });

  test('of a policy that no run has seen and that is over, that is said instead', () => {
    const late = rollOut({ phase: 'all', endsAt: now - 90 * day, isLate: true });
    const [one, ...others] = warnings({ rollOut: late });
    expect([one?.code, others]).toEqual(['rollout-late', []]);
    expect(one?.message).toContain('in all repositories at once');
  });

  test('without a trash, at once', () => {
    const over = { rollOut: rollOut({ phase: 'all', endsAt: now }) };
    expect(codes(over, contextWith({ policy: { trash: 'off' } }))).toEqual(['rollout-over']);
  });
});

describe('a limit that only the whole plan breaks', () => {
  const waiting = (artifacts: number, more: object = {}) => ({
    artifacts,
    bytes: 0,
    tags: 0,
    ...more,
  });
  const limits = { ...contextWith().policy.limits, maxDeletionsPercent: 'unlimited' } as const;
  const roomy = contextWith({ policy: { limits } });

  test('is named with its figures and its remedy', () => {
    const plan = { rollOut: rollOut(), population: { deletions: 40, waiting: waiting(461) } };
    expect(warnings(plan, roomy)).toEqual([
      {
        code: 'rollout-breaks-limit',
        on: 'run',
        message:
          'Once all may go, max-deletions would refuse the plan: 501 artifacts, where 500 artifacts (limits.maxDeletions) is allowed.',
        remedy: expect.stringContaining('raise limits.maxDeletions'),
      },
    ]);
    expect(codes({ ...plan, population: { deletions: 40, waiting: waiting(460) } }, roomy)).toEqual(
      [],
    );
  });

  test('is not named where the plan of now breaks it', () => {
    const population = { deletions: 501, waiting: waiting(1) };
    expect(codes({ rollOut: rollOut(), population }, roomy)).toEqual([]);
  });

  test('is none for artifacts that are trimmed to it, and one for single tags', () => {
    const trimming = contextWith({ policy: { limits: { ...limits, onBreach: 'oldestFirst' } } });
    const plan = (part: object) => ({
      rollOut: rollOut(),
      population: { waiting: waiting(900, part) },
    });
    expect(codes(plan({}), trimming)).toEqual([]);
    expect(codes(plan({ tags: 501 }), trimming)).toEqual(['rollout-breaks-limit']);
  });

  test('of many repositories is named for five', () => {
    const repositories = Array.from({ length: 7 }, (_, n) =>
      repository({ repository: `r${n}`, artifacts: 10, waiting: waiting(10) }),
    );
    const plan = { rollOut: rollOut(), repositories, population: { waiting: waiting(70) } };
    const found = warnings(plan, roomy);
    expect(found.map(({ on }) => on)).toEqual([
      ...Array.from({ length: 5 }, (_, n) => `team/r${n}`),
      'run',
    ]);
    expect(found.at(-1)?.message).toBe('Once all may go, 2 more limits would refuse the plan.');
  });
});
