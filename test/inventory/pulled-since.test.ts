import { describe, expect, test } from '@jest/globals';
import type { RepositoryFacts } from '../../functions/domain/repository.ts';
import { pulledSince, silentRepositories } from '../../functions/inventory/pulled-since.ts';
import { builder, day, headOf, now } from '../support/builder.ts';
import { policyFrom } from '../support/judge.ts';

/** One rule per line, on the projects that it names. */
const needsOf = (...rules: readonly (readonly [project: string, keep: string])[]) =>
  policyFrom(
    `version: 1\nrules:\n${rules
      .map(
        ([project, keep], index) =>
          `  - { name: r${index}, select: { projects: ['${project}'], tags: ['**'] }, keep: { ${keep} } }\n`,
      )
      .join('')}`,
  ).needs;

const ever = Date.UTC(2000, 0, 1);

describe('how far back the pulls of children matter', () => {
  test.each([
    ['as long as the longest rule looks back', 'pulledWithin: 90d', now - 90 * day],
    ['30 days at least, by which pull times live', 'pulledWithin: 7d', now - 30 * day],
    ['ever, for a rank by pulls', 'mostRecentlyPulled: 3', ever],
    ['ever, for a rank by activity', 'pulledWithin: 7d, mostRecentlyActive: 3', ever],
    [
      'as within conditions that hold together',
      'all: { pulledWithin: 80d, mostRecentlyPushed: 3 }',
      now - 80 * day,
    ],
    ['ever, for a rank within these', 'all: { pulledWithin: 80d, mostRecentlyPulled: 3 }', ever],
  ])('%s: %s', (_what, keep, since) => {
    expect(pulledSince(needsOf(['team', keep]), 'team', now)).toBe(since);
  });

  test('follows from the rules that can reach the project alone', () => {
    const needs = needsOf(
      ['team', 'mostRecentlyPulled: 3'],
      ['other', 'pulledWithin: 60d'],
      ['oth*', 'pulledWithin: 45d'],
      ['pushed', 'pushedWithin: 400d'],
    );
    expect(pulledSince(needs, 'team', now)).toBe(ever);
    expect(pulledSince(needs, 'other', now)).toBe(now - 60 * day);
    expect(pulledSince(needs, 'others', now)).toBe(now - 45 * day);
    expect(pulledSince(needs, 'pushed', now)).toBe(now - 30 * day);
  });
});

describe('repositories that must be listed with all children to see whether pull times live', () => {
  const young = builder().index('v1', ['part'], { daysAgo: 10 });
  const plain = builder().push('v2', { daysAgo: 10 });
  const silent = (...all: RepositoryFacts[]) => silentRepositories(all, now).length;

  test('are those of which a child was not read, if nothing was pulled and nothing is old', () => {
    expect(silent(young.unread(), plain.unread())).toBe(1);
    expect(silent(young.repository(), plain.unread())).toBe(0);
  });

  test('are none, if anything was pulled of late or anything read is old', () => {
    const pulled = plain.push('v3', { daysAgo: 10, pulledDaysAgo: 30 }).unread();
    const old = plain.push('v4', { daysAgo: 31 }).unread();
    const pulledPart = young.push('v5', { daysAgo: 1 }).index('v6', ['p'], { daysAgo: 9 });
    const part = pulledPart.hidden('p', { daysAgo: 9, pulledDaysAgo: 2 }).repository();
    expect(silent(young.unread(), pulled)).toBe(0);
    expect(silent(young.unread(), old)).toBe(0);
    expect(silent(young.unread(), part)).toBe(0);
  });

  test('are none for the pull of an accessory, which says nothing of what runs', () => {
    const signed = young.push('v7', { daysAgo: 3, accessories: ['sig'] });
    const read = signed.hidden('sig', { daysAgo: 3, pulledDaysAgo: 1 }).repository();
    const hidden = (read.hidden ?? []).filter(
      ({ tags, pulledAt }) => tags !== 'unknown' && pulledAt !== 'unknown',
    );
    expect(hidden).toHaveLength(1);
    expect(silent({ ...read, hidden })).toBe(1);
  });

  test('may be some that are not planned', () => {
    const { artifacts } = young.unread();
    expect(
      silent({ kind: 'unplannable', head: headOf('team/api'), seen: artifacts, because: 'x' }),
    ).toBe(1);
  });
});
