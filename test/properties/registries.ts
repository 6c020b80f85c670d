import * as fc from 'fast-check';
import { formatProblems } from '../../functions/config/format-problems.ts';
import { loadPolicy } from '../../functions/config/load-policy.ts';
import type { Artifact } from '../../functions/domain/artifact.ts';
import type { RepositoryPlan } from '../../functions/domain/plan.ts';
import type { Known } from '../../functions/domain/instant.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import type { CompleteRepository } from '../../functions/domain/repository.ts';
import type { Verdict } from '../../functions/domain/verdict.ts';
import { accessoryTag, artifactOf, day, headOf, now, type Pushed } from '../support/builder.ts';
import { deepFreeze } from '../support/freeze.ts';
import { judge as judgeOne, type Around } from '../support/judge.ts';

/** Names of what is pushed; a later one may be an index over earlier ones, as in a real registry. */
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;

const tags = fc.constantFrom('ci-1', 'ci-2', 'pr-1', 'v1.0.0', 'v1.0.1', 'v2', 'latest', 'x');
// Few different days, so that equal times are common.
const days = fc.integer({ min: 0, max: 12 }).map((step) => step * 10);
const rarely = <T>(odd: T, usual: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: fc.constant(odd) });

const imageType = 'application/vnd.oci.image.config.v1+json';
const cacheType = 'application/vnd.buildkit.cacheconfig.v0';

interface Drawn {
  readonly tags: readonly string[];
  readonly daysAgo: number | 'unknown';
  readonly pulledDaysAgo: number | undefined;
  readonly labels: readonly string[];
  readonly children: readonly string[];
  readonly attests: string | undefined;
  readonly configType: Known<string>;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  tags: fc.uniqueArray(tags, { maxLength: 3 }),
  daysAgo: rarely<number | 'unknown'>('unknown', days),
  pulledDaysAgo: fc.option(days, { nil: undefined }),
  labels: rarely<readonly string[]>(['keep'], fc.constant([])),
  children: rarely<readonly string[]>(['some'], fc.constant([])).chain((some) =>
    fc.subarray<string>(some.length === 0 ? [] : [...names]),
  ),
  attests: rarely<string | undefined>('a', fc.constant(undefined)).chain((some) =>
    some === undefined ? fc.constant(undefined) : fc.constantFrom(...names),
  ),
  configType: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(imageType, imageType, cacheType) },
    { weight: 1, arbitrary: fc.constant('unknown' as const) },
  ),
});

/** Repositories with ties, moved tags, indexes over tagged and untagged children, attestations, labels. */
export const repositories: fc.Arbitrary<CompleteRepository> = fc
  .array(drawn, { minLength: 1, maxLength: names.length })
  .map((all) => ({
    kind: 'complete' as const,
    head: headOf('team/web'),
    artifacts: withoutSharedTags(all.map((one, index) => asArtifact(one, index))),
  }));

function asArtifact(one: Drawn, index: number): Artifact {
  const name = names[index] ?? '';
  // Only what was pushed before can be listed or attested: digests cannot go in circles.
  const earlier = new Set<string>(names.slice(0, index));
  const children = one.children.filter((child) => earlier.has(child));
  const attests = one.attests !== undefined && earlier.has(one.attests) ? one.attests : undefined;
  const pushed: Pushed = {
    daysAgo: one.daysAgo,
    labels: one.labels,
    configType: one.configType,
    children,
    tags: attests === undefined ? one.tags : [accessoryTag(attests, '.att')],
    ...(one.pulledDaysAgo === undefined ? {} : { pulledDaysAgo: one.pulledDaysAgo }),
  };
  return artifactOf(name, index + 1, pushed);
}

// A tag points to one artifact: the first that has it.
function withoutSharedTags(artifacts: readonly Artifact[]): readonly Artifact[] {
  const seen = new Set<string>();
  return artifacts.map((artifact) => {
    if (artifact.tags === 'unknown') return artifact;
    const own = artifact.tags.filter(({ name }) => !seen.has(name));
    for (const { name } of own) seen.add(name);
    return { ...artifact, tags: own };
  });
}

const singleConditions = fc.record(
  {
    pushedWithin: fc.constantFrom('10d', '40d', '80d'),
    pulledWithin: fc.constantFrom('10d', '40d', '80d'),
    mostRecentlyPushed: fc.constantFrom(1, 2, { count: 2, of: 'remaining' }),
    mostRecentlyPulled: fc.constantFrom(1, 2),
    mostRecentlyActive: fc.constantFrom(1, { count: 1, of: 'remaining' }),
  },
  { requiredKeys: [] },
);

