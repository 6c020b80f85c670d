import { expect, test } from '@jest/globals';
import {
  ancestorsOf,
  descendantsOf,
  familyIn,
  graphOf,
  isPresent,
  isUntaggedChild,
  relativesOf,
} from '../../functions/domain/graph.ts';
import { artifactOf, digestOf, type Pushed } from '../support/builder.ts';

type Drawn = Readonly<Record<string, Pushed>>;

const drawn = (some: Drawn) =>
  Object.entries(some).map(([name, pushed], index) => artifactOf(name, index + 1, pushed));
const one = (name: string, pushed: Pushed = {}) => artifactOf(name, 1, pushed);

/** A tree of three floors, a tagged child among them, and one that no list shows. */
const tree: Drawn = {
  top: { children: ['left', 'right'], accessories: ['sig'] },
  left: { tags: [], children: ['leaf', 'hidden'] },
  right: { children: ['leaf'] },
  leaf: { tags: [] },
  free: { tags: [] },
};
/** Only damaged data lists in a circle. */
const circle: Drawn = {
  a: { tags: [], children: ['b'] },
  b: { tags: [], children: ['c'] },
  c: { tags: [], children: ['a', 'x'] },
  x: { tags: [] },
};

const names = (all: Drawn, positions: Iterable<number>) =>
  [...positions].map((position) => Object.keys(all)[position] ?? '').toSorted();

test.each<[string, Drawn, string, readonly string[]]>([
  ['at any depth', tree, 'leaf', ['left', 'right', 'top']],
  ['also for what no list shows', tree, 'hidden', ['left', 'top']],
  ['not what is beside it', tree, 'right', ['top']],
  ['none for what nothing lists', tree, 'top', []],
  ['in a circle each once, without itself', circle, 'a', ['b', 'c']],
  ['above a circle each once', circle, 'x', ['a', 'b', 'c']],
])('ancestors of an artifact: %s', (...row) => {
  const [, all, of, expected] = row;
  expect(names(all, ancestorsOf(graphOf(drawn(all)), digestOf(of)))).toEqual(expected);
});

test.each<[string, Drawn, string, readonly string[]]>([
  ['at any depth', tree, 'top', ['left', 'right', 'leaf', 'hidden']],
  ['of one floor', tree, 'right', ['leaf']],
  ['none', tree, 'leaf', []],
  ['in a circle each once, without itself', circle, 'a', ['b', 'c', 'x']],
])('descendants of an artifact: %s', (...row) => {
  const [, all, of, expected] = row;
  const graph = graphOf(drawn(all));
  const found = descendantsOf(graph, one(of, all[of]));
  expect([...found].toSorted()).toEqual(expected.map(digestOf).toSorted());
});

test.each<[string, Drawn, string, readonly string[]]>([
  ['parents and children, as far as they are known', tree, 'left', ['leaf', 'top']],
  ['only parents', tree, 'leaf', ['left', 'right', 'top']],
  ['only children', tree, 'top', ['leaf', 'left', 'right']],
  ['none', tree, 'free', []],
  ['in a circle each once', circle, 'a', ['b', 'c', 'x']],
])('relatives of an artifact: %s', (...row) => {
  const [, all, of, expected] = row;
  const relatives = relativesOf(graphOf(drawn(all)), one(of, all[of]));
  expect(relatives.map(({ digest }) => digest).toSorted()).toEqual(
    expected.map(digestOf).toSorted(),
  );
});

test('what was read besides the list is a relative, too', () => {
  const graph = graphOf(drawn(tree), [one('hidden', { tags: [] })]);
  const relatives = relativesOf(graph, one('left', tree['left']));
  expect(relatives.map(({ digest }) => digest)).toContain(digestOf('hidden'));
});

test('members of a family come by digest, in whatever order they are listed', () => {
  const children = ['k1', 'k2', 'k3', 'k4', 'k5'];
  const sorted = children.map(digestOf).toSorted();
  for (const some of [children, children.toReversed(), ['k3', 'k1', 'k5', 'k2', 'k4']]) {
    const all: Drawn = { top: { children: some } };
    const members = familyIn(graphOf(drawn(all)), one('top', { children: some }), 'deleted');
    expect(members.map(({ digest }) => digest)).toEqual(sorted);
  }
  for (const some of [['k1', 'k2'], ['k2', 'k1'], ['k1']]) {
    const members = familyIn(graphOf([]), one('top', { children: some }), 'deleted');
    expect(members.map(({ digest }) => digest)).toEqual(some.map(digestOf).toSorted());
  }
});

test('present is what is listed, a child, or a linked accessory', () => {
  const graph = graphOf(drawn(tree));
  for (const name of ['top', 'hidden', 'sig']) {
    expect([name, isPresent(graph, digestOf(name))]).toEqual([name, true]);
  }
  expect(isPresent(graph, digestOf('elsewhere'))).toBe(false);
});

test('an untagged child has no tag, is known to have none, and is listed by an index', () => {
  const graph = graphOf(drawn(tree));
  const isChild = (name: string, pushed: Pushed) => isUntaggedChild(graph, one(name, pushed));
  expect(isChild('leaf', { tags: [] })).toBe(true);
  expect(isChild('leaf', { tags: ['v1'] })).toBe(false);
  expect(isChild('leaf', { tags: 'unknown' })).toBe(false);
  expect(isChild('free', { tags: [] })).toBe(false);
});

test('what hangs on a hidden artifact belongs to the listed one at its top', () => {
  const hidden = [
    one('sig', { tags: [], accessories: ['of sig'] }),
    one('inner', { tags: [], children: ['deep'] }),
  ];
  const graph = graphOf(
    drawn({ other: {}, top: { children: ['inner'], accessories: ['sig'] } }),
    hidden,
  );
  expect(graph.subjects.get(digestOf('of sig'))).toBe(1);
  expect(graph.parents.get(digestOf('deep'))).toEqual([1]);
  expect(graph.parents.get(digestOf('inner'))).toEqual([1]);
  expect(graph.subjects.has(digestOf('deep'))).toBe(false);
  expect(graph.parents.has(digestOf('of sig'))).toBe(false);
});

test('an index that lists a child twice is one parent', () => {
  const all: Drawn = { top: { children: ['leaf', 'leaf'] }, next: { children: ['leaf'] } };
  expect(graphOf(drawn(all)).parents.get(digestOf('leaf'))).toEqual([0, 1]);
});

test('what hangs on a listed artifact belongs to that, though something else was read besides', () => {
  const listed = drawn({
    top: { children: ['inner'], accessories: ['sig'] },
    inner: { tags: [], children: ['leaf'], accessories: ['of inner'] },
    leaf: { tags: [] },
  });
  const graph = graphOf(listed, [one('sig', { tags: [], children: ['named'] }), one('named')]);
  expect(graph.parents.get(digestOf('leaf'))).toEqual([1]);
  expect(graph.subjects.get(digestOf('of inner'))).toBe(1);
  // Tagged or not: Harbor copies it along.
  expect(graph.parents.get(digestOf('named'))).toEqual([0]);
});

test('accessories that are not known link nothing', () => {
  const graph = graphOf(drawn({ top: { accessories: 'unknown' } }));
  expect(graph.subjects.size).toBe(0);
});
