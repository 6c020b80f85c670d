import { defined } from '../domain/defined.ts';
import type { BoundCondition, Policy, PolicyNeeds, Rule } from '../domain/policy.ts';
import type { Duration } from '../domain/instant.ts';
import { anyOf, type Pattern } from '../domain/pattern.ts';
import { namesAccessory } from '../domain/subject.ts';
import { allOf } from '../rules/all-of.ts';
import { keepConditions } from '../rules/keep/index.ts';
import { alwaysOn } from '../rules/protect/index.ts';
import type { WrittenPolicy } from './policy-schema.ts';
import { writtenNames } from './written-names.ts';

type WrittenRule = WrittenPolicy['rules'][number];

/** A checked document, bound: patterns compiled, conditions and protections closed over their parameters. */
export function bindPolicy(written: WrittenPolicy, hash: string): Policy {
  const rules = written.rules.map(bindRule);
  const { protect, proxyCache, trash, repositories, rollout } = written;
  const { ranking, removeEmpty } = repositories;
  return {
    hash,
    rules,
    writtenNames: writtenNames(written),
    ruleNames: rules.map(({ name }) => name),
    needs: needsOf(rules, written),
    protections: [
      ...alwaysOn.map(({ bind }) => bind({ proxyCache, trash, rules })),
      protect.repositories.bound,
      protect.digests.bound,
      protect.inUse.bound,
      protect.labels.bound,
      protect.tags.bound,
      protect.minimumAge.bound,
    ],
    limits: written.limits,
    keepAtLeast: protect.keepAtLeast,
    canaries: written.canaries.mustStay,
    proxyCache,
    digests: protect.digests.written.inline,
    digestLists: protect.digests.written.lists,
    inUse: protect.inUse.written.map((source) => ({ ...source, mirrors: protect.mirrors })),
    mirrors: protect.mirrors,
    acknowledgeHarborRetention: written.acknowledgeHarborRetention,
    acknowledgeReplication: written.acknowledgeReplication,
    trash,
    garbageCollection: written.garbageCollection,
    repositories: {
      ...defined({ ranking, removeEmpty }),
    },
    ...defined({ rollout }),
    inScope: (project) => rules.some(({ select }) => select.inProject(project)),
  };
}

function bindRule({ name, select, keep, untag, insteadOf }: WrittenRule): Rule {
  const { groupBy, all, ...conditions }: Exclude<typeof keep, 'none'> = keep === 'none' ? {} : keep;
  const bound = [
    ...inRegistryOrder(conditions),
    ...(all === undefined ? [] : [allOf(inRegistryOrder(all))]),
  ];
  return {
    name,
    untag,
    insteadOf,
    keep: bound,
    select: bindSelect(select),
    ...defined({ groupBy }),
  };
}

/** Whatever the order in the file. */
function inRegistryOrder(
  conditions: Readonly<Partial<Record<string, BoundCondition>>>,
): readonly BoundCondition[] {
  return keepConditions.flatMap(({ key }) => conditions[key] ?? []);
}

function bindSelect(written: WrittenRule['select']): Rule['select'] {
  const { projects, repositories, tags, exclude, types, labels } = written;
  const hasMediaType = asking(written.mediaTypes, exclude.mediaTypes);
  const hasArtifactType = asking(written.artifactTypes, exclude.artifactTypes);
  const literal = literalIn(tags ?? []);
  return {
    inProject: butNot(anyOf(projects), anyOf(exclude.projects)),
    inRepository: butNot(anyOf(repositories), anyOf(exclude.repositories)),
    ...(tags === undefined ? {} : { hasTag: butNot(anyOf(tags), anyOf(exclude.tags)) }),
    namesAccessory: butNot(anyOf(literal), anyOf(exclude.tags)),
    ...(types === undefined ? {} : { types: new Set(types) }),
    ...defined({ hasMediaType, hasArtifactType }),
    labels,
  };
}

function literalIn(tags: readonly Pattern[]): readonly Pattern[] {
  return tags.filter(({ text }) => namesAccessory(text));
}

/** Undefined where a rule says nothing of such names: then they need not be known. */
function asking(
  included: readonly Pattern[] | undefined,
  excluded: readonly Pattern[],
): ((name: string) => boolean) | undefined {
  if (included === undefined && excluded.length === 0) return undefined;
  return butNot(included === undefined ? () => true : anyOf(included), anyOf(excluded));
}

function butNot(
  included: (name: string) => boolean,
  excluded: (name: string) => boolean,
): (name: string) => boolean {
  return (name) => included(name) && !excluded(name);
}

function needsOf(rules: readonly Rule[], written: WrittenPolicy): PolicyNeeds {
  const protectedLabels = written.protect.labels.written;
  const needs = new Set(rules.flatMap(({ keep }) => keep.flatMap((condition) => condition.needs)));
  return {
    labels: [
      ...new Set([...protectedLabels, ...rules.flatMap(({ select }) => select.labels.none)]),
    ],
    pullTimes: needs.has('pull-times'),
    pullsWithin: (project) => pullsWithin(rules, project),
    untagged: rules.some(({ select }) => select.hasTag === undefined),
    untaggedMemory: needs.has('untagged-memory'),
    subjects: written.rules.some(({ select }) => literalIn(select.tags ?? []).length > 0),
  };
}

/** The longest time for which a condition of a rule that can reach the project looks back at pulls. */
function pullsWithin(rules: readonly Rule[], project: string): Duration | 'ever' {
  let longest = 0;
  for (const { keep, select } of rules) {
    if (!select.inProject(project)) continue;
    for (const { needs, pullsWithin: within } of keep.flatMap((one) => one.parts ?? [one])) {
      if (!needs.includes('pull-times')) continue;
      if (within === undefined) return 'ever';
      longest = Math.max(longest, within);
    }
  }
  return longest;
}
