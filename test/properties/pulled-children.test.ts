import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Artifact } from '../../functions/domain/artifact.ts';
import { graphOf, isUntaggedChild } from '../../functions/domain/graph.ts';
import type { Policy } from '../../functions/domain/policy.ts';
import type { CompleteRepository } from '../../functions/domain/repository.ts';
import type { Verdict } from '../../functions/domain/verdict.ts';
import { pulledSince } from '../../functions/inventory/pulled-since.ts';
import { widestContext, withFamilies } from '../../functions/phases/read-families.ts';
import { withHidden } from '../support/builder.ts';
import { registryOf } from '../support/judge.ts';
import {
  byDigest,
  day,
  type DrawnPolicy,
  judge,
  now,
  policies,
  policyOf,
  repositories,
} from './registries.ts';

const runs = { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 300) };

const indexType = 'application/vnd.oci.image.index.v1+json';
/** The first of a repository, which are its untagged children. */
const childCount = 3;

/** Repositories in which indexes list untagged children, pulled at any time or never. */
const indexed: fc.Arbitrary<CompleteRepository> = fc
  .tuple(repositories, fc.array(fc.subarray([0, 1, 2]), { minLength: 8, maxLength: 8 }))
  .map(([facts, drawn]) => {
    const children = facts.artifacts.slice(0, childCount);
    const artifacts = facts.artifacts.map(older).map((artifact, index): Artifact => {
      if (index < childCount) return { ...artifact, tags: [], children: [] };
      const own = (drawn[index] ?? []).flatMap((position) => children[position]?.digest ?? []);
      return own.length === 0
        ? { ...artifact, children: [] }
        : { ...artifact, children: own, mediaType: indexType };
    });
    return { ...facts, artifacts };
  });

/** Old enough to go, and without a label that holds it. */
function older(artifact: Artifact): Artifact {
  const before = (at: Artifact['pushedAt']) => (at === 'unknown' ? at : at - 30 * day);
  const { pushedAt, tags } = artifact;
  return {
    ...artifact,
    labels: [],
    pushedAt: before(pushedAt),
    tags:
      tags === 'unknown' ? tags : tags.map((tag) => ({ ...tag, pushedAt: before(tag.pushedAt) })),
  };
}

/** Policies that let much go: nothing is protected but by the floor. */
const lenient: fc.Arbitrary<DrawnPolicy> = fc
  .tuple(policies, fc.constantFrom(0, 1, 2))
  .map(([{ rules }, keepAtLeast]) => ({
    rules,
    protect: { tags: [], labels: [], minimumAge: '1h', keepAtLeast },
  }));

interface Read {
  readonly facts: CompleteRepository;
  /** How many untagged children were found by their pull. */
  readonly found: number;
}

/** What is read of a repository where pulls are searched for; `finds`: whether the search shows one that it should. */
async function searched(
  facts: CompleteRepository,
  policy: Policy,
  finds: (artifact: Artifact) => boolean,
): Promise<Read> {
  const graph = graphOf(facts.artifacts);
  const since = pulledSince(policy.needs, facts.head.project, now);
  const unlisted = facts.artifacts.filter((artifact) => isUntaggedChild(graph, artifact));
  const hidden = unlisted.filter(
    (artifact) => artifact.pulledAt !== 'unknown' && artifact.pulledAt >= since && finds(artifact),
  );
  const artifacts = facts.artifacts.filter((artifact) => !unlisted.includes(artifact));
  const all = new Map(
    [...facts.artifacts, ...(withHidden(facts).hidden ?? [])].map((one) => [one.digest, one]),
  );
  const read = await withFamilies(
    { ...facts, artifacts, hidden },
    widestContext(policy, registryOf(), undefined),
    {
      identify: () => Promise.reject(new Error('nothing is lost')),
      readMembers: (_, members) =>
        Promise.resolve(
          new Map(
            members.flatMap(({ digest }) => {
              const artifact = all.get(digest);
              if (artifact === undefined) return [];
              return [[digest, { kind: 'there' as const, artifact, immutableTags: [] }]];
            }),
          ),
        ),
    },
  );
  if (read.kind !== 'complete') throw new Error(read.because);
  return { facts: read, found: hidden.length };
}

const goesOf = ({ fate, ...verdict }: Verdict) =>
  fate === 'untag' && 'tags' in verdict ? { fate, tags: verdict.tags } : { fate };

/** What becomes of every artifact that the list shows without children. */
function fatesIn(facts: CompleteRepository, policy: Policy, listed: readonly Artifact[]) {
  const verdicts = byDigest(judge(facts, policy, memory(listed)));
  return listed.map(({ digest }) => {
    const verdict = verdicts.get(digest);
    return { digest, ...(verdict === undefined ? {} : goesOf(verdict)) };
  });
}

/** Runs have seen whatever has no tag for 20 days. */
const memory = (artifacts: readonly Artifact[]) => ({
  untaggedSince: new Map(artifacts.map(({ digest }) => [digest, now - 20 * day])),
});

test('children searched for by their pulls give the verdicts that listing all of them gives', async () => {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(indexed, lenient, async (facts, drawn) => {
      const policy = policyOf(drawn);
      const read = await searched(facts, policy, () => true);
      found += policy.needs.pullTimes ? read.found : 0;
      const { artifacts } = read.facts;
      expect(fatesIn(read.facts, policy, artifacts)).toEqual(
        fatesIn(withHidden(facts), policy, artifacts),
      );
    }),
    runs,
  );
  // Of a few cases, as the tests of mutants run them, none may find any.
  expect(found).toBeGreaterThan(runs.numRuns < 100 ? -1 : 20);
});

test('a search that loses any of them makes nothing go that listing all of them keeps', async () => {
  await fc.assert(
    fc.asyncProperty(
      indexed,
      lenient,
      fc.array(fc.boolean(), { minLength: childCount, maxLength: childCount }),
      async (facts, drawn, finds) => {
        const policy = policyOf(drawn);
        const lost = new Set(
          facts.artifacts.filter((_, index) => finds[index] === false).map(({ digest }) => digest),
        );
        const read = await searched(facts, policy, ({ digest }) => !lost.has(digest));
        const { artifacts } = read.facts;
        const whole = byDigest(judge(withHidden(facts), policy, memory(artifacts)));
        for (const { artifact, ...own } of judge(read.facts, policy, memory(artifacts)).verdicts) {
          if (own.fate === 'keep') continue;
          const other = whole.get(artifact.digest);
          expect(other?.fate).not.toBe('keep');
          if (own.fate === 'untag' && other?.fate === 'untag')
            expect(other.tags).toEqual(expect.arrayContaining([...own.tags]));
          if (own.fate === 'delete') expect(other?.fate).toBe('delete');
        }
      },
    ),
    runs,
  );
});
