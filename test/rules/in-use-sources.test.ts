import { expect, test } from '@jest/globals';
import { inUseKinds } from '../../functions/adapters/in-use/index.ts';
import { loadPolicy } from '../../functions/config/load-policy.ts';

const problemsOf = (source: string): readonly string[] => {
  const text = `version: 1\nrules: []\nprotect:\n  inUse:\n    - ${source}\n`;
  const loaded = loadPolicy(text, { name: 'policy.yaml', inUseSources: inUseKinds });
  if (loaded.ok) return [];
  return loaded.problems.map(
    ({ line, column, path, message }) =>
      `${line}:${column} ${path.replace('protect.inUse[0]', '…')} ${message}`,
  );
};

test.each([
  '{ source: list, images: [team/api:v1] }',
  '{ source: list, file: in-use.txt, scope: team, freshWithin: 26h }',
  '{ source: list, s3: { bucket: b, key: k } }',
  '{ source: collected, must: [prod-eu] }',
  '{ source: collected, must: [prod-eu], folder: lists }',
  "{ source: collected, must: [eu, '123456789012'], mayBeEmpty: [eu], scopes: { eu: 'team-*/**' } }",
  "{ source: collected, must: [eu], s3: { bucket: b, prefix: '' }, freshWithin: 3h, scope: team }",
])('%s is a source', (source) => {
  expect(problemsOf(source)).toEqual([]);
});

test.each<readonly [string, string]>([
  ['{ source: collected }', 'the names of the lists'],
  ['{ source: collected, must: [eu, us], scopes: { ue: a } }', 'eu, us'],
  ['{ source: collected, must: [eu, us], mayBeEmpty: [ue] }', 'eu, us'],
  ['{ source: collected, must: [eu], file: x }', 'must, scopes, mayBeEmpty, folder, s3'],
  [
    '{ source: collected, must: [eu], folder: x, s3: { bucket: b, prefix: p } }',
    'one of folder, s3',
  ],
  ['{ source: list }', 'one of images, file, s3'],
  ['{ source: list, images: [a/b], file: x }', 'one of images, file, s3'],
])('of %s it is said what is allowed', (source, allowed) => {
  const text = `version: 1\nrules: []\nprotect: { inUse: [${source}] }\n`;
  const loaded = loadPolicy(text, { name: 'policy.yaml', inUseSources: inUseKinds });
  expect(loaded.ok ? [] : loaded.problems.map((problem) => problem.allowed)).toEqual([allowed]);
});

test.each<readonly [string, readonly string[]]>([
  ['{ source: collected }', ['5:7 ….must is missing']],
  ['{ source: collected, must: [] }', ['5:34 ….must is empty']],
  ['{ source: collected, must: [123] }', ['5:35 ….must[0] is not allowed here']],
  ['{ source: collected, must: [a/b] }', ['5:35 ….must[0] is not allowed here']],
  [
    '{ source: collected, must: [eu], mayBeEmpty: [us] }',
    ['5:53 ….mayBeEmpty[0] is not under must'],
  ],
  ['{ source: collected, must: [eu], scopes: { ue: a } }', ['5:54 ….scopes.ue is not under must']],
  ['{ source: collected, must: [eu], file: x }', ['5:46 ….file is no key of the source collected']],
  [
    '{ source: collected, must: [eu], folder: x, s3: { bucket: b, prefix: p } }',
    ['5:55 ….s3 stands beside folder'],
  ],
  ['{ source: collected, must: [eu], s3: { bucket: b, key: k } }', ['5:44 ….s3 has no prefix']],
  ['{ source: collected, must: [eu], freshwithin: 3h }', ['5:40 ….freshwithin is not a known key']],
  ['{ source: list }', ['5:7 … says nothing of where its list is']],
  ['{ source: list, images: [a/b], file: x }', ['5:44 ….file stands beside images']],
  ['{ source: list, s3: { bucket: b, prefix: p } }', ['5:27 ….s3 has no key']],
  ['{ source: list, file: x, must: [eu] }', ['5:38 ….must is no key of the source list']],
])('%s is refused', (source, problems) => {
  expect(problemsOf(source)).toEqual(problems);
});
