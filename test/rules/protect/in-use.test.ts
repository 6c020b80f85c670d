import { expect, test } from '@jest/globals';
import { configured } from '../../../functions/rules/protect/index.ts';
import { builder, day, digestOf } from '../../support/builder.ts';
import { inUseOf } from '../../support/listed.ts';
import { holdOf, protecting } from './around.ts';

const inUse = protecting('inUse', [{ source: 'list', file: 'in-use.txt' }]);
const using = (facts: Parameters<typeof inUseOf>[0]) => ({ registry: { inUse: inUseOf(facts) } });

test('a digest that a workload uses is held', () => {
  expect(holdOf(inUse, {}, using({ digests: [digestOf('a')] }))?.because).toContain(
    'workload uses',
  );
  expect(holdOf(inUse, {}, using({ digests: [digestOf('b')] }))).toBeUndefined();
  expect(holdOf(inUse, {}, using({}))).toBeUndefined();
});

test('a tag that a workload names holds the artifact that carries it, in that repository only', () => {
  const reference = using({ references: ['team/web:v1'] });
  expect(holdOf(inUse, { tags: ['v0', 'v1'] }, reference)?.because).toBe(
    'a workload uses its tag v1',
  );
  expect(holdOf(inUse, { tags: ['v2'] }, reference)).toBeUndefined();
  expect(holdOf(inUse, { tags: ['v1'] }, { ...reference, repository: 'api' })).toBeUndefined();
  expect(holdOf(inUse, { tags: 'unknown' }, reference)).toBeUndefined();
});

test('an index is held for a child that a node runs', () => {
  const artifacts = builder().index('index', ['amd64', 'arm64']).artifacts();
  const [index] = artifacts;
  if (!index) throw new Error('incomplete');
  const facts = { ...using({ digests: [digestOf('arm64')], references: ['x/y:z'] }), artifacts };
  expect(holdOf(inUse, index, facts)).toBeDefined();
});

test('a silent source holds its scope, and the whole registry where it has none', () => {
  const silent = (scope?: string) =>
    using({
      unreadable: [
        { source: 'eks', because: 'access denied', ...(scope === undefined ? {} : { scope }) },
      ],
    });
  const held = (scope?: string) => holdOf(inUse, {}, silent(scope));
  expect(held()).toMatchObject({ unknown: 'in use' });
  expect(held()?.because).toBe('what is in use is not known from eks: access denied');
  expect(held('team')).toBeDefined();
  expect(held('team/w*')).toBeDefined();
  expect(held('other')).toBeUndefined();
  expect(held('other/**')).toBeUndefined();
  expect(held('[')).toBeDefined();
});

test('a source is written with a name, a scope and options of its own', () => {
  const written = configured.inUse.schema.parse([
    { source: 'ecs', scope: 'team-*', cluster: 'prod' },
    { source: 'list', file: 'x', freshWithin: '2d' },
  ]).written;
  expect(written).toEqual([
    { kind: 'ecs', scope: 'team-*', options: { cluster: 'prod' } },
    { kind: 'list', freshWithin: 2 * day, options: { file: 'x' } },
  ]);
  expect(configured.inUse.schema.safeParse([{ source: 'ecs', scope: '[' }]).success).toBe(false);
  expect(configured.inUse.schema.safeParse([{}]).success).toBe(false);
});
