import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadPolicy } from '../../functions/config/load-policy.ts';
import { defined } from '../../functions/domain/defined.ts';
import type { CompleteRepository } from '../../functions/domain/repository.ts';
import { builder, type Pushed } from '../support/builder.ts';
import { type Around, policyFrom, unprotected, verdicts } from '../support/judge.ts';

/** A rule as written, before it has its name. */
interface Written {
  readonly select: Readonly<Record<string, unknown>>;
  readonly keep: 'none' | Readonly<Record<string, unknown>>;
  readonly untag: boolean;
}

type Named = Written & { readonly name: string; readonly insteadOf: readonly string[] };

const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const types = fc.constantFrom(['application/x'], ['application/*image*']);

const onTags = fc
  .record({
    projects: fc.constantFrom(['**'], ['team'], ['shop']),
    tags: fc.constantFrom(['**'], ['**'], ['ci-*'], ['v*'], ['/ci-[0-9]/'], ['sha256-*']),
    exclude: fc
      .record({
        tags: fc.constantFrom([], [], ['ci-1'], ['v*']),
        mediaTypes: rarely(types),
        artifactTypes: rarely(types),
      })
      .map(defined),
    types: rarely(fc.constantFrom(['IMAGE'], ['CHART'])),
    labels: rarely(fc.constantFrom({ any: ['old'] }, { none: ['old'] })),
    mediaTypes: rarely(types),
    artifactTypes: rarely(types),
  })
  .map(defined);

const onUntagged = fc.constant({ projects: ['**'], untagged: true });

const age = fc.constantFrom('20d', '30d', '60d');
const count = fc.constantFrom(1, 2, { count: 1, of: 'remaining' });
const versions = fc.constantFrom(
  { count: 1 },
  { count: 1, prereleases: true },
  { count: 2, per: 'major' },
);

const conditions = {
  pushedWithin: age,
  pulledWithin: age,
  mostRecentlyPushed: count,
  mostRecentlyPulled: count,
};

const some = (model: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
  fc
    .subarray(Object.keys(model), { minLength: 1, maxLength: 3 })
    .chain((keys) =>
      fc.record(Object.fromEntries(keys.map((key) => [key, model[key] ?? fc.constant(1)]))),
    );

const onTagsKeep = fc.oneof(
  { weight: 1, arbitrary: fc.constant('none' as const) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        some({
          ...conditions,
          highestVersions: versions,
          all: some({ ...conditions, highestVersions: versions }),
        }),
        rarely(fc.constant('/(ci|v).*/')),
      )
      .map(([keep, groupBy]) => ({ ...keep, ...defined({ groupBy }) })),
  },
);

const written: fc.Arbitrary<Written> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      select: onTags,
      keep: onTagsKeep,
      untag: rarely(fc.constant(true)).map((untag) => untag ?? false),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      select: onUntagged,
      keep: some({ ...conditions, all: some(conditions) }),
      untag: fc.constant(false),
    }),
  },
);

const everyTag = { projects: ['**'], tags: ['**'] };

const wide: fc.Arbitrary<Written> = fc.record({
  select: fc.constant(everyTag),
  keep: fc.constantFrom(
    { pushedWithin: '30d' },
    { pulledWithin: '60d' },
    { mostRecentlyPushed: 2 },
    { pushedWithin: '60d', mostRecentlyPushed: 2 },
    { all: { pushedWithin: '60d', mostRecentlyPulled: 2 }, pulledWithin: '30d' },
  ),
  untag: rarely(fc.constant(true)).map((untag) => untag ?? false),
});

const beside: fc.Arbitrary<Written> = fc.oneof(
  written,
  wide,
  fc.record({
    select: fc.oneof(onTags, fc.constant(everyTag)),
    keep: fc.constantFrom<Written['keep'][]>(
      'none',
      { pushedWithin: '20d' },
      { mostRecentlyPushed: 1 },
    ),
    untag: fc.constant(false),
  }),
);

/** Rules of which a later one may stand instead of an earlier one, in either order. */
const named = (rules: fc.Arbitrary<readonly Written[]>): fc.Arbitrary<readonly Named[]> =>
  fc
    .tuple(
      rules,
      fc.array(fc.constantFrom(9, 9, 9, 2, 1, 1, 0), { minLength: 4, maxLength: 4 }),
      fc.boolean(),
    )
    .map(([drawn, replaced, isReversed]) => {
      const all = drawn.map((one, index) => ({
        ...one,
        name: `r${index}`,
        insteadOf: (replaced[index] ?? index) < index ? [`r${replaced[index]}`] : [],
      }));
      return isReversed ? all.toReversed() : all;
    });

const counting = (name: string, mostRecentlyPushed: number): Named => ({
  name,
  select: everyTag,
  keep: { mostRecentlyPushed },
  untag: false,
  insteadOf: [],
});

/** Two counts over the same, of which another rule stands instead of the smaller one for some. */
const replacedCount: fc.Arbitrary<readonly Named[]> = onTags.map((selecting) => [
  counting('more', 2),
  counting('fewer', 1),
  { name: 'some', select: selecting, keep: 'none', untag: false, insteadOf: ['fewer'] },
]);

