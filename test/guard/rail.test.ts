import { counted } from '../../functions/domain/format-numbers.ts';
import { expect, test } from '@jest/globals';
import { isTouched, mayReplicate } from '../../functions/guard/rail.ts';
import type { Plan } from '../../functions/domain/plan.ts';
import { contextWith, planWith, repository } from './support.ts';

const emptying = (...projects: readonly string[]): Plan => ({
  ...planWith(),
  empty: {
    repositories: projects.map((project) => ({ project, repository: 'old' })),
    deferred: 0,
    actions: [],
  },
});
const changing = (project: string, overrides: Parameters<typeof repository>[0]): Plan =>
  planWith({ repositories: [repository(), repository({ project, ...overrides })] });

test.each<readonly [string, Plan, string, boolean]>([
  ['its rules select it', planWith(), 'team', true],
  ['it is only read', changing('other', {}), 'other', false],
  ['an artifact goes from it', changing('other', { deletions: 1 }), 'other', true],
  ['a tag goes from it', changing('other', { tagRemovals: 1 }), 'other', true],
  ['an artifact goes from another one', changing('third', { deletions: 1 }), 'other', false],
  ['an empty repository of it goes', emptying('third', 'other'), 'other', true],
  ['one of another project goes', emptying('third'), 'other', false],
  ['no repository is empty', emptying(), 'other', false],
])('whether a plan touches a project: %s', (...row) => {
  const [, plan, project, touched] = row;
  expect(isTouched(project, plan, contextWith())).toBe(touched);
});

test.each<readonly [readonly string[], boolean]>([
  [[], true],
  [[''], true],
  [['', 'team/**'], true],
  [['team/api'], true],
  [['team/web'], false],
  [['', 'team/web'], false],
  [['['], true],
  [['[', 'team/web'], false],
])('name filters %j may take team/api: %s', (nameFilters, may) => {
  expect(mayReplicate({ name: 'nightly', deletes: true, nameFilters }, 'team/api')).toBe(may);
});

test('a count is written with its noun', () => {
  expect(counted(1, 'artifact')).toBe('1 artifact');
  expect(counted(0, 'artifact')).toBe('0 artifacts');
  expect(counted(1_234, 'repository', 'repositories')).toBe('1,234 repositories');
});
