import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { RE2JS } from 're2js';
import { compileDoublestar } from '../../functions/domain/doublestar.ts';
import { doublestarExpression } from '../../functions/domain/doublestar-expression.ts';
import type { NameKind } from '../../functions/domain/legal-names.ts';
import { canMatch } from '../../functions/domain/pattern-language.ts';
import { compilePattern } from '../../functions/domain/pattern.ts';

const matchesByExpression = (pattern: string, name: string): boolean =>
  RE2JS.compile(doublestarExpression(pattern)).testExact(name);

const pieces = 'a b / * ** ? { } , [ab] [^a] **/ /** {a,**} \\*'.split(' ');
const piece = fc.constantFrom(...pieces);
const globs = fc.array(piece, { minLength: 1, maxLength: 7 }).map((parts) => parts.join(''));
const names = fc.stringMatching(/^[abc/*]{0,6}$/);

test('the expression of a doublestar pattern matches at least what the pattern matches', () => {
  fc.assert(
    fc.property(globs, fc.array(names, { minLength: 5, maxLength: 5 }), (glob, some) => {
      const compiled = compileDoublestar(glob);
      fc.pre(compiled.ok);
      for (const name of some)
        if (compiled.ok && compiled.matches(name))
          expect([glob, name, matchesByExpression(glob, name)]).toEqual([glob, name, true]);
    }),
    { numRuns: 500 },
  );
});

const recorded = new URL('../../../shared/patterns/doublestar-1.3.4.ndjson', import.meta.url);

(existsSync(recorded) ? test : test.skip)(
  'it matches all that Harbor’s own library was seen to match (needs ../shared)',
  () => {
    const lines = readFileSync(recorded, 'utf8').split('\n').filter(Boolean);
    let compared = 0;
    for (const line of lines) {
      const [pattern, name, answer] = JSON.parse(line) as [string, string, boolean | 'error'];
      if (answer !== true || !compileDoublestar(pattern).ok) continue;
      compared += 1;
      expect([pattern, name, matchesByExpression(pattern, name)]).toEqual([pattern, name, true]);
    }
    expect(compared).toBeGreaterThan(1_000);
  },
);
if (!existsSync(recorded))
  console.warn('SKIPPED: ../shared is absent, Harbor’s answers are not compared');

const kinds: readonly NameKind[] = ['project', 'repository', 'tag', 'image', 'media type'];
const legal: Readonly<Record<NameKind, RegExp>> = {
  project: /^[a-z0-9]([a-z0-9._-]{0,4}[a-z0-9])?$/,
  repository: /^[a-z0-9]([._-]?[a-z0-9]){0,2}(\/[a-z0-9]([._-]?[a-z0-9]){0,2}){0,2}$/,
  tag: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,5}$/,
  'media type': /^[a-c][a-c.+-]{0,2}\/[a-c][a-c.+-]{0,3}$/,
  image: /^[a-c]([._-]?[a-c]){0,2}(\/[a-c]([._-]?[a-c]){0,2}){1,2}:[A-Ca-c_][A-Ca-c_.-]{0,3}$/,
};

describe.each(kinds)('for a %s', (kind) => {
  test('a pattern that matches a legal name is never said to match none', () => {
    const patterns = fc.oneof(
      globs,
      fc.stringMatching(/^[a-c^$.*+?()|[\]\\db-]{1,8}$/).map((text) => `/${text}/`),
    );
    fc.assert(
      fc.property(patterns, fc.stringMatching(legal[kind]), (text, name) => {
        const compiled = compilePattern(text);
        fc.pre(compiled.ok);
        if (compiled.ok && compiled.pattern.matches(name)) expect(canMatch(text, kind)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('the exact name of one can match', () => {
    fc.assert(
      fc.property(fc.stringMatching(legal[kind]), (name) => {
        expect(canMatch(name, kind)).toBe(true);
        expect(canMatch(`/${RE2JS.quote(name).replaceAll('/', '\\/')}/`, kind)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

test.each<[string, NameKind, boolean]>([
  ['/\\bfoo\\b/', 'tag', true],
  ['/foo\\bbar/', 'tag', false],
  ['/foo\\B-bar/', 'tag', false],
  ['/foo\\B/', 'tag', false],
  ['/a$b/', 'tag', false],
  ['/a|^$/', 'tag', true],
  ['/^$/', 'tag', false],
  ['/x{128}/', 'tag', true],
  ['/x{129}/', 'tag', false],
  ['/.{200}/', 'repository', true],
  ['/(?i)TEAM/', 'project', true],
  ['/[^a-z0-9]+/', 'project', false],
  ['/a\\/\\/b/', 'repository', false],
  ['application/vnd.{buildkit,oci}.*', 'media type', true],
  ['application/vnd.oci.image.config.v1+json', 'media type', true],
  ['*/*', 'media type', true],
  ['buildkit', 'media type', false],
  ['a/b/c', 'media type', false],
  ['/.+\\/[.+].*/', 'media type', false],
])('%s can match a %s: %s', (pattern, kind, answer) => {
  expect(canMatch(pattern, kind)).toBe(answer);
});

test('what is no pattern, or too large to look through, is not decided', () => {
  expect(canMatch('[', 'tag')).toBe('undecided');
  expect(canMatch('/(a{1000}){10}!/', 'tag')).toBe('undecided');
});
