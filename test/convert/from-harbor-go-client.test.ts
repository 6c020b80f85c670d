import { expect, test } from '@jest/globals';
import {
  policyFromRanking,
  policyFromTags,
} from '../../functions/convert/from-harbor-go-client.ts';
import { loadPolicy, loadRanking } from '../../functions/config/load-policy.ts';

const load = (text: string) => {
  const loaded = loadPolicy(text, { name: 'converted', inUseSources: [] });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.policy;
};

test('rp_tags’ parameters become the rule of the last days and the newest of the rest', () => {
  const text = policyFromTags({ day: 60, max: 10 });
  expect(text).toContain('pushedWithin: 60d');
  expect(text).toContain('mostRecentlyPushed: { count: 10, of: remaining }');
  const policy = load(text);
  expect(policy.ruleNames).toEqual(['rp-tags']);
  expect(policy.inScope('anything')).toBe(true);
});

test('a repository is named by project and name, whatever it is called', () => {
  const policy = load(policyFromTags({ day: 1, max: 1, repoName: '20.10/a/b' }));
  expect(policy.inScope('20.10')).toBe(true);
  expect(policy.inScope('other')).toBe(false);
});

test('an rp.yaml becomes a policy that ranks the same and deletes nothing', () => {
  const rp = `
update_time: { base: 0.5, factors: [{ weight: 1.0, range: { low: 0, high: 7 } }] }
pull_count: { base: 0.3, factors: [{ weight: 0.5, range: { low: 0, high: 10 } }, { weight: 1, range: { low: 10, high: 99 } }] }
tags_count: { base: 0.2, factors: [{ weight: 0.1, range: { low: 0, high: 5 } }] }
`;
  const loaded = loadRanking(rp, 'rp.yaml');
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const policy = load(policyFromRanking(loaded.ranking));
  expect(policy.repositories.ranking).toEqual(loaded.ranking);
  expect(policy.ruleNames).toEqual([]);
});
