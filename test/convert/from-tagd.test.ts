import { describe, expect, test } from '@jest/globals';
import { parseDocument } from '../../functions/config/document.ts';
import { policyText } from '../../functions/convert/policy-draft.ts';
import { readDocument } from '../../functions/convert/read-document.ts';
import type { CompleteRepository } from '../../functions/domain/repository.ts';
import { builder } from '../support/builder.ts';
import { fates, policyFrom } from '../support/judge.ts';

const convert = (text: string) =>
  readDocument(parseDocument(text), { name: 'config.yml', project: undefined });

function policyOf(text: string) {
  const read = convert(text);
  if (read.kind !== 'policy') throw new Error(JSON.stringify(read));
  return policyFrom(policyText(read.draft));
}

const readme = `
ignoreGlobally:
  projects: [base]
  repos: [team/golden]
  tags: [latest, stable]
defaultRule: { project: '.*', repo: '.*', tag: '.*', ignore: [], keep: 1 }
rules:
  - { project: '^team$', repo: '.*', tag: '^ci-', ignore: [ci-keep], keep: 2 }
`;

/** Tags newest first. */
function tagged(name: string, ...tags: readonly string[]): CompleteRepository {
  let built = builder(name);
  for (const [index, tag] of tags.entries()) built = built.push(tag, { daysAgo: index + 2 });
  return built.repository();
}

const gone = (name: string, ...tags: readonly string[]): readonly string[] =>
  Object.entries(
    fates(tagged(name, ...tags), policyOf(readme), { project: { name: name.split('/')[0] ?? '' } }),
  )
    .filter(([, fate]) => fate === 'delete')
    .map(([tag]) => tag);

describe('Harbor.Tagd', () => {
  test('a tag belongs to the first rule that matches it, and to the default rule otherwise', () => {
    expect(
      gone('team/web', 'ci-4', 'ci-3', 'v9', 'ci-2', 'ci-1', 'v8', 'ci-keep', 'stable'),
    ).toEqual(['ci-2', 'ci-1', 'v8']);
    // The default rule alone, which counts all tags together.
    expect(gone('shop/web', 'ci-4', 'ci-3', 'v9')).toEqual(['ci-3', 'v9']);
  });

  test('ignored projects and repositories are never touched', () => {
    expect([gone('base/os', 'a', 'b', 'c'), gone('team/golden', 'a', 'b', 'c')]).toEqual([[], []]);
  });

  test('an expression matches anywhere in a name, as in .NET', () => {
    const policy = policyOf(`
defaultRule: { tag: '^nothing-at-all$', keep: 1 }
rules: [{ project: 'eam', tag: 'x$', keep: 0 }]
`);
    const facts = tagged('team/web', 'newest', '1x', 'x1', '2x');
    expect(fates(facts, policy)).toEqual({
      newest: 'keep',
      '1x': 'delete',
      x1: 'keep',
      '2x': 'delete',
    });
  });

  test.each([
    ["repo: '^team/app$'", 'is matched against project/repository'],
    ["tag: '(?<=a)b'", "can't be read here"],
    ["tag: '^!$'", 'matches no tag'],
  ])('%s is refused with its rule, as rules take tags from each other', (field, why) => {
    const read = convert(`defaultRule: { keep: 1 }\nrules: [{ ${field}, keep: 3 }]\n`);
    expect(read).toMatchObject({ kind: 'problem' });
    expect(JSON.stringify(read)).toContain(`tagd-1: `);
    expect(JSON.stringify(read)).toContain(why);
  });

  test('a rule without keep is no configuration', () => {
    expect(JSON.stringify(convert('defaultRule: { tag: a }\n'))).toContain('defaultRule.keep');
  });
});
