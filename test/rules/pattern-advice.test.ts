import { expect, test } from '@jest/globals';
import { loadPolicy } from '../../functions/config/load-policy.ts';
import type { Problem } from '../../functions/config/problem.ts';

type Place = 'media type' | 'tag' | 'project' | 'repository' | 'exclude' | 'protect' | 'scope';

/** A policy with one pattern in one of the places that take patterns. */
function policyWith(pattern: string, place: Place): string {
  const written = JSON.stringify([pattern]);
  const given = (here: Place, usual: string): string => (place === here ? written : usual);
  return `version: 1
rules:
  - name: r
    select:
      projects: ${given('project', '["**"]')}
      repositories: ${given('repository', '["**"]')}
      tags: ${given('tag', '["**"]')}
      exclude: { tags: ${given('exclude', '[]')} }
      mediaTypes: ${given('media type', '["**"]')}
    keep: { pushedWithin: 30d }
protect:
  tags: ${given('protect', '[latest]')}
${place === 'scope' ? `  inUse: [{ source: list, scope: ${JSON.stringify(pattern)}, images: [a/b] }]` : ''}
`;
}

function problemsOf(pattern: string, place: Place): readonly Problem[] {
  const loaded = loadPolicy(policyWith(pattern, place), { name: 'p', inUseSources: ['list'] });
  return loaded.ok ? [] : loaded.problems;
}

test.each<[Place, string, RegExp, RegExp]>([
  ['tag', '!v*', /can match no tag: a leading ! negates nothing/, /put "v\*" under exclude/],
  ['exclude', '!latest', /can match no tag/, /under exclude/],
  ['protect', '!latest', /can match no tag/, /under exclude/],
  ['project', '!team-*', /can match no project/, /put "team-\*" under exclude/],
  ['tag', 'latest,master,generic', /comma outside braces/, /\["latest", "master", "generic"\]/],
  ['tag', 'latest, master', /comma outside braces/, /\["latest", "master"\]/],
  ['tag', 'latest master', /blank outside braces/, /\["latest", "master"\]/],
  ['tag', ' latest', /blank outside braces/, /write "latest" without the blank/],
  ['tag', '^v.*', /\^ means nothing outside a regular expression/, /"\/\^v\.\*\/"/],
  ['tag', 'v.*$', /\$ means nothing/, /between slashes/],
  ['tag', 'v[0-9]+', /\+ means nothing/, /"\/v\[0-9\]\+\/"/],
  ['tag', 'v(1|2)', /\( means nothing/, /between slashes/],
  ['tag', 'a|b', /\| means nothing/, /between slashes/],
  ['protect', '.*', /no name begins with a dot/, /write "\*", or .*"\/\.\*\/"/],
  ['project', '.*', /no name begins with a dot/, /write "\*"/],
  ['tag', 'team/*', /a tag has no slash/, /name repositories under repositories/],
  ['project', 'team/api', /a project has no slash/, /the rest under repositories/],
  ['media type', '*buildkit*', /a media type has a slash/, /"application\/\*buildkit\*"/],
  ['media type', '!application/*', /a leading ! negates nothing/, /under exclude/],
  ['media type', 'a/b, c/d', /comma outside braces/, /\["a\/b", "c\/d"\]/],
  ['media type', 'a//b', /two names with a slash between/, /can match a media type/],
  ['media type', '/_.*/', /outside that of media types/, /a whole media type/],
  ['project', 'Team-*', /a project has no capitals/, /"team-\*"/],
  ['repository', 'Base/**', /a repository has no capitals/, /"base\/\*\*"/],
  ['repository', 'base/', /begins and ends without a slash/, /"base"/],
  ['repository', 'base//api', /has no two together/, /"base\/api"/],
  ['tag', '-*', /begins with none of \. and -/, /a pattern that can match a tag/],
  ['project', '/[A-Z]+/', /lies outside that of projects/, /matches a whole project/],
  ['tag', '/a b/', /lies outside that of tags/, /matches a whole tag/],
  ['tag', '/v\\d+\\s/', /lies outside that of tags/, /matches a whole tag/],
  ['scope', 'Team/**', /can match no repository/, /"team\/\*\*"/],
])('in %s, %j is refused with the cure', (...[place, pattern, message, cure]) => {
  const [problem, ...others] = problemsOf(pattern, place);
  expect(others).toEqual([]);
  expect(problem?.message).toMatch(message);
  if (problem?.message.startsWith('can match')) expect(problem.allowed).toMatch(cure);
  expect(problem?.value).toBe(JSON.stringify(pattern));
  expect(problem?.line).toBeGreaterThan(4);
});

test.each<[Place, string]>([
  ['tag', '**'],
  ['tag', 'v*'],
  ['tag', '{latest, master}*'],
  ['tag', 'v\\d'],
  ['tag', '*.*'],
  ['tag', '_*'],
  ['tag', 'LATEST'],
  ['tag', '/^(?i)Release-\\d+$/'],
  ['project', '*'],
  ['project', 'team-{a,b}'],
  ['project', '[^x]*'],
  ['repository', '**/base'],
  ['repository', 'team/**'],
  ['repository', '/(?i)BASE\\/.+/'],
  ['scope', 'team'],
  ['scope', 'team/api/**'],
])('in %s, %j can match something and is accepted', (place, pattern) => {
  expect(problemsOf(pattern, place)).toEqual([]);
});

test('a tag that YAML reads as a number is answered with quotes', () => {
  const text = policyWith('x', 'tag').replace('["x"]', '[1.20]');
  const loaded = loadPolicy(text, { name: 'p', inUseSources: [] });
  expect(loaded.ok ? [] : loaded.problems).toMatchObject([
    { path: 'rules[0].select.tags[0]', allowed: expect.stringContaining('a text in quotes') },
  ]);
});

test('a merge key is answered with what it is', () => {
  const text = policyWith('x', 'tag').replace('    keep:', '    <<: { untag: true }\n    keep:');
  const loaded = loadPolicy(text, { name: 'p', inUseSources: [] });
  expect(loaded.ok ? [] : loaded.problems).toMatchObject([
    { path: 'rules[0]["<<"]', message: expect.stringContaining('merge key of YAML 1.1') },
  ]);
});
