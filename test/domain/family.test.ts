import { expect, test } from '@jest/globals';
import type { Artifact } from '../../functions/domain/artifact.ts';
import { bounds } from '../../functions/domain/bounds.ts';
import { familyOf, isTooDeep, type Member, type Reach } from '../../functions/domain/family.ts';
import { artifactOf, digestOf, type Pushed } from '../support/builder.ts';

const known = (all: Readonly<Record<string, Pushed>>): ReadonlyMap<string, Artifact> =>
  new Map(
    Object.entries(all).map(([name, pushed], index) => {
      const artifact = artifactOf(name, index + 1, { tags: [], ...pushed });
      return [artifact.digest, artifact];
    }),
  );

/** Members by name, in the order of the walk: `child of …`. */
function walk(all: Readonly<Record<string, Pushed>>, head: string, reach: Reach = 'deleted') {
  const artifacts = known(all);
  const names = new Map(
    ['missing', ...Object.keys(all)].map((name): [string, string] => [digestOf(name), name]),
  );
  const found = artifacts.get(digestOf(head));
  if (found === undefined) throw new Error(`no ${head}`);
  const said = ({ digest, as, of, artifact }: Member): string =>
    `${names.get(digest) ?? '?'}: ${as} of ${names.get(of) ?? '?'}${artifact === undefined ? ', not read' : ''}`;
  return familyOf(found, (digest) => artifacts.get(digest), reach).map(said);
}

test('an image without children and accessories is a family of its own', () => {
  expect(walk({ image: {} }, 'image')).toEqual([]);
});

test('children, accessories of both, and accessories of accessories belong to an index, nested or not', () => {
  const all = {
    index: { children: ['inner', 'arm'], accessories: ['signature'] },
    inner: { children: ['amd'] },
    arm: {},
    amd: { accessories: ['sbom'] },
    signature: {},
    sbom: { accessories: ['signature of the sbom'] },
    'signature of the sbom': {},
  };
  expect(walk(all, 'index')).toEqual([
    'inner: child of index',
    'arm: child of index',
    'signature: accessory of index',
    'amd: child of inner',
    'sbom: accessory of amd',
    'signature of the sbom: accessory of sbom',
  ]);
});

test('a tagged child outlives its parent, with all that hangs on it; a copy takes it along', () => {
  const all = {
    index: { children: ['amd', 'arm'] },
    amd: { tags: ['stable-amd64'], accessories: ['signature'] },
    arm: {},
    signature: {},
  };
  expect(walk(all, 'index', 'deleted')).toEqual(['arm: child of index']);
  expect(walk(all, 'index', 'copied')).toEqual([
    'amd: child of index',
    'arm: child of index',
    'signature: accessory of amd',
  ]);
});

test('a tagged accessory goes with its subject, unlike a tagged child', () => {
  const all = { image: { accessories: ['derived'] }, derived: { tags: ['release'] } };
  expect(walk(all, 'image')).toEqual(['derived: accessory of image']);
});

test('a child whose tags are not known counts as one that goes along', () => {
  expect(walk({ index: { children: ['amd'] }, amd: { tags: 'unknown' } }, 'index')).toEqual([
    'amd: child of index',
  ]);
});

test('what was not read is named, and nothing below it', () => {
  const all = { index: { children: ['missing'], accessories: 'unknown' as const } };
  expect(walk(all, 'index')).toEqual(['missing: child of index, not read']);
});

test('circles end, and what is reached twice is named once', () => {
  const all = {
    one: { children: ['two', 'shared'] },
    two: { children: ['one', 'shared'] },
    shared: {},
  };
  expect(walk(all, 'one')).toEqual(['two: child of one', 'shared: child of one']);
});

const chain = (steps: number, by: 'children' | 'accessories'): Readonly<Record<string, Pushed>> =>
  Object.fromEntries(
    Array.from({ length: steps + 1 }, (_, index): [string, Pushed] => [
      `n${index}`,
      index === steps ? {} : { [by]: [`n${index + 1}`] },
    ]),
  );

test.each(['children', 'accessories'] as const)(
  'the walk follows %s to the bound of depth and no further, and says so',
  (by) => {
    const deepest = (steps: number) => walk(chain(steps, by), 'n0').at(-1);
    const is = by === 'children' ? 'child' : 'accessory';
    const { depth } = bounds;
    expect(deepest(depth)).toBe(`n${depth}: ${is} of n${depth - 1}`);
    expect(deepest(depth + 1)).toBe(`n${depth + 1}: ${is} of n${depth}, not read`);
    expect(walk(chain(depth + 2, by), 'n0')).toHaveLength(depth + 1);
    const tooDeep = (steps: number) => isTooDeep([...known(chain(steps, by)).values()]);
    expect([depth - 1, depth, depth + 1, 5_000].map(tooDeep)).toEqual([false, false, true, true]);
  },
);

test('a family whose parts are listed by many indexes is no deeper for it', () => {
  const layers = Array.from({ length: bounds.depth }, (_, layer) =>
    Array.from({ length: 20 }, (__, index) => `l${layer}-${index}`),
  );
  const all = Object.fromEntries(
    layers.flatMap((layer, at) =>
      layer.map((name): [string, Pushed] => [name, { children: layers[at + 1] ?? [] }]),
    ),
  );
  expect(isTooDeep([...known(all).values()])).toBe(false);
});

test('only what was read hangs deeper: what no list shows, or has unknown accessories, is an end', () => {
  const steps = bounds.depth;
  const last = (pushed: Pushed) => {
    const all = { ...chain(steps, 'children'), [`n${steps}`]: pushed };
    return isTooDeep([...known(all).values()]);
  };
  expect(last({ children: ['missing'] })).toBe(true);
  expect(last({ accessories: ['missing'] })).toBe(true);
  expect(last({ accessories: 'unknown' })).toBe(false);
  const open = { ...chain(steps - 1, 'children'), [`n${steps - 1}`]: { children: ['missing'] } };
  expect(isTooDeep([...known(open).values()])).toBe(false);
});

test('a circle of damaged data counts as too deep', () => {
  const circle = { a: { children: ['b'] }, b: { children: ['a'] } };
  expect(isTooDeep([...known(circle).values()])).toBe(true);
});
