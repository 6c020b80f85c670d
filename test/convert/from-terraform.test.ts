import { describe, expect, test } from '@jest/globals';
import { policyText } from '../../functions/convert/policy-draft.ts';
import { readDocument } from '../../functions/convert/read-document.ts';
import { policyFrom } from '../support/judge.ts';

const unset = {
  disabled: false,
  always_retain: false,
  most_recently_pulled: 0,
  most_recently_pushed: 0,
  n_days_since_last_pull: 0,
  n_days_since_last_push: 0,
  repo_matching: '',
  repo_excluding: '',
  tag_matching: '',
  tag_excluding: '',
  untagged_artifacts: true,
};

const project = (id: string, name: string) => ({
  address: `harbor_project.${name}`,
  type: 'harbor_project',
  values: { id, name },
});

const retention = (scope: string, rules: readonly unknown[]) => ({
  address: 'harbor_retention_policy.main',
  type: 'harbor_retention_policy',
  values: { scope, schedule: 'Daily', rule: rules },
});

function convert(resources: readonly unknown[], children: readonly unknown[] = []) {
  const value = {
    format_version: '1.0',
    values: { root_module: { resources, child_modules: [{ resources: children }] } },
  };
  return readDocument({ value }, { name: 'state.json', project: undefined });
}

describe('terraform show -json', () => {
  test('a policy of the root and one of a module become rules of the projects by name', () => {
    const read = convert(
      [
        project('/projects/12', 'team'),
        retention('/projects/12', [
          { ...unset, n_days_since_last_pull: 5, repo_matching: '**', tag_matching: 'latest' },
          {
            ...unset,
            n_days_since_last_push: 10,
            repo_matching: '**',
            tag_matching: '{latest,snapshot}',
          },
          {
            ...unset,
            always_retain: true,
            repo_excluding: 'old/**',
            tag_matching: 'v*',
            untagged_artifacts: false,
          },
        ]),
      ],
      [
        project('/projects/7', 'shop'),
        retention('7', [
          { ...unset, most_recently_pushed: 3, repo_matching: '**', tag_excluding: 'v*' },
        ]),
      ],
    );
    if (read.kind !== 'policy') throw new Error(JSON.stringify(read));
    const text = policyText(read.draft);
    const policy = policyFrom(text);
    expect(['team', 'shop', 'other'].map((name) => policy.inScope(name))).toEqual([
      true,
      true,
      false,
    ]);
    expect(policy.ruleNames).toEqual([
      'pulled-within-5d-of-latest-team',
      'pulled-within-5d-of-untagged-team',
      'pushed-within-10d-of-latest-snapshot-team',
      'pushed-within-10d-of-untagged-team',
      'all-of-v-team',
      'rest-of',
      'rest-of-untagged',
      'rest-of-team',
      'rest-of-untagged-team',
      '3-newest-of-shop',
    ]);
    expect(text).toContain("exclude:\n        repositories: ['old/**']");
    expect(text).toContain("exclude:\n        tags: ['v*']");
  });

  test('a policy whose project is not in the file is named, and makes no rule', () => {
    const read = convert([
      retention('/projects/99', [{ ...unset, always_retain: true, tag_matching: '**' }]),
    ]);
    if (read.kind !== 'policy') throw new Error(JSON.stringify(read));
    expect(read.draft.rules).toEqual([]);
    expect(read.draft.notCarriedOver.join()).toContain(
      'no harbor_project with the id /projects/99',
    );
  });

  test('a rule that sets nothing leaves its project out', () => {
    const read = convert([
      project('1', 'team'),
      retention('1', [{ ...unset, tag_matching: '**' }]),
    ]);
    if (read.kind !== 'policy') throw new Error(JSON.stringify(read));
    expect(read.draft.rules).toEqual([]);
    expect(read.draft.notCarriedOver.join()).toContain('Project team as a whole');
  });

  test('a file without a retention policy says what to give', () => {
    const read = convert([project('1', 'team')]);
    expect(read).toMatchObject({
      kind: 'problem',
      because: 'state.json holds no harbor_retention_policy.',
    });
  });
});
