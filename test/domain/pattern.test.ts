import { expect, test } from '@jest/globals';
import { anyOf, compileGroupPattern, compilePattern } from '../../functions/domain/pattern.ts';

function matches(text: string, name: string): boolean | string {
  const compiled = compilePattern(text);
  return compiled.ok ? compiled.pattern.matches(name) : compiled.because;
}

test('a regular expression between slashes matches the whole name, alternatives included (E31)', () => {
  expect(matches('/v\\d+/', 'v10')).toBe(true);
  expect(matches('/v\\d+/', 'xv10')).toBe(false);
  expect(matches('/a|b/', 'a')).toBe(true);
  expect(matches('/a|b/', 'ac')).toBe(false);
  expect(matches('/a|b/', 'ab')).toBe(false);
  expect(matches('/^v\\d+$/', 'v1\n')).toBe(false);
});

test('the expression of the catalogue selects versions and nothing longer', () => {
  const version = '/^v\\d+\\.\\d+\\.\\d+$/';
  expect(matches(version, 'v10.2.11')).toBe(true);
  expect(matches(version, 'v1.0.0-12-ge7e744a7')).toBe(false);
  expect(matches(version, 'v1.0.2rc3')).toBe(false);
});

test('an expression that would blow up elsewhere takes linear time (E32)', () => {
  expect(matches('/(a+)+b/', 'a'.repeat(100_000))).toBe(false);
});

test.each([
  ['/(?=a)/', 'look-around: what must not match goes into exclude'],
  ['/(?<!a)b/', 'look-around: what must not match goes into exclude'],
  ['/(a)\\1/', 'backreferences'],
  ['/(/', 'missing'],
  ['//', 'empty'],
  ['/v.*/i', '(?i)'],
  ['/', 'no name begins with a slash'],
  ['[', 'never closed'],
])('%j is refused with a reason', (text, because) => {
  expect(matches(text, 'a')).toContain(because);
});

test('what is not between slashes is a doublestar pattern', () => {
  expect(matches('ci-*', 'ci-7')).toBe(true);
  expect(matches('a.c', 'abc')).toBe(false);
  expect(matches('ci[', 'ci')).toContain('(at character 3)');
});

test('any of no patterns matches nothing', () => {
  const pattern = compilePattern('a*');
  const other = compilePattern('b*');
  if (!pattern.ok || !other.ok) throw new Error('patterns do not compile');
  expect(anyOf([])('a')).toBe(false);
  expect(anyOf([pattern.pattern])('a')).toBe(true);
  expect(anyOf([pattern.pattern, other.pattern])('b')).toBe(true);
  expect(anyOf([pattern.pattern, other.pattern])('c')).toBe(false);
});

test('a group is the capture called group, else the first one', () => {
  const group = (text: string, name: string): string | undefined => {
    const compiled = compileGroupPattern(text);
    return compiled.ok ? compiled.pattern.groupOf(name) : compiled.because;
  };
  expect(group('/^(?<group>.+)-\\d+$/', 'main-12')).toBe('main');
  expect(group('/^(x)(?<group>y)$/', 'xy')).toBe('y');
  expect(group('/^(.+)-(\\d+)$/', 'main-12')).toBe('main');
  expect(group('/^(.+)-(\\d+)$/', 'main')).toBeUndefined();
  expect(group('/^(a)?b$/', 'b')).toBe('');
  expect(group('/^.+$/', 'b')).toContain('captures nothing');
  expect(group('ci-*', 'ci-1')).toContain('between slashes');
  expect(group('/(/', 'b')).toContain('missing');
});