const besideWide = fc.oneof(
  {
    weight: 5,
    arbitrary: named(
      fc
        .tuple(wide, fc.array(beside, { minLength: 1, maxLength: 3 }))
        .map(([first, others]) => [first, ...others]),
    ),
  },
  { weight: 1, arbitrary: replacedCount },
);

const several = named(fc.array(written, { minLength: 1, maxLength: 3 }));

const days = fc.constantFrom<(number | 'unknown')[]>(5, 15, 25, 40, 50, 70, 100, 'unknown');

const pushed: fc.Arbitrary<Pushed> = fc
  .record({
    daysAgo: days,
    pulledDaysAgo: rarely(fc.constantFrom(2, 10, 28, 45)),
    labels: fc.constantFrom<NonNullable<Pushed['labels']>[]>([], [], ['old'], 'unknown'),
    configType: rarely(fc.constantFrom('unknown', 'application/x')),
    artifactType: rarely(fc.constantFrom('unknown', 'application/x')),
    accessories: rarely(fc.constant('unknown' as const)),
    type: rarely(fc.constant('CHART')),
  })
  .map(defined);

const pushes = ['ci-1', 'ci-2', 'ci-3', 'v1.0.0', 'v1.1.0', 'v2.0.0-rc.1', 'main'];

/** A repository with facts that are not known, a signature of what is gone, and what has no tag. */
const repository: fc.Arbitrary<CompleteRepository> = fc
  .record({
    tagged: fc.tuple(...pushes.map(() => fc.tuple(pushed, fc.boolean()))),
    orphan: pushed,
    untagged: pushed,
    unread: rarely(fc.constant('unknown' as const)),
    index: rarely(pushed),
  })
  .map(({ tagged, orphan, untagged, unread, index }) => {
    let built = builder('team/web')
      .attest('orphan', 'gone', orphan)
      .untagged('bare', untagged)
      .push('other', { ...untagged, tags: unread ?? ['other'] });
    for (const [position, [facts, isTwice]] of tagged.entries()) {
      const tag = pushes[position] ?? '';
      built = built.push(tag, { ...facts, tags: isTwice ? [tag, `also-${tag}`] : [tag] });
    }
    return (index === undefined ? built : built.index('all', ['ci-1', 'bare'], index)).repository();
  });

const around: fc.Arbitrary<Around> = fc.record({
  registry: fc.record({ pullSignal: fc.constantFrom('live' as const, 'lost' as const) }),
});

const worlds = fc.array(fc.tuple(repository, around), { minLength: 3, maxLength: 3 });

const textOf = (rules: readonly Named[]): string =>
  `version: 1\nrules: ${JSON.stringify(rules)}\n${unprotected()}`;

function pathsFound(rules: readonly Named[], words: string): readonly string[] {
  const loaded = loadPolicy(textOf(rules), { name: 'policy.yaml', inUseSources: [] });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.lint().flatMap(({ path, message }) => (message.includes(words) ? [path] : []));
}

/** What becomes of every artifact, and which tags go. */
function outcomes(
  rules: readonly Named[],
  [facts, world]: readonly [CompleteRepository, Around],
): unknown {
  const all = verdicts(facts, policyFrom(textOf(rules)), world);
  return Object.fromEntries(
    Object.entries(all).map(([name, verdict]) => [
      name,
      verdict.fate === 'untag' ? verdict.tags : verdict.fate,
    ]),
  );
}

test('a rule that is said to have no effect can be left out, whatever is known of the artifacts', () => {
  let times = 0;
  fc.assert(
    fc.property(besideWide, worlds, (rules, drawn) => {
      for (const path of pathsFound(rules, 'has no effect: rule')) {
        times += 1;
        const left = rules[Number(/\d+/.exec(path)?.[0])];
        const rest = rules
          .filter((rule) => rule !== left)
          .map((rule) => ({
            ...rule,
            insteadOf: rule.insteadOf.filter((name) => name !== left?.name),
          }));
        for (const one of drawn) expect(outcomes(rest, one)).toEqual(outcomes(rules, one));
      }
    }),
    { numRuns: 400 },
  );
  expect(times).toBeGreaterThan(30);
});

test('a condition that is said to keep nothing more can be left out, whatever is known of the artifacts', () => {
  let times = 0;
  fc.assert(
    fc.property(several, worlds, (rules, drawn) => {
      for (const path of pathsFound(rules, 'keeps nothing more')) {
        times += 1;
        const [, position, key = ''] = /^rules\[(\d+)\]\.keep\.(\w+)$/.exec(path) ?? [];
        const rest = rules.map((rule, index) => {
          if (index !== Number(position) || rule.keep === 'none') return rule;
          const { [key]: _, ...keep } = rule.keep;
          return { ...rule, keep };
        });
        for (const one of drawn) expect(outcomes(rest, one)).toEqual(outcomes(rules, one));
      }
    }),
    { numRuns: 400 },
  );
  expect(times).toBeGreaterThan(30);
});
