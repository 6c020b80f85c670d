import type {
  BacktestDocument,
  BacktestNight,
  BacktestRegret,
  BacktestSide,
} from '../../functions/report/backtest-schema.ts';

/** The figures of a night on which 2 of 10 artifacts went. */
export function shownFigures(
  more: Partial<BacktestNight['candidate']> = {},
): BacktestNight['candidate'] {
  return {
    listed: { artifacts: 10, bytes: 1_000_000_000 },
    planned: { artifacts: 2, bytes: 200_000_000 },
    plannedTags: 0,
    deferred: 0,
    gone: { artifacts: 2, bytes: 200_000_000 },
    goneTags: 0,
    purged: { artifacts: 0, bytes: 0 },
    trash: { artifacts: 2, bytes: 200_000_000 },
    unknown: 0,
    unplannable: 0,
    refusals: [],
    ...more,
  };
}

/** A pull twelve days after the deletion. */
export function shownRegret(more: Partial<BacktestRegret> = {}): BacktestRegret {
  return {
    artifact: `team/app@sha256:${'1'.repeat(64)}`,
    tags: ['ci-1'],
    size: 100_000_000,
    rule: 'builds',
    run: '2026-11-01T033000Z',
    goneAt: '2026-11-01T03:30:00.000Z',
    undo: 'in-trash',
    trashedUntil: '2026-11-15T03:30:00.000Z',
    wanted: [{ kind: 'pulled', at: '2026-11-13T09:00:00.000Z' }],
    ...more,
  };
}

export function shownSide(more: Partial<BacktestSide> = {}): BacktestSide {
  return {
    policy: { name: 'policy.yaml', hash: 'a'.repeat(64) },
    gone: { artifacts: 4, bytes: 400_000_000 },
    goneTags: 0,
    purged: { artifacts: 0, bytes: 0 },
    refusedNights: 0,
    rules: [
      {
        rule: 'builds',
        gone: { artifacts: 4, bytes: 400_000_000 },
        tags: 0,
        regrets: 0,
        lost: 0,
      },
    ],
    regrets: [],
    watch: {
      removals: 4,
      toTheEnd: 2,
      closed: 0,
      ended: 0,
      endedSince: null,
      unseen: 0,
      lastNight: 2,
      days: { least: 1, most: 1 },
    },
    ...more,
  };
}

export function shownNight(day: number, more: Partial<BacktestNight> = {}): BacktestNight {
  return {
    run: `2026-11-0${day}T033000Z`,
    at: `2026-11-0${day}T03:30:00.000Z`,
    asItWas: {
      listed: { artifacts: 10, bytes: 1_000_000_000 },
      trash: { artifacts: 1, bytes: 50_000_000 },
      deleted: 0,
    },
    candidate: shownFigures(),
    inForce: shownFigures({ gone: { artifacts: 1, bytes: 100_000_000 } }),
    ...more,
  };
}

/** Two nights under two policies. */
export function shownBacktest(more: Partial<BacktestDocument> = {}): BacktestDocument {
  return {
    schemaVersion: 1,
    harbor: 'https://harbor.example',
    nights: [shownNight(1), shownNight(2)],
    candidate: shownSide(),
    inForce: shownSide({ policy: { name: 'deployed.yaml', hash: 'b'.repeat(64) } }),
    passedOver: [],
    notes: [],
    ...more,
  };
}
