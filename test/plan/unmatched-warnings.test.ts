import { describe, expect, test } from '@jest/globals';
import { harborTypes } from '../../functions/domain/artifact.ts';
import type { Unmatched } from '../../functions/plan/matched.ts';
import { unmatchedWarnings } from '../../functions/plan/unmatched-warnings.ts';
import { policyFrom } from '../support/judge.ts';

const policy = policyFrom(`version: 1
rules:
  - { name: dev, select: { projects: [team], tags: ['d*'] }, keep: none }
  - { name: all, select: { projects: ['**'], tags: ['**'] }, keep: { mostRecentlyPushed: 3 } }
protect: { tags: [], keepAtLeast: 0 }`);

const projects = ['lib', 'team', 'team-two'];

type Name = Unmatched['names'][number];

const warningsOn = (said: Partial<Name>) =>
  unmatchedWarnings(
    { names: [{ place: 'protect.tags', text: 'v1', protects: false, ...said }], lists: [] },
    { policy, projects },
  );

const ofDev = 'rules[dev].select.repositories';
const ofAll = 'rules[all].select.repositories';

test('nothing unmatched, nothing to warn of', () => {
  expect(unmatchedWarnings({ names: [], lists: [] }, { policy, projects })).toEqual([]);
});

describe('a name that matched nothing', () => {
  test('is warned of where it was to protect, at its place and as it is written', () => {
    expect(warningsOn({ protects: true })).toEqual([
      {
        code: 'matched-nothing',
        on: 'protect.tags',
        message: expect.stringMatching(/^"v1" .*protects nothing/),
        remedy: expect.stringContaining('Compare'),
      },
    ]);
  });

  test.each<readonly [string, Partial<Name>]>([
    ['that only selects', { place: 'rules[dev].select.tags' }],
    ['that selects repositories without a project', { place: ofDev, text: 'web' }],
    ['that begins like a project', { place: ofDev, text: 'teamwork/web' }],
    ['that is the name of a project', { place: ofDev, text: 'team' }],
    ['that has a project further in', { place: ofDev, text: 'web/team/x' }],
    ['that names a project its rule does not select', { place: ofDev, text: 'lib/web' }],
    ['that names a project that is not there', { place: ofAll, text: 'far/web' }],
    ['of a rule that is not there', { place: 'rules[x].select.repositories', text: 'team/web' }],
    ['that names a project where no repositories are meant', { text: 'team/web' }],
    ['that is an expression', { text: String.raw`/v\d+/` }],
    ['with a backslash before what is no letter', { text: String.raw`v\*` }],
    ['that is a type of Harbor', { place: 'rules[dev].select.types', text: 'CHART' }],
  ])('is no matter %s', (_, said) => {
    expect(warningsOn(said)).toEqual([]);
  });

  test.each<readonly [string, string, string]>([
    [ofDev, 'team/web', '"web"'],
    [ofDev, 'team/web/api-*', '"web/api-*"'],
    [ofAll, 'lib/web', '"web"'],
    [ofAll, 'team-two/web', '"web"'],
  ])('%s: %s was likely meant without its project', (place, text, cure) => {
    for (const protects of [true, false])
      expect(warningsOn({ place, text, protects })).toEqual([
        {
          code: 'matched-nothing',
          on: place,
          message: expect.stringContaining('without the project'),
          remedy: expect.stringContaining(cure),
        },
      ]);
  });

  test.each([String.raw`v\d+`, String.raw`\w`, String.raw`v\Z`])(
    '%s was likely meant as an expression, and is shown as one',
    (text) => {
      for (const protects of [true, false])
        expect(warningsOn({ text, protects })).toMatchObject([
          {
            message: expect.stringContaining('backslash'),
            remedy: expect.stringContaining(JSON.stringify(`/${text}/`)),
          },
        ]);
    },
  );

  test('an expression that was to protect is told of without advice on backslashes', () => {
    expect(warningsOn({ text: String.raw`/v\d+/`, protects: true })).toMatchObject([
      { message: expect.stringContaining('protects nothing') },
    ]);
  });

  test('a type that Harbor does not give by itself was likely misspelt: those that it gives are shown', () => {
    for (const protects of [true, false])
      expect(
        warningsOn({ place: 'rules[dev].select.types', text: 'HELM', protects }),
      ).toMatchObject([
        {
          message: expect.stringContaining('no such type'),
          remedy: expect.stringContaining(harborTypes.join(', ')),
        },
      ]);
    expect(
      warningsOn({ place: 'rules[dev].select.types', text: 'CHART', protects: true }),
    ).toMatchObject([{ message: expect.stringContaining('protects nothing') }]);
  });
});

describe('entries of lists that matched nothing', () => {
  const list = (said: Partial<Unmatched['lists'][number]>) =>
    unmatchedWarnings(
      {
        names: [],
        lists: [{ list: 'inUse', entries: 9, unmatched: 2, examples: ['far/a:1', 'b'], ...said }],
      },
      { policy, projects },
    );

  test.each<readonly ['inUse' | 'digests', string]>([
    ['inUse', 'images in use'],
    ['digests', 'lists of digests'],
  ])('of %s: one warning, with their number and examples', (name, what) => {
    expect(list({ list: name })).toEqual([
      {
        code: 'matched-nothing',
        on: `protect.${name}`,
        message: expect.stringMatching(`^2 of 9 .*${what}.* far/a:1, b\\.`),
        remedy: expect.stringContaining('mirrors'),
      },
    ]);
  });

  test('all of them matched: none', () => {
    expect(list({ unmatched: 0, examples: [] })).toEqual([]);
  });

  test('they come behind the names', () => {
    const both = unmatchedWarnings(
      {
        names: [{ place: 'protect.tags', text: 'v1', protects: true }],
        lists: [{ list: 'digests', entries: 1, unmatched: 1, examples: ['x/y'] }],
      },
      { policy, projects },
    );
    expect(both.map(({ on }) => on)).toEqual(['protect.tags', 'protect.digests']);
  });
});
