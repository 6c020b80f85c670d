import { describe, expect, test } from '@jest/globals';
import { mostApproved } from '../../functions/domain/approval.ts';
import type { RepositoryTotals } from '../../functions/domain/plan.ts';
import type { ProjectFacts } from '../../functions/domain/registry.ts';
import type { RollOut } from '../../functions/domain/roll-out.ts';
import {
  emptyRepositories,
  planEmptyRepositories,
} from '../../functions/plan/empty-repositories.ts';
import { day, now } from '../support/builder.ts';
import { policyFrom, project, registryOf } from '../support/judge.ts';

/** An empty repository of project `team` that nobody has touched for long. */
function empty(repository: string, rest: Partial<RepositoryTotals> = {}): RepositoryTotals {
  return {
    project: 'team',
    repository,
    repositoryId: 7,
    artifacts: 0,
    bytes: 0,
    deletions: 0,
    deletionBytes: 0,
    tagRemovals: 0,
    deferred: 0,
    tags: 0,
    pullCount: 0,
    createdAt: now - 500 * day,
    updatedAt: now - 400 * day,
    ...rest,
  };
}

const policyWith = (more: string) =>
  policyFrom(`version: 1
rules: [{ name: rule, select: { projects: [other], tags: ['**'] }, keep: none }]
${more}`);

const removing = (protect = '') =>
  policyWith(`repositories: { removeEmpty: { olderThan: 30d } }
protect: { keepAtLeast: 0, ${protect} }`);

const plan = (
  repositories: readonly RepositoryTotals[],
  { policy = removing(), projects = [project], rollOut }: Given = {},
) =>
  planEmptyRepositories(
    repositories,
    { policy, registry: registryOf({ registry: { projects } }), rollOut },
    now,
  );

interface Given {
  readonly policy?: ReturnType<typeof policyWith>;
  readonly projects?: readonly ProjectFacts[];
  readonly rollOut?: RollOut;
}

const isPlanned = (repository: RepositoryTotals, given?: Given) =>
  plan([repository], given).actions.length === 1;

test('an empty repository is deleted by its name and row, though no rule selects its project', () => {
  expect(plan([empty('web/api', { repositoryId: 12 })])).toEqual({
    actions: [
      {
        kind: 'delete-repository',
        id: 'delete-repository team/web/api',
        project: 'team',
        repository: 'web/api',
        repositoryId: 12,
        rule: 'repositories.removeEmpty',
      },
    ],
    deferred: 0,
    waiting: 0,
  });
});

test('an empty repository to which the roll-out has not come yet waits, and takes no place of another one', () => {
  const rollOut = { startedAt: 0, endsAt: 2 * now, phase: 'first', standIn: 'team/b' } as const;
  const found = plan([empty('a'), empty('b'), empty('c')], { rollOut });
  expect(found).toMatchObject({ actions: [{ repository: 'b' }], deferred: 0, waiting: 2 });
  const all = { ...rollOut, phase: 'all' } as const;
  expect(plan([empty('a'), empty('b')], { rollOut: all })).toMatchObject({ waiting: 0 });
});

describe('it goes only if it was empty and untouched for long', () => {
  test.each<readonly [string, Partial<RepositoryTotals>, boolean]>([
    ['made and touched longer ago', { createdAt: now - 31 * day, updatedAt: now - 31 * day }, true],
    ['made just then', { createdAt: now - 30 * day, updatedAt: now - 40 * day }, false],
    ['made a moment before', { createdAt: now - 30 * day - 1, updatedAt: now - 40 * day }, true],
    ['touched just then', { updatedAt: now - 30 * day }, false],
    ['touched a moment before', { updatedAt: now - 30 * day - 1 }, true],
    ['with an artifact', { artifacts: 1 }, false],
    ['not read whole', { unplannable: 'a page is missing' }, false],
    ['made nobody knows when', { createdAt: 'unknown' }, false],
    ['touched nobody knows when', { updatedAt: 'unknown' }, false],
  ])('%s', (_, rest, isGone) => {
    const one = empty('web', rest);
    expect(emptyRepositories([one], 30 * day, now)).toEqual(isGone ? [one] : []);
    expect(isPlanned(one)).toBe(isGone);
  });
});

test('a policy that does not ask for it deletes none', () => {
  const policy = policyWith('');
  expect(plan([empty('web')], { policy })).toEqual({ actions: [], deferred: 0, waiting: 0 });
});

describe('what holds whole repositories holds an empty one as well', () => {
  const proxy = { ...project, isProxyCache: true };
  const blind: ProjectFacts = { ...project, immutableRules: 'unknown' };
  const immutable: ProjectFacts = {
    ...project,
    immutableRules: [
      {
        id: 3,
        disabled: false,
        tagDecoration: 'matches',
        tagPattern: '**',
        repositoryDecoration: 'repoMatches',
        repositoryPattern: '**',
      },
    ],
  };
  test.each<readonly [string, Given, boolean]>([
    ['its name', { policy: removing('repositories: [web]') }, false],
    ['its name with the project', { policy: removing('repositories: [team/web]') }, false],
    ['not the name of another', { policy: removing('repositories: [api, other/web]') }, true],
    ['a proxy cache', { projects: [proxy] }, false],
    ['not the proxy cache beside it', { projects: [{ ...proxy, name: 'far' }, project] }, true],
    ['immutability rules that are not known', { projects: [blind] }, false],
    ['a project that was not listed', { projects: [] }, false],
    ['not what holds single tags: it has none', { projects: [immutable] }, true],
    ['not labels or tags: it has none', { policy: removing('labels: [x], tags: ["**"]') }, true],
  ])('%s', (_, given, isGone) => {
    expect(isPlanned(empty('web'), given)).toBe(isGone);
  });

  test('one that is held leaves the others alone and is not put off', () => {
    const found = plan([empty('api'), empty('web'), empty('lib')], {
      policy: removing('repositories: [web]'),
    });
    expect(found.actions.map(({ repository }) => repository)).toEqual(['api', 'lib']);
    expect(found.deferred).toBe(0);
  });
});

test('one run takes the first fifty, and counts the others as put off', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => empty(`r${index}`));
  expect(plan(many(mostApproved))).toMatchObject({ deferred: 0, actions: { length: 50 } });
  const { actions, deferred } = plan([empty('full', { artifacts: 1 }), ...many(mostApproved + 3)]);
  expect(deferred).toBe(3);
  expect(actions.map(({ repository }) => repository)).toEqual(
    many(mostApproved).map(({ repository }) => repository),
  );
});
