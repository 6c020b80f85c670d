import { expect, test } from '@jest/globals';
import { percentPerRepositoryFrom } from '../../functions/domain/limits.ts';
import type { RepositoryTotals } from '../../functions/domain/plan.ts';
import { maxBytes } from '../../functions/guard/max-bytes.ts';
import { maxDeletionsPercentPerRepository } from '../../functions/guard/max-deletions-percent-per-repository.ts';
import { purge } from './refusal-cases.ts';
import { contextWith, planWith, repository } from './support.ts';

test.each<readonly [string, Partial<RepositoryTotals>, boolean]>([
  ['at the share', { artifacts: 100, deletions: 90 }, false],
  ['beyond the share', { artifacts: 100, deletions: 91 }, true],
  ['beyond the share, as a person approved', { deletions: 100, approved: true }, false],
  ['beyond the share, and small', ofSize(percentPerRepositoryFrom - 1), false],
  ['beyond the share, and just large enough', ofSize(percentPerRepositoryFrom), true],
])('one repository may lose 90 %: %s', (_, totals, isRefused) => {
  const plan = planWith({ repositories: [repository(totals)] });
  const refusals = maxDeletionsPercentPerRepository.refusals(plan, contextWith());
  expect(refusals.map(({ on }) => on)).toEqual(isRefused ? ['team/api'] : []);
});

function ofSize(artifacts: number): Partial<RepositoryTotals> {
  return { artifacts, deletions: artifacts };
}

test('bytes are limited for the run and for the trash apart, each by its name', () => {
  const on = (run: number, trash: number) => {
    const population = { deletionBytes: run };
    const plan = planWith({ population, purge: { ...purge(1, trash), project: 'bin' } });
    return maxBytes.refusals(plan, contextWith()).map((refusal) => refusal.on);
  };
  expect(on(500, 500)).toEqual([]);
  expect(on(501, 500)).toEqual(['run']);
  expect(on(500, 501)).toEqual(['bin']);
  expect(on(501, 501)).toEqual(['run', 'bin']);
});
