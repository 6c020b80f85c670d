import { expect, test } from '@jest/globals';
import { type ListedEntry, listedImages } from '../../functions/domain/image-list.ts';
import type { ListedUse, WorkloadRole } from '../../functions/domain/listed-use.ts';
import { holdListed } from '../../functions/rules/hold-listed.ts';
import { artifactOf, digestOf } from '../support/builder.ts';

const used = (by: string, role: WorkloadRole): ListedUse => ({ by, role });
const byTag = (use?: ListedUse): ListedEntry => entry({ references: ['team/web:v1'] }, use);
const byDigest = (use?: ListedUse): ListedEntry => entry({ digests: [digestOf('a')] }, use);

function entry(names: Partial<ListedEntry>, use: ListedUse | undefined): ListedEntry {
  const none = { written: '', digests: [], references: [], patterns: [] };
  return { ...none, ...names, ...(use === undefined ? {} : { use }) };
}

const timed = () => ({
  artifact: artifactOf('a', 1, { tags: ['v0', 'v1'] }),
  times: { pushed: 'unknown', pulled: 'unknown', active: 'unknown' } as const,
});

const holdOf = (...entries: readonly ListedEntry[]) => {
  const hold = holdListed(listedImages(entries), {
    repository: 'team/web',
    because: (what) => `it is ${what}`,
  });
  return hold !== undefined && 'each' in hold ? hold.each(timed()) : undefined;
};

test.each<readonly [string, readonly ListedEntry[], string]>([
  ['a tag', [byTag()], 'it is its tag v1'],
  ['a digest', [byDigest()], `it is ${digestOf('a').slice(0, 19)}`],
  ['both', [byDigest(), byTag()], 'it is its tag v1'],
  ['a tag that is used', [byTag(used('x', 'running'))], 'x runs it (tag v1)'],
  ['a digest that is used', [byDigest(used('x', 'running'))], 'x runs it (digest)'],
  [
    'a tag that nobody is said to use, and a digest that is used',
    [byTag(), byDigest(used('x', 'roll-back'))],
    'x would be rolled back to it (digest)',
  ],
  [
    'a tag that is used, and a digest that nobody is said to use',
    [byDigest(), byTag(used('x', 'roll-back'))],
    'x would be rolled back to it (tag v1)',
  ],
  [
    'a digest with the stronger use',
    [byTag(used('x', 'may-start')), byDigest(used('y', 'running'))],
    'y runs it (digest)',
  ],
  [
    'a tag with the stronger use',
    [byDigest(used('x', 'may-start')), byTag(used('y', 'running'))],
    'y runs it (tag v1)',
  ],
  [
    'two equal uses, of which the tag is shown',
    [byDigest(used('x', 'running')), byTag(used('y', 'running'))],
    'y runs it (tag v1)',
  ],
])('a list with %s holds, and says why', (_, entries, because) => {
  expect(holdOf(...entries)?.because).toBe(because);
});

test('a hold carries the use that it shows, and none where the list names none', () => {
  const use = used('x', 'running');
  expect(holdOf(byTag(use))?.use).toEqual(use);
  expect(holdOf(byTag())).toEqual({ because: 'it is its tag v1' });
});

test('an empty list holds nothing at all, and needs not be asked about artifacts', () => {
  expect(
    holdListed(listedImages([]), { repository: 'team/web', because: () => '' }),
  ).toBeUndefined();
});
