import { describe, expect, test } from '@jest/globals';
import { defined } from '../../functions/domain/defined.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import { reasonMeanings, type Reason } from '../../functions/domain/reason.ts';
import type { RollOut } from '../../functions/domain/roll-out.ts';
import type { Verdict } from '../../functions/domain/verdict.ts';
import { explain } from '../../functions/report/explain.ts';
import {
  accessoryTag,
  builder,
  day,
  digestOf,
  hour,
  now,
  type Builder,
} from '../support/builder.ts';
import {
  judge,
  policyFrom,
  ruleOn,
  ruleOnUntagged,
  verdictOn,
  type Around,
} from '../support/judge.ts';

/** A situation, and the one change that its explanation names. */
interface Flip {
  readonly code: Reason['code'];
  readonly says: string;
  readonly on: string;
  readonly policy: Policy;
  readonly before: Builder;
  readonly around?: Around;
  /** What the sentence says would change the verdict. */
  readonly change: {
    readonly repository?: Builder;
    readonly policy?: Policy;
    readonly around?: Around;
  };
}

function verdictsOf({
  on,
  policy,
  before,
  around = {},
  change,
}: Flip): readonly [Verdict, Verdict] {
  const digest = digestOf(on);
  const first = judge(before.repository(), policy, around);
  const second = judge(
    (change.repository ?? before).repository(),
    change.policy ?? policy,
    change.around ?? around,
  );
  return [verdictOn(first, digest), verdictOn(second, digest)];
}

const rollingOut: RollOut = {
  startedAt: Date.UTC(2026, 10, 20),
  endsAt: Date.UTC(2026, 10, 22),
  phase: 'first',
};
const age = ruleOn('pushedWithin: 30d');
const none = ruleOn('none');
const newest = ruleOn('mostRecentlyPushed: 3');
const two = builder().push('a', { daysAgo: 10 }).push('b', { daysAgo: 20 });
const trimmed = (limit: number) =>
  ruleOn('none', `limits: { maxDeletionsPercentPerRepository: ${limit}, onBreach: oldestFirst }`);
let crowd = builder();
for (let index = 0; index < 10; index += 1)
  crowd = crowd.push(`o${index}`, { daysAgo: 100 + index });

