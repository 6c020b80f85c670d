import { expect, test } from '@jest/globals';
import { listedImages } from '../../functions/domain/image-list.ts';
import { useInWords, type WorkloadRole } from '../../functions/domain/listed-use.ts';
import { workloadEntries } from '../../functions/domain/workload-entries.ts';
import type { WorkloadUse } from '../../functions/domain/workload-list.ts';
import { digestOf } from '../support/builder.ts';

const entriesOf = (uses: readonly WorkloadUse[], mirrors = {}) =>
  workloadEntries({ source: 'ecs', scope: 'prod', writtenAt: 7, uses, unreadable: [] }, mirrors);
const by = 'service shop/web';

test.each<readonly [WorkloadRole, string]>([
  ['running', 'pod a in eu runs it (digest)'],
  ['may-start', 'pod a in eu may start it again (digest)'],
  ['roll-back', 'pod a in eu would be rolled back to it (digest)'],
])('a use in the role %s reads like a sentence', (role, sentence) => {
  expect(useInWords({ by: 'pod a', role, scope: 'eu' }, 'digest')).toBe(sentence);
  expect(useInWords({ by: 'pod a', role }, 'digest')).toBe(sentence.replace(' in eu', ''));
});

test.each<
  readonly [string, Omit<WorkloadUse, 'by' | 'role'>, readonly string[], readonly string[]]
>([
  ['a tag', { image: 'h.example/team/api:v1' }, [], ['team/api:v1']],
  ['a name by itself', { image: 'h.example/team/api' }, [], ['team/api:latest']],
  ['a digest', { digest: digestOf('a') }, [digestOf('a')], []],
  [
    'a tag and the digest that it had',
    { image: 'h.example/team/api:v1', digest: digestOf('a') },
    [digestOf('a')],
    ['team/api:v1'],
  ],
  [
    'two digests, of which the written one is pulled again',
    { image: `h.example/team/api@${digestOf('b')}`, digest: digestOf('a') },
    [digestOf('b'), digestOf('a')],
    [],
  ],
  [
    'what looks like a pattern',
    { image: 'team/api:v1', digest: digestOf('a') },
    [digestOf('a')],
    ['team/api:v1'],
  ],
])('a use of %s holds digest and tag', (...[, use, digests, references]) => {
  const [entry] = entriesOf([{ ...use, by, role: 'running' }]);
  expect(entry).toMatchObject({ digests, patterns: [] });
  // A host in front may be a project as well: both readings hold.
  expect(entry?.references).toEqual(expect.arrayContaining([...references]));
  expect(entry?.references.length === 0).toBe(references.length === 0);
});

test('images of other registries are held where this Harbor mirrors them', () => {
  const [entry] = entriesOf([{ image: 'nginx:1.27', by, role: 'running' }], {
    'docker.io': 'hub',
  });
  expect(entry?.references).toContain('hub/library/nginx:1.27');
});

test('the strongest use of an image is named, in whatever order the uses come', () => {
  const uses: readonly WorkloadUse[] = [
    { image: 'team/api:v1', by: 'revision 6', role: 'roll-back' },
    { image: 'team/api:v1', by: 'task 1', role: 'running' },
    { image: 'team/api:v1', by: 'schedule', role: 'may-start' },
  ];
  for (const order of [uses, uses.toReversed()]) {
    const entries = entriesOf(order);
    expect(entries).toHaveLength(1);
    expect(entries[0]?.use).toEqual({ by: 'task 1', role: 'running', scope: 'prod', seenAt: 7 });
    // Lists of two clusters may name it, too.
    const both = order.flatMap((use) => entriesOf([use]));
    expect(listedImages(both).uses.get('team/api:v1')?.by).toBe('task 1');
  }
});

test('a list that does not say what it speaks of, or when, leaves that out', () => {
  const uses = [{ digest: digestOf('a'), by, role: 'running' as const }];
  const list = {
    source: 'unknown',
    scope: 'unknown',
    writtenAt: 'unknown',
    unreadable: [],
  } as const;
  expect(workloadEntries({ ...list, uses })).toEqual([
    {
      written: digestOf('a'),
      digests: [digestOf('a')],
      references: [],
      patterns: [],
      use: { by, role: 'running' },
    },
  ]);
});

test('every image, and every digest of one, is an entry of its own', () => {
  const image = 'harbor.example/team/api:v1';
  const uses = [{ image }, { image, digest: digestOf('a') }, { image, digest: digestOf('b') }];
  const entries = entriesOf(uses.map((use) => ({ ...use, by, role: 'running' as const })));
  expect(entries.map(({ digests }) => digests)).toEqual([[], [digestOf('a')], [digestOf('b')]]);
  expect(entries.map(({ written }) => written)).toEqual([image, image, image]);
});
