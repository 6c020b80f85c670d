import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Action } from '../../functions/domain/action.ts';
import type {
  ImmutableRule,
  ProjectFacts,
  RegistryFacts,
} from '../../functions/domain/registry.ts';
import type { RepositoryFacts } from '../../functions/domain/repository.ts';
import { cutoffFor } from '../../functions/plan/trim-to-limits.ts';
import { judgeRepository } from '../../functions/plan/judge-repository.ts';
import { explain } from '../../functions/report/explain.ts';
import {
  artifactOf,
  day,
  digestOf,
  headOf,
  now,
  type Pushed,
  withHidden,
} from '../support/builder.ts';
import { contextOf, policyFrom } from '../support/judge.ts';
import { inUseOf } from '../support/listed.ts';

/**
 * A story is a folder: `policy.yaml`, whose first line tells it; `inventory.json`, artifacts by the name that
 * their digest is made of (test/support/builder.ts); `expected.json`, a verdict for each of them by that name,
 * and where it matters the actions in their order.
 */
interface Inventory {
  readonly repositories: Readonly<Record<string, readonly Named[] | Unplannable>>;
  readonly project?: Partial<ProjectFacts> & { readonly immutable?: string };
  readonly pullSignal?: RegistryFacts['pullSignal'];
  readonly inUse?: readonly string[];
  readonly unreadableSource?: { readonly scope?: string };
  readonly listedDigests?: 'unknown';
  /** Days ago, by name. */
  readonly untaggedSince?: Readonly<Record<string, number>>;
}

type Named = Pushed & {
  readonly name: string;
  /** The list does not show it: an accessory. It has no verdict of its own. */
  readonly hidden?: boolean;
};

const isListed = ({ hidden }: Named): boolean => hidden !== true;

interface Unplannable {
  readonly unplannable: string;
  readonly seen: readonly Named[];
}

type Expected = Readonly<Record<string, unknown>> & { readonly actions?: readonly string[] };

const folder = import.meta.dirname;
const stories = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'policy.yaml')));

function read<T>(story: string, file: string): T {
  return JSON.parse(readFileSync(join(folder, story, file), 'utf8')) as T;
}

function factsOf(fullName: string, listed: readonly Named[] | Unplannable): RepositoryFacts {
  const head = headOf(fullName);
  const artifacts = (all: readonly Named[]) =>
    all.map(({ name, hidden = false, ...pushed }, index) =>
      artifactOf(name, (hidden ? 1_001 : 1) + index, pushed),
    );
  return 'seen' in listed
    ? { kind: 'unplannable', head, seen: artifacts(listed.seen), because: listed.unplannable }
    : withHidden(
        { kind: 'complete', head, artifacts: artifacts(listed.filter(isListed)) },
        artifacts(listed.filter((one) => !isListed(one))),
      );
}

function immutable(tagPattern: string): ImmutableRule {
  return {
    id: 3,
    disabled: false,
    tagDecoration: 'matches',
    tagPattern,
    repositoryDecoration: 'repoMatches',
    repositoryPattern: '**',
  };
}

function registryOf(inventory: Inventory): Partial<RegistryFacts> {
  const { pullSignal, inUse = [], unreadableSource, listedDigests } = inventory;
  const digests = inUse.filter((one) => !one.includes(':')).map(digestOf);
  const unreadable =
    unreadableSource === undefined
      ? []
      : [{ source: 'list', because: 'access denied', ...unreadableSource }];
  return {
    inUse: inUseOf({
      digests,
      references: inUse.filter((one) => one.includes(':')),
      unreadable,
    }),
    ...(pullSignal === undefined ? {} : { pullSignal }),
    ...(listedDigests === undefined ? {} : { listedDigests }),
  };
}

