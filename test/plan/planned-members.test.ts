import { expect, test } from '@jest/globals';
import type { Artifact } from '../../functions/domain/artifact.ts';
import { plannedMembers, plannedTags } from '../../functions/plan/planned-members.ts';
import { artifactOf, day, digestOf, now, type Pushed } from '../support/builder.ts';

const along = (name: string, artifact: Artifact | undefined, as: 'child' | 'accessory') =>
  ({ digest: digestOf(name), as, of: digestOf('head'), artifact }) as const;
const named = (pushed: Pushed) =>
  plannedMembers([along('sig', artifactOf('sig', 5, pushed), 'accessory')]);

test('what goes along is named with its row, tags, labels and last pull', () => {
  const tags = [{ name: 'x', daysAgo: 9 }];
  const known = { as: 'accessory', artifactId: 5, pulledAt: now - 3 * day };
  expect(named({ tags, labels: ['a'], pulledDaysAgo: 3 })).toEqual([
    {
      digest: digestOf('sig'),
      ...known,
      tags: [{ name: 'x', pushedAt: now - 9 * day }],
      labels: ['a'],
    },
  ]);
});

// Whatever is found before the deletion is then a change, which stops it.
test('of tags and labels that are not known an action names none', () => {
  expect(named({ tags: 'unknown', labels: 'unknown' })).toMatchObject([{ tags: [], labels: [] }]);
  expect(plannedTags(artifactOf('a', 1, { tags: 'unknown' }))).toEqual([]);
});

test('what was not read is named by no action', () => {
  const child = artifactOf('arm64', 6, { tags: [] });
  const members = plannedMembers([
    along('sig', undefined, 'accessory'),
    along('arm64', child, 'child'),
  ]);
  expect(members.map(({ digest, as }) => [digest, as])).toEqual([[digestOf('arm64'), 'child']]);
});