const flips: readonly Flip[] = [
  {
    code: 'kept-by-rule',
    says: 'rule (pushedWithin): pushed 10 d ago; will be deleted from 2026-12-11 03:31 UTC on unless it is pushed again.',
    on: 'a',
    policy: age,
    before: two,
    change: { around: { now: now + 20 * day + 1 } },
  },
  {
    code: 'kept-by-rule',
    says: 'rule (pulledWithin): last pushed or pulled 2 d 12 h ago; will be deleted from 2026-11-28 15:31 UTC on unless it is pulled or pushed.',
    on: 'a',
    policy: ruleOn('pulledWithin: 10d'),
    before: builder().push('a', { daysAgo: 200, pulledDaysAgo: 2.5 }),
    change: { around: { now: now + 7.5 * day + 1 } },
  },
  {
    code: 'kept-by-rule',
    says: 'rule (untaggedWithin): first seen untagged 2 d ago; will be deleted from 2026-11-26 03:31 UTC on unless it gets a tag.',
    on: 'u',
    policy: ruleOnUntagged('untaggedWithin: 7d'),
    before: builder().untagged('u', { daysAgo: 300 }),
    around: { untaggedSince: new Map([[digestOf('u'), now - 2 * day]]) },
    change: {
      around: {
        untaggedSince: new Map([[digestOf('u'), now - 2 * day]]),
        now: now + 5 * day + 1,
      },
    },
  },
  {
    code: 'kept-by-rule',
    says: 'rule (mostRecentlyPushed): number 2 by push time; the 3 newest are kept; will be deleted when 2 more are pushed.',
    on: 'b',
    policy: newest,
    before: two,
    change: { repository: two.push('c', { daysAgo: 3 }).push('d', { daysAgo: 2 }) },
  },
  {
    code: 'kept-by-rule',
    says: 'rule (mostRecentlyPulled): number 1 by pull time; the most recently pulled is kept; will be deleted when 1 other is pulled.',
    on: 'a',
    policy: ruleOn('mostRecentlyPulled: 1'),
    before: two,
    change: {
      repository: builder().push('a', { daysAgo: 10 }).push('b', { daysAgo: 20, pulledDaysAgo: 1 }),
    },
  },
  {
    code: 'kept-by-rule',
    says: 'rule (mostRecentlyActive): number 1 by last push or pull; the most recently active is kept; will be deleted when 1 other is pushed or pulled.',
    on: 'a',
    policy: ruleOn('mostRecentlyActive: 1'),
    before: two,
    change: {
      repository: builder().push('a', { daysAgo: 10 }).push('b', { daysAgo: 20, pulledDaysAgo: 1 }),
    },
  },
  {
    code: 'kept-by-rule',
    says: 'rule (highestVersions): number 1 by version in 1.2; the highest is kept; will be deleted when 1 higher version is pushed.',
    on: '1.2.0',
    policy: ruleOn('highestVersions: { count: 1, per: minor }'),
    before: builder().push('1.2.0'),
    change: { repository: builder().push('1.2.0').push('1.2.1') },
  },
  {
    code: 'kept-by-rule',
    says: '; also rule (pushedWithin): pushed 10 d ago, which counts until 2026-12-11 03:31 UTC; will be deleted when none of these keeps it any more.',
    on: 'a',
    policy: ruleOn('pushedWithin: 30d\nmostRecentlyPushed: 1'),
    before: two,
    change: { repository: two.push('c', { daysAgo: 1 }), around: { now: now + 20 * day + 1 } },
  },
  {
    code: 'condemned',
    says: 'rule (pushedWithin): pushed 45 d ago, 15 d too long.',
    on: 'a',
    policy: age,
    before: builder().push('a', { daysAgo: 45 }),
    change: { repository: builder().push('a', { daysAgo: 45, tags: [{ name: 'a', daysAgo: 1 }] }) },
  },
  {
    code: 'condemned',
    says: 'rule (mostRecentlyPushed): number 3 by push time; only the newest is kept.',
    on: 'z',
    policy: ruleOn('mostRecentlyPushed: 1'),
    before: two.push('z', { daysAgo: 30 }),
    change: { repository: builder().push('z', { daysAgo: 30 }) },
  },
  {
    code: 'kept-by-rule',
    says: 'rule (all): pushed 10 d ago, and number 1 by push time in group pr; the 3 newest are kept; will be deleted from 2026-12-11 03:31 UTC on unless it is pushed again, or when 3 more are pushed.',
    on: 'pr-1',
    policy: ruleOn(
      "groupBy: '/^(?<group>.+)-\\d+$/'\nall: { pushedWithin: 30d, mostRecentlyPushed: 3 }",
    ),
    before: builder().push('pr-1', { daysAgo: 10 }),
    change: { around: { now: now + 20 * day + 1 } },
  },
  {
    code: 'condemned',
    says: 'rule (all): these do not all hold: pushed 5 d ago, 20 h too long, and number 2 by push time; the 3 newest are kept.',
    on: 'a',
    policy: ruleOn('all: { pushedWithin: 100h, mostRecentlyPushed: 3 }'),
    before: builder().push('a', { daysAgo: 5 }).push('b', { daysAgo: 2 }),
    change: {
      repository: builder()
        .push('a', { daysAgo: 5, tags: [{ name: 'a', daysAgo: 1 }] })
        .push('b', { daysAgo: 2 }),
    },
  },
  {
    code: 'condemned',
    says: 'Goes: rule rule selects it and keeps nothing.',
    on: 'a',
    policy: none,
    before: two,
    change: { policy: age },
  },
  {
    code: 'not-selected',
    says: 'no rule selects it; would be judged if one did.',
    on: 'u',
    policy: none,
    before: builder().untagged('u'),
    change: { policy: ruleOnUntagged('none') },
  },
  {
    code: 'not-a-version',
    says: 'rule rule is on versions only and does not judge latest: it is not a version.',
    on: 'a',
    policy: ruleOn('highestVersions: { count: 1 }'),
    before: builder().push('a', { tags: ['latest'] }),
    change: { policy: age },
  },
  {
    code: 'fact-unknown',
    says: 'minimumAge needs to know its push time, which is not known: Harbor shows no credible push time; not knowing means keeping, and it is judged once that is known.',
    on: 'a',
    policy: none,
    before: builder().push('a', { daysAgo: 'unknown' }),
    change: { repository: builder().push('a') },
  },
  {
    code: 'pull-signal-lost',
    says: 'rule (pulledWithin) cannot be judged: pull times look switched off in this Harbor.',
    on: 'a',
    policy: ruleOn('pulledWithin: 3d'),
    before: two,
    around: { registry: { pullSignal: 'lost' } },
    change: { around: {} },
  },
  {
    code: 'held',
    says: 'held by minimumAge: it was pushed less than 1 d ago; is judged by the rules from 2026-11-21 15:31 UTC on.',
    on: 'a',
    policy: ruleOn('none', 'protect: { keepAtLeast: 0 }'),
    before: builder().push('a', { daysAgo: 0.5 }),
    change: { around: { now: now + 12 * hour + 1 } },
  },
  {
    code: 'held',
    says: 'held by labels: it has the label keep.',
    on: 'a',
    policy: ruleOn('none', 'protect: { keepAtLeast: 0 }'),
    before: builder().push('a', { labels: ['keep'] }),
    change: { repository: builder().push('a') },
  },
  {
    code: 'other-tag-kept',
    says: 'its tag v1 stays (no rule selects it; would be judged if one did), though tag dev would go; with untag: true on the rules that condemn them, only those tags would go.',
    on: 'a',
    policy: policyFrom(
      "version: 1\nrules:\n  - { name: dev, select: { projects: ['**'], tags: [dev] }, keep: none }\nprotect: { keepAtLeast: 0 }\n",
    ),
    before: builder().push('a', { tags: ['dev', 'v1'] }),
    change: {
      policy: policyFrom(
        "version: 1\nrules:\n  - { name: dev, select: { projects: ['**'], tags: [dev] }, keep: none, untag: true }\nprotect: { keepAtLeast: 0 }\n",
      ),
    },
  },
  {
    code: 'parent-kept',
    says: `the index ${digestOf('index').slice(0, 19)} that lists it stays; it is judged on its own when none does.`,
    on: 'arch',
    policy: age,
    before: builder().push('arch').index('index', ['arch'], { daysAgo: 3 }),
    change: { repository: builder().push('arch') },
  },
  {
    code: 'child-held',
    says: `its untagged child ${digestOf('leaf').slice(0, 19)} is held by labels and would go with it.`,
    on: 'index',
    policy: ruleOn('none', 'protect: { keepAtLeast: 0 }'),
    before: builder()
      .untagged('leaf', { labels: ['keep'] })
      .index('index', ['leaf']),
    change: { repository: builder().untagged('leaf').index('index', ['leaf']) },
  },
  {
    code: 'subject-kept',
    says: `it is about ${digestOf('a').slice(0, 19)}, which stays; it goes when that goes.`,
    on: 'att',
    policy: age,
    before: builder().push('a', { daysAgo: 3 }).attest('att', 'a'),
    change: { repository: builder().push('a', { daysAgo: 300 }).attest('att', 'a') },
  },
  {
    code: 'follows-subject',
    says: `it is about ${digestOf('a').slice(0, 19)}, which goes by rule rule; stays if that stays.`,
    on: 'att',
    policy: age,
    before: builder().push('a').attest('att', 'a'),
    change: { repository: builder().push('a', { daysAgo: 3 }).attest('att', 'a') },
  },
  {
    code: 'goes-with-parent',
    says: `an untagged child of ${digestOf('index').slice(0, 19)}, which goes by rule rule; stays if that stays or if it gets a tag.`,
    on: 'leaf',
    policy: age,
    before: builder().untagged('leaf').index('index', ['leaf']),
    change: { repository: builder().untagged('leaf').index('index', ['leaf'], { daysAgo: 1 }) },
  },
  {
    code: 'keep-at-least',
    says: 'number 1 of the 1 most recently active of its repository, which always stay; would go when 1 other becomes more recent.',
    on: 'a',
    policy: ruleOn('none', 'protect: { minimumAge: 1h, keepAtLeast: 1 }'),
    before: two,
    change: { repository: two.push('c', { daysAgo: 1 }) },
  },
  {
    code: 'next-time',
    says: 'condemned by rule, but put off to a later run by maxDeletionsPercentPerRepository.',
    on: 'o0',
    policy: trimmed(50),
    before: crowd,
    change: { policy: trimmed(100) },
  },
  {
    code: 'rollout-waits',
    says: 'condemned by rule, but waits for the roll-out until 2026-11-22 00:00 UTC; this repository is not in the first tenth.',
    on: 'a',
    policy: none,
    before: two,
    around: { rollOut: rollingOut },
    change: { around: { rollOut: { ...rollingOut, phase: 'all' } } },
  },
];

