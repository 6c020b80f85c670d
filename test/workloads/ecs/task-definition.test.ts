import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  rollBackRevisions,
  taskDefinitionName,
} from '../../../functions/workloads/ecs/task-definition.ts';

const arn = (revision: number): string =>
  `arn:aws:ecs:eu-central-1:123456789012:task-definition/api:${revision}`;
const numberOf = (name: string): number => Number(name.split(':').at(-1));

/** Pages of a list, and how many of them were asked for. */
function pagesOf(revisions: readonly number[], size = 3) {
  let asked = 0;
  async function* pages(): AsyncGenerator<readonly string[]> {
    for (let at = 0; at < revisions.length; at += size) {
      asked += 1;
      yield revisions.slice(at, at + size).map(arn);
      await Promise.resolve();
    }
  }
  return { pages: pages(), asked: () => asked };
}

const newestFirst = [12, 11, 9, 8, 7, 5, 4, 3, 1];

describe('one goes back to', () => {
  test.each<[string, readonly number[], number, readonly number[]]>([
    ['the newest', [], 2, [12, 11]],
    ['the newest, where that is used', [12], 2, [12, 11]],
    ['those before what is used', [8], 2, [12, 11, 8, 7]],
    ['those before what was deregistered', [6], 2, [12, 11, 5, 4]],
    ['each of several', [9, 4], 2, [12, 11, 9, 8, 4, 3]],
    ['as many as there are', [1], 3, [12, 11, 9, 1]],
    ['one', [8], 1, [12, 8]],
  ])('%s', async (_, used, ...[count, expected]) => {
    for (const order of [newestFirst, newestFirst.toReversed()]) {
      const chosen = await rollBackRevisions(pagesOf(order).pages, used, count);
      expect(chosen.map(numberOf)).toEqual(expected);
    }
  });

  test('what the first page has, without reading on', async () => {
    const { pages, asked } = pagesOf(newestFirst);
    await rollBackRevisions(pages, [12], 2);
    expect(asked()).toBe(1);
  });

  test('what follows from all revisions, with the newest first or last, on pages of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: 40 })),
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.record({ size: fc.integer({ min: 1, max: 4 }), isOldestFirst: fc.boolean() }),
        async (...[revisions, used, count, { size, isOldestFirst }]) => {
          const sorted = revisions.toSorted((one, other) => other - one);
          const order = isOldestFirst ? sorted.toReversed() : sorted;
          const expected = new Set(
            [40, ...used].flatMap((from) => sorted.filter((one) => one <= from).slice(0, count)),
          );
          const chosen = await rollBackRevisions(pagesOf(order, size).pages, used, count);
          expect(new Set(chosen.map(numberOf))).toEqual(expected);
        },
      ),
    );
  });
});

test.each([
  ['api', { place: undefined, family: 'api', revision: undefined }],
  ['api:7', { place: undefined, family: 'api', revision: 7 }],
  [arn(7), { place: 'eu-central-1:123456789012', family: 'api', revision: 7 }],
  [
    'arn:aws-cn:ecs:cn-north-1:123456789012:task-definition/my_api-1',
    { place: 'cn-north-1:123456789012', family: 'my_api-1', revision: undefined },
  ],
  ['', undefined],
  ['api:x', undefined],
  ['arn:aws:ecs:eu-central-1:123456789012:cluster/api', undefined],
  ['<task-definition>', undefined],
])('%j is %j', (written, expected) => {
  expect(taskDefinitionName(written)).toEqual(expected);
});