const conditions = fc
  .tuple(singleConditions, fc.option(singleConditions, { freq: 2 }))
  .map(([some, all]) => {
    const together = all === null || Object.keys(all).length === 0 ? {} : { all };
    const keep = { ...some, ...together };
    return Object.keys(keep).length === 0 ? ('none' as const) : keep;
  });

const tagSelectors = fc.constantFrom(
  ['**'],
  ['ci-*'],
  ['v*', 'x'],
  ['/.*[01]/'],
  ['latest', 'pr-*'],
);

const typeSelectors = rarely<Readonly<Record<string, unknown>>>(
  { mediaTypes: ['application/vnd.buildkit.*'] },
  rarely<Readonly<Record<string, unknown>>>(
    { exclude: { artifactTypes: ['application/vnd.oci.*'] } },
    fc.constant({}),
  ),
);

export interface DrawnRule {
  readonly name: string;
  readonly select: Readonly<Record<string, unknown>>;
  readonly keep: 'none' | Readonly<Record<string, unknown>>;
  readonly untag: boolean;
  readonly insteadOf: readonly string[];
}

const tagRule = fc.record({
  select: fc
    .tuple(tagSelectors, typeSelectors)
    .map(([some, types]) => ({ projects: ['**'], tags: some, ...types })),
  keep: fc.oneof(
    conditions,
    fc.constant({ highestVersions: { count: 1, per: 'minor' } }),
    fc.constant({ mostRecentlyPushed: 1, groupBy: '/^(?<group>.+)-\\d+$/' }),
  ),
});
const untaggedRule = fc.record({
  select: fc.constant({ projects: ['**'], untagged: true }),
  keep: fc.oneof(
    { weight: 3, arbitrary: conditions },
    {
      weight: 1,
      arbitrary: fc.record({
        untaggedWithin: fc.constantFrom('10d', '40d'),
        mostRecentlyPushed: fc.constantFrom(1, 2),
      }),
    },
  ),
});

/** One to four rules; each may stand instead of earlier ones. */
export const ruleSets: fc.Arbitrary<readonly DrawnRule[]> = fc
  .array(
    fc.record({
      rule: fc.oneof({ weight: 3, arbitrary: tagRule }, { weight: 1, arbitrary: untaggedRule }),
      untag: fc.boolean(),
      instead: fc.subarray([0, 1, 2]),
      name: fc.constantFrom('m', 'n', 'o', 'p'),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) => {
    const own = all.map(({ name }, index) => `${name}${index}`);
    return all.map(({ rule, untag, instead }, index) => ({
      name: own[index] ?? '',
      ...rule,
      untag,
      insteadOf: instead.filter((other) => other < index).map((other) => own[other] ?? ''),
    }));
  });

export interface DrawnPolicy {
  readonly rules: readonly DrawnRule[];
  readonly protect: Readonly<Record<string, unknown>>;
}

export const policies: fc.Arbitrary<DrawnPolicy> = fc.record({
  rules: ruleSets,
  protect: fc.record({
    tags: fc.constantFrom([], ['latest']),
    labels: fc.constantFrom([], ['keep']),
    minimumAge: fc.constantFrom('1h', '15d'),
    keepAtLeast: fc.constantFrom(0, 0, 1, 2),
  }),
});

/** A drawn policy as the real one, by way of its text. */
export function policyOf(drawnPolicy: DrawnPolicy): Policy {
  const text = JSON.stringify({ version: 1, ...drawnPolicy });
  const loaded = loadPolicy(text, { name: 'drawn', inUseSources: [] });
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems, text, { name: 'drawn' }));
  return loaded.policy;
}

/** Judges frozen facts, so that whoever changes an input is found out. */
export function judge(
  facts: CompleteRepository,
  policy: Policy,
  around: Around = {},
): RepositoryPlan {
  return judgeOne(deepFreeze(facts), policy, around);
}

export function byDigest(plan: RepositoryPlan): ReadonlyMap<string, Verdict> {
  return new Map(plan.verdicts.map((verdict) => [verdict.artifact.digest, verdict]));
}

export function deleted(plan: RepositoryPlan): ReadonlySet<string> {
  return new Set(
    plan.verdicts.filter(({ fate }) => fate === 'delete').map(({ artifact }) => artifact.digest),
  );
}

/** What the registry looks like after a plan was carried out. */
export function afterwards(facts: CompleteRepository, plan: RepositoryPlan): CompleteRepository {
  const verdicts = byDigest(plan);
  const artifacts = facts.artifacts.flatMap((artifact) => {
    const verdict = verdicts.get(artifact.digest);
    if (verdict?.fate === 'delete') return [];
    if (verdict?.fate !== 'untag' || artifact.tags === 'unknown') return [artifact];
    const left = artifact.tags.filter(({ name }) => !verdict.tags.includes(name));
    return [{ ...artifact, tags: left }];
  });
  return { ...facts, artifacts };
}

export { day, now };