describe('making the change that is named, and nothing else, flips the verdict', () => {
  test.each(flips.map((flip, index) => ({ flip, title: `${index}: ${flip.code}, ${flip.on}` })))(
    '$title',
    ({ flip }) => {
      const [before, after] = verdictsOf(flip);
      expect(before.reason.code).toBe(flip.code);
      expect(explain(before, now)).toContain(flip.says);
      expect(after.fate === 'keep').not.toBe(before.fate === 'keep');
    },
  );
});

test('every reason of the closed list has a meaning in words, and an explanation that is tried', () => {
  const tried = new Set<string>(flips.map(({ code }) => code));
  tried.add('unplannable');
  expect([...tried].toSorted()).toEqual(Object.keys(reasonMeanings).toSorted());
  for (const meaning of Object.values(reasonMeanings)) expect(meaning).toMatch(/^[A-Z].+\.$/);
});

test('a repository that was not judged says why', () => {
  const plan = judge(
    {
      kind: 'unplannable',
      head: two.repository().head,
      seen: two.artifacts(),
      because: 'listed 2 of 3',
    },
    age,
  );
  expect(explain(verdictOn(plan, digestOf('a')), now)).toBe(
    'Kept: its repository was not judged: listed 2 of 3.',
  );
});

test('a tag that goes alone is named', () => {
  const policy = policyFrom(
    "version: 1\nrules:\n  - { name: dev, select: { projects: ['**'], tags: ['dev*'] }, keep: { pushedWithin: 1d }, untag: true }\n",
  );
  const plan = judge(
    builder()
      .push('a', { tags: ['dev1', 'v1', 'dev2'], daysAgo: 3 })
      .repository(),
    policy,
  );
  expect(explain(verdictOn(plan, digestOf('a')), now)).toBe(
    'Loses tags dev1, dev2: rule dev selects it and does not keep it: dev (pushedWithin): pushed 3 d ago, 2 d too long.',
  );
});

