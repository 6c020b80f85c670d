import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileDoublestar } from '../../functions/domain/doublestar.ts';

function matches(pattern: string, name: string): boolean | string {
  const compiled = compileDoublestar(pattern);
  return compiled.ok ? compiled.matches(name) : compiled.because;
}

// docs/design.md#harbors-glob-dialect, as far as Harbor's library answers for every name.
test.each<[string, readonly string[], readonly string[]]>([
  ['*', ['', 'v1.2', 'a', '.hidden'], ['a/b', '/']],
  ['**', ['', 'a', 'a/b/c', '/a'], []],
  ['?', ['a', 'é', '𝒳'], ['', '/', 'ab']],
  ['v*', ['v', 'v1'], ['v/1', 'a']],
  ['v**', ['v', 'v1'], ['v/1']],
  ['a/**', ['a/', 'a/b', 'a/b/c'], ['a', 'ab']],
  ['*/**', ['a/b', 'a/b/c'], ['a']],
  ['**/b', ['b', 'a/b', 'x/a/b'], ['xb', 'b/a']],
  ['a/**/c', ['a/c', 'a/b/c', 'a/b/d/c'], ['a/b/c/d']],
  ['a**/c', ['ab/c', 'a/c'], ['a/b/c']],
  ['**b', ['ab', 'b'], ['a/b']],
  ['[a-c]', ['a', 'b', 'c'], ['d', '/', '', 'ab']],
  ['[^a-c]', ['d', '!'], ['b', '/']],
  ['[!a]', ['!', 'a'], ['b']],
  ['[/]', [], ['/', 'a']],
  ['[\\]]', [']'], ['a', '\\']],
  ['[a\\-c]', ['a', '-', 'c'], ['b']],
  ['{a,b}c', ['ac', 'bc'], ['c', 'abc']],
  ['{a}', ['a'], ['{a}']],
  ['x{a,}', ['x', 'xa'], ['a']],
  ['{a,{b,c}}', ['a', 'b', 'c'], ['d']],
  ['{**,x}', ['a', 'x', ''], ['a/b']],
  ['{1..3}', ['1..3'], ['2']],
  ['!a', ['!a'], ['a', 'b']],
  ['+(a)', ['+(a)'], ['a']],
  ['\\*', ['*'], ['a']],
  ['\\{a\\}', ['{a}'], ['a']],
  ['{a\\,b}', ['a,b'], ['a', 'b']],
  ['a//b', ['a//b'], ['a/b']],
  ['a/', ['a/'], ['a']],
  ['/a', ['/a'], ['a']],
  ['A', ['A'], ['a']],
  ['a}', ['a}'], ['a']],
  ['a,b', ['a,b'], ['a', 'b']],
])('%s answers as Harbor does', (pattern, yes, no) => {
  for (const name of yes) expect([name, matches(pattern, name)]).toEqual([name, true]);
  for (const name of no) expect([name, matches(pattern, name)]).toEqual([name, false]);
});

test.each([
  ['', 'empty'],
  ['[', 'never closed'],
  ['[a', 'never closed'],
  ['b[', 'never closed'],
  ['**/[', 'never closed'],
  ['[]', 'is empty'],
  ['[]a]', 'is empty'],
  ['[^]', 'excludes nothing'],
  ['[-a]', 'between two characters'],
  ['[a-]', 'has no end'],
  ['[a--]', 'has no end'],
  ['[a-\\]', 'never closed'],
  ['[z-a]', 'swapped'],
  ['[^z-a]', 'swapped'],
  ['{a,b', 'never closed'],
  ['{a,[b}', 'never closed'],
  ['{', 'never closed'],
  ['a\\', 'escapes nothing'],
  ['\\', 'escapes nothing'],
  ['{[,],a}', 'inside braces a set'],
  ['x{/**,y}', 'a / inside braces'],
  ['{a/b,c}', 'a / inside braces'],
  ['{a,b}{c/d}', 'a / inside braces'],
])('%j is refused, also for names that Harbor never fails on', (pattern, because) => {
  expect(matches(pattern, 'zzz')).toContain(because);
});

test('the place of a mistake is the character where it begins', () => {
  expect(compileDoublestar('ab{c,[d')).toMatchObject({ ok: false, at: 5 });
});

test('many stars on a long name cost no exponential time', () => {
  const name = 'a'.repeat(128);
  expect(matches(`${'*a'.repeat(20)}*b`, name)).toBe(false);
  expect(matches(`${'{a,aa}'.repeat(30)}b`, name)).toBe(false);
});

type Answer = readonly [pattern: string, name: string, answer: boolean | 'error'];

const recorded = join(import.meta.dirname, '../../../shared/patterns/doublestar-1.3.4.ndjson');
const ifRecorded = existsSync(recorded) ? describe : describe['skip'];
if (!existsSync(recorded)) console.warn(`SKIPPED: ${recorded} is not here`);

ifRecorded("the answers of Harbor's own library", () => {
  const lines = existsSync(recorded) ? readFileSync(recorded, 'utf8').trim().split('\n') : [];
  const answers = lines.map((line) => JSON.parse(line) as Answer);

  test('every pattern that is accepted gives the recorded answer', () => {
    const wrong = answers.filter(([pattern, name, answer]) => {
      const compiled = compileDoublestar(pattern);
      return compiled.ok && compiled.matches(name) !== answer;
    });
    expect(answers).toHaveLength(6000);
    expect(wrong).toEqual([]);
  });

  test('every pattern that the library failed on is refused', () => {
    const failing = answers.filter(([, , answer]) => answer === 'error');
    expect(failing.filter(([pattern]) => compileDoublestar(pattern).ok)).toEqual([]);
  });

  test('besides, only what is badly formed is refused, by these reasons', () => {
    const failing = new Set(
      answers.flatMap(([pattern, , answer]) => (answer === 'error' ? pattern : [])),
    );
    const others = new Set(answers.map(([pattern]) => pattern).filter((one) => !failing.has(one)));
    const reasons = new Map<string, number>();
    for (const pattern of others) {
      const compiled = compileDoublestar(pattern);
      if (compiled.ok) continue;
      const reason =
        compiled.because.replace(/range .* is empty/, 'range is empty').split(':')[0] ?? '';
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    expect(Object.fromEntries(reasons)).toEqual({
      'the { is never closed': 96,
      'the [ is never closed': 182,
      'the set [] is empty': 122,
      'Harbor fails on a / inside braces': 199,
      'a backslash at the end escapes nothing': 37,
      'the range is empty': 6,
    });
  });
});
