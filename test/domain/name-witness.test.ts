import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { NameKind } from '../../functions/domain/legal-names.ts';
import { nameMatching } from '../../functions/domain/name-witness.ts';
import { compilePattern } from '../../functions/domain/pattern.ts';

const matches = (pattern: string, name: string): boolean => {
  const compiled = compilePattern(pattern);
  return compiled.ok && compiled.pattern.matches(name);
};

describe('a name that one matches and the others do not', () => {
  test.each<[NameKind, { any: string[]; none: string[] }, string | undefined]>([
    ['tag', { any: ['ci-*'], none: ['*'] }, undefined],
    ['tag', { any: ['*'], none: ['ci-*'] }, 'a'],
    ['tag', { any: ['v?'], none: ['/v[0-9]/'] }, 'va'],
    ['tag', { any: ['/v[0-9]+/'], none: ['v*'] }, undefined],
    ['tag', { any: ['/v[0-9]+/'], none: ['v?', 'v??'] }, 'v000'],
    ['tag', { any: ['{a,b,c}'], none: ['a', '/b|c/'] }, undefined],
    ['tag', { any: ['/(?i)latest/'], none: ['latest'] }, 'latesT'],
    ['project', { any: ['team-*'], none: ['team-a*'] }, 'team-b'],
    ['repository', { any: ['base/*'], none: ['base/**'] }, undefined],
    ['repository', { any: ['base/**'], none: ['base/*', 'base'] }, 'base/a/a'],
    // A glob for one part of a path does not cross the slash.
    ['repository', { any: ['*'], none: ['**'] }, undefined],
    ['tag', { any: ['/\\bv1\\b.*/'], none: ['/v1.*/'] }, undefined],
  ])('of %s: %j', (kind, wanted, name) => {
    const found = nameMatching(wanted, kind);
    expect(found).toEqual(name === undefined ? { kind: 'none' } : { kind: 'found', name });
  });

  test('what is too large, or odd in Harbor’s library, is looked for in a sample of names', () => {
    // A name of the sample shows that it does not match across the slash.
    expect(nameMatching({ any: ['a/b'], none: ['a{/b,c}'] }, 'repository')).toEqual({
      kind: 'found',
      name: 'a/b',
    });
    expect(
      nameMatching({ any: ['ab'], none: [`/ab|${'a?'.repeat(3_000)}/`] }, 'repository'),
    ).toEqual({
      kind: 'undecided',
      tried: 1,
    });
    expect(nameMatching({ any: ['{'] }, 'tag')).toEqual({ kind: 'undecided', tried: 0 });
  });

  test('a search that grows beyond its bound is given up', () => {
    // To know whether the twentieth character from the end is an a takes 2^20 states.
    const any = ['/.*/'];
    const none = ['/[ab]*a[ab]{20}/', '/[ab]*b[ab]{20}/', '/[ab]{0,20}/'];
    expect(nameMatching({ any, none: [...none, '/.*[^ab].*/'] }, 'tag').kind).not.toBe('found');
  });
});

const patterns = fc.array(
  fc.constantFrom(
    '*',
    'a*',
    '*b',
    'a?',
    '{a,ab}',
    '/a+b*/',
    '/[ab]{2}/',
    '/(a|b)*/',
    'ab',
    '/.*c.*/',
    '[a-b]c',
  ),
  { minLength: 1, maxLength: 3 },
);

test('agrees with the patterns themselves on every short name', () => {
  const short = (function names(length: number): string[] {
    return length === 0
      ? ['']
      : names(length - 1).flatMap((name) => ['a', 'b', 'c'].map((one) => name + one));
  })(4);
  const all = [
    ...new Set(short.flatMap((name) => [1, 2, 3, 4].map((length) => name.slice(0, length)))),
  ];
  fc.assert(
    fc.property(patterns, fc.option(patterns, { nil: [] }), (any, none) => {
      const isWanted = (name: string): boolean =>
        any.some((one) => matches(one, name)) && !none.some((one) => matches(one, name));
      const found = nameMatching({ any, none }, 'tag');
      if (found.kind === 'found') expect(isWanted(found.name)).toBe(true);
      else expect([found.kind, all.filter(isWanted)]).toEqual(['none', []]);
    }),
  );
});