test('of several tags the one that no rule selects is named, as it would have to go first', () => {
  const policy = policyFrom(
    "version: 1\nrules:\n  - { name: ci, select: { projects: ['**'], tags: ['ci-*'] }, keep: { pushedWithin: 300d } }\n",
  );
  const plan = judge(
    builder()
      .push('a', { tags: ['ci-1', 'v1'] })
      .repository(),
    policy,
  );
  expect(explain(verdictOn(plan, digestOf('a')), now)).toBe(
    'Kept: no rule selects its tag v1; would be judged if one did, or without that tag.',
  );
});

test('accessory tags in the sample are what cosign writes', () => {
  expect(accessoryTag('a', '.att')).toMatch(/^sha256-[0-9a-f]{64}\.att$/);
});

test.each<readonly [string, number | undefined, string]>([
  ['three hours', now - 3 * 3_600_000, ', seen 3 h ago.'],
  ['a list that was written after the run took its time', now + 60_000, ', seen 0 min ago.'],
  ['a list of unknown age', undefined, '.'],
])('a use that was seen is shown with its age: %s', (_, seenAt, end) => {
  const use = { by: 'pod a', role: 'running', ...defined({ seenAt }) } as const;
  const because = 'pod a runs it (digest)';
  const reason = { code: 'held', by: 'inUse', because, use } as const;
  const artifact = { id: 1, digest: digestOf('a') };
  expect(explain({ fate: 'keep', artifact, reason }, now)).toBe(
    `Kept: held by inUse: pod a runs it (digest)${end}`,
  );
});