/** Judges every repository of a story; with `oldestFirst`, as a run does: once for the cutoff, then again. */
function plansOf(story: string) {
  const inventory = read<Inventory>(story, 'inventory.json');
  const policy = policyFrom(readFileSync(join(folder, story, 'policy.yaml'), 'utf8'));
  const repositories = Object.entries(inventory.repositories).map(([name, listed]) =>
    factsOf(name, listed),
  );
  const { immutable: pattern, ...project } = inventory.project ?? {};
  const since = Object.entries(inventory.untaggedSince ?? {}).map(
    ([name, days]) => [digestOf(name), now - days * day] as const,
  );
  const context = contextOf(policy, {
    registry: registryOf(inventory),
    project: {
      ...project,
      ...(pattern === undefined ? {} : { immutableRules: [immutable(pattern)] }),
    },
    ...(inventory.untaggedSince === undefined ? {} : { untaggedSince: new Map(since) }),
  });
  const first = repositories.map((facts) => judgeRepository(facts, context));
  let artifacts = 0;
  for (const { totals } of first) artifacts += totals.artifacts;
  const cutoff = cutoffFor(
    first.flatMap(({ families }) => families),
    policy.limits,
    artifacts,
  );
  if (cutoff === undefined) return { repositories, plans: first };
  const again = repositories.map((facts) => judgeRepository(facts, { ...context, cutoff }));
  return { repositories, plans: again };
}

/** The names of a story's artifacts by digest. */
function namesOf(story: string): ReadonlyMap<string, string> {
  const { repositories } = read<Inventory>(story, 'inventory.json');
  const all = Object.values(repositories).flatMap((listed) =>
    'seen' in listed ? listed.seen : listed,
  );
  return new Map(all.map(({ name, digest }) => [digest ?? digestOf(name), name]));
}

/** A reason with names for digests: as a story tells it. */
function told(reason: unknown, names: ReadonlyMap<string, string>): unknown {
  return JSON.parse(
    JSON.stringify(reason).replaceAll(
      /sha256:[0-9a-f]{64}/g,
      (digest) => names.get(digest) ?? digest,
    ),
  );
}

function toldAction(action: Action, names: ReadonlyMap<string, string>): string {
  if (action.kind === 'delete-repository') return action.kind;
  const name = names.get(action.digest) ?? action.digest;
  return action.kind === 'remove-tag' ? `remove ${action.tag} from ${name}` : `delete ${name}`;
}

test('there are stories', () => {
  expect(stories.length).toBeGreaterThan(40);
});

describe.each(stories.map((story) => ({ story })))('$story', ({ story }) => {
  const [sentence = ''] = readFileSync(join(folder, story, 'policy.yaml'), 'utf8').split('\n');
  const names = namesOf(story);
  const { actions, ...expected } = read<Expected>(story, 'expected.json');

  test(sentence.replace(/^# /, ''), () => {
    const { plans } = plansOf(story);
    const verdicts = plans.flatMap((plan) => plan.verdicts);
    const actual = verdicts.map(({ artifact, ...verdict }) => [
      names.get(artifact.digest),
      told(verdict, names),
    ]);
    expect(Object.fromEntries(actual)).toMatchObject(expected);
    expect(actual.map(([name]) => name)).toEqual([...names.values()]);
    expect(Object.keys(expected).toSorted()).toEqual([...names.values()].toSorted());
    if (actions !== undefined) {
      const done = plans.flatMap((plan) => plan.actions.map((action) => toldAction(action, names)));
      expect(done).toEqual(actions);
    }
  });

  test('every verdict has a sentence', () => {
    const { repositories, plans } = plansOf(story);
    const verdicts = plans.flatMap((plan) => plan.verdicts);
    for (const verdict of verdicts) {
      expect(explain(verdict, now)).toMatch(/^(?:Kept|Goes|Loses tags? [^:]+): \S.+\.$/);
    }
    expect(verdicts).toHaveLength(
      repositories.flatMap((facts) => (facts.kind === 'complete' ? facts.artifacts : facts.seen))
        .length,
    );
  });
});
