import { expect, test } from '@jest/globals';
import type { ImmutableRule } from '../../../functions/domain/registry.ts';
import { immutableTags } from '../../../functions/rules/protect/immutable-tags.ts';
import { holdOf } from './around.ts';

const bound = immutableTags.bind({ proxyCache: 'keep', trash: 'off', rules: [] });
const rule = (changes: Partial<ImmutableRule> = {}): ImmutableRule => ({
  id: 3,
  disabled: false,
  tagDecoration: 'matches',
  tagPattern: 'v*',
  repositoryDecoration: 'repoMatches',
  repositoryPattern: '**',
  ...changes,
});
const hold = (rules: readonly ImmutableRule[] | 'unknown', tags: readonly string[] | 'unknown') =>
  holdOf(bound, { tags }, { project: { immutableRules: rules } });

test('one immutable tag holds the artifact (docs/harbor.md#t26-one-immutable-tag)', () => {
  expect(hold([rule()], ['latest', 'v1'])?.because).toBe(
    'its tag v1 is immutable by rule 3 of the project',
  );
  expect(hold([rule()], ['latest'])).toBeUndefined();
  expect(hold([rule()], [])).toBeUndefined();
  expect(hold([], ['v1'])).toBeUndefined();
});

test('a rule that excludes makes every other tag immutable', () => {
  const excluding = rule({ tagDecoration: 'excludes', tagPattern: 'dev-*' });
  expect(hold([excluding], ['dev-1'])).toBeUndefined();
  expect(hold([excluding], ['dev-1', 'v1'])).toBeDefined();
});

test('a rule speaks about the repositories that it names, without the project', () => {
  expect(hold([rule({ repositoryPattern: 'api' })], ['v1'])).toBeUndefined();
  expect(hold([rule({ repositoryPattern: 'web' })], ['v1'])).toBeDefined();
  expect(
    hold([rule({ repositoryDecoration: 'repoExcludes', repositoryPattern: 'web' })], ['v1']),
  ).toBeUndefined();
  expect(
    hold([rule({ repositoryDecoration: 'repoExcludes', repositoryPattern: 'api' })], ['v1']),
  ).toBeDefined();
});

test('the empty pattern matches all, as in Harbor', () => {
  expect(hold([rule({ tagPattern: '' })], ['x'])?.because).toContain('tag x is immutable');
  expect(hold([rule({ repositoryPattern: '' })], ['v1'])?.because).toContain('tag v1 is immutable');
  expect(hold([rule({ repositoryPattern: '' })], ['x'])).toBeUndefined();
});

test('any of several rules holds; a disabled one does not', () => {
  expect(hold([rule({ tagPattern: 'a' }), rule({ tagPattern: 'b' })], ['b'])).toBeDefined();
  expect(hold([rule({ disabled: true })], ['v1'])).toBeUndefined();
});

test('a rule with a bad pattern holds the whole project (docs/harbor.md#immutability-rules)', () => {
  expect(hold([rule({ tagPattern: '[' })], ['x'])).toMatchObject({ unknown: 'immutability rules' });
  expect(hold([rule({ repositoryPattern: '{a' })], [])).toMatchObject({
    unknown: 'immutability rules',
  });
  expect(hold([rule({ tagPattern: '[', disabled: true })], ['x'])).toBeUndefined();
});

test.each([
  ['braces inside braces, thousands deep', `${'{'.repeat(5_000)}a${'}'.repeat(5_000)}`],
  ['braces inside braces, deeper than anybody means', `${'{'.repeat(11)}a${'}'.repeat(11)}`],
  ['more characters than eight names', 'x'.repeat(1_001)],
  ['more stars than anybody means', '*a'.repeat(21)],
])('a rule with %s holds its project, and stops nothing else', (_, tagPattern) => {
  expect(hold([rule({ tagPattern })], ['x'])?.because).toContain('takes too long to evaluate');
});

test('a rule that is merely long is evaluated', () => {
  expect(hold([rule({ tagPattern: '*a'.repeat(20) })], ['b'])).toBeUndefined();
  expect(hold([rule({ tagPattern: '*a'.repeat(20) })], ['a'.repeat(20)])).toBeDefined();
  const plain = 'a'.repeat(30);
  expect(hold([rule({ tagPattern: plain })], [plain, 'b'])?.because).toContain(`tag ${plain}`);
  expect(hold([rule({ tagPattern: plain })], ['b'])).toBeUndefined();
});

test('rules that could not be read hold the whole project (E27)', () => {
  expect(hold('unknown', [])).toMatchObject({ unknown: 'immutability rules' });
  expect(holdOf(bound, {}, { project: 'unlisted' })).toMatchObject({
    unknown: 'immutability rules',
  });
});

test('unknown tags are held where a rule could make them immutable', () => {
  expect(hold([rule()], 'unknown')).toMatchObject({ unknown: 'tags' });
  expect(hold([rule({ repositoryPattern: 'api' })], 'unknown')).toBeUndefined();
});
