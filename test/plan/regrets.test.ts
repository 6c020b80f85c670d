import { describe, expect, test } from '@jest/globals';
import type { UnplannableRepository } from '../../functions/domain/repository.ts';
import { markerTag, restoredTag, trashTag } from '../../functions/domain/trash.ts';
import {
  type RegretsInRepository,
  regretsIn,
  summedRegrets,
} from '../../functions/plan/regrets.ts';
import { builder, day, digestOf, headOf, now, type Pushed } from '../support/builder.ts';

const startedAt = now - 10 * day;
const minutes = (count: number): number => count / (24 * 60);

/** A copy as a deletion leaves it, five days after the roll-out began. */
const copied = (pushed: Pushed = {}, name = 'a'): Pushed => ({
  tags: [{ name: trashTag(digestOf(name), 'v1'), daysAgo: 5 }],
  daysAgo: 5,
  ...pushed,
});

const listed = (isUnknown: boolean) => ({
  startedAt,
  holdOn: () => ({ because: 'list prod names it', isUnknown }),
});
const named = listed(false);
const looking = { startedAt, holdOn: () => undefined };

const found = (pushed: Pushed, given: Parameters<typeof regretsIn>[1] = looking) =>
  regretsIn(builder('trash/team/web').push('a', copied(pushed)).repository(), given);
const signs = (pushed: Pushed, given = looking as Parameters<typeof regretsIn>[1]) =>
  found(pushed, given).regrets.map(({ because }) => because.split(' ').slice(0, 2).join(' '));

const own = { name: trashTag(digestOf('a'), 'v1'), daysAgo: 5 };
const restored = { name: restoredTag(digestOf('a')), daysAgo: 1 };

describe('a copy of what was deleted since the roll-out began', () => {
  test.each<readonly [string, Pushed, readonly string[]]>([
    ['lies there', {}, []],
    ['was pulled', { pulledDaysAgo: 1 }, ['was pulled']],
    ['was restored', { tags: [own, restored] }, ['was restored']],
    [
      'was restored, nobody knows when',
      { tags: [own, { ...restored, daysAgo: 'unknown' }] },
      ['was restored'],
    ],
    [
      'was pulled and restored',
      { tags: [own, restored], pulledDaysAgo: 1 },
      ['was pulled', 'was restored'],
    ],
    ['bears the tag of another copy’s restore', { tags: [own, restoredTag(digestOf('b'))] }, []],
    ['was tagged by somebody', { tags: [own, { name: 'keep-me', daysAgo: 1 }] }, []],
    [
      'was pulled, and then tagged by somebody',
      { tags: [own, { name: 'keep-me', daysAgo: 1 }], pulledDaysAgo: 2 },
      ['was pulled'],
    ],
  ])('%s', (_, pushed, says) => {
    expect(signs(pushed)).toEqual(says);
  });

  test('is named by a list', () => {
    expect(found({}, named).regrets).toMatchObject([
      {
        copy: `trash/team/web@${digestOf('a')}`,
        because: 'is held by a list: list prod names it',
      },
    ]);
  });

  test('says when it was pulled', () => {
    expect(found({ pulledDaysAgo: 1 }).regrets[0]?.because).toBe('was pulled on 2026-11-20T03:30Z');
  });
});

describe('whether it was deleted since then', () => {
  const at = (daysAgo: number): Pushed => ({ tags: [{ ...own, daysAgo }, restored], daysAgo });
  test.each<readonly [string, Pushed, number]>([
    ['at its beginning', at(10), 1],
    ['just within what clocks may differ', at(10 + minutes(5)), 1],
    ['a minute before that', at(10 + minutes(6)), 0],
    ['long before', at(40), 0],
    ['at a time that is not known', { ...at(5), daysAgo: 'unknown' }, 1],
    [
      'at a time of a tag that is not known',
      { tags: [{ ...own, daysAgo: 'unknown' }, restored], daysAgo: 40 },
      1,
    ],
    [
      'long before, and once more since',
      {
        tags: [
          { ...own, daysAgo: 40 },
          { name: markerTag(digestOf('a'), 'run'), daysAgo: 5 },
          restored,
        ],
        daysAgo: 40,
      },
      1,
    ],
    [
      'long before, though somebody tagged the copy since',
      { tags: [{ ...own, daysAgo: 40 }, { name: 'x', daysAgo: 1 }, restored], daysAgo: 40 },
      0,
    ],
    ['without a tag of ours', { tags: [{ ...restored }], daysAgo: 5 }, 1],
  ])('%s', (_, pushed, count) => {
    expect(found(pushed).regrets).toHaveLength(count);
  });
});

describe('a pull counts', () => {
  const twice: Pushed = {
    tags: [
      { ...own, daysAgo: 40 },
      { name: markerTag(digestOf('a'), 'run'), daysAgo: 5 },
    ],
    daysAgo: 40,
  };
  test.each<readonly [string, number, number]>([
    ['after the copy was deleted', 4, 1],
    ['between the beginning of the roll-out and a second deletion', 7, 1],
    ['just within what clocks may differ', 10 + minutes(5), 1],
    ['not before the roll-out began', 10 + minutes(6), 0],
  ])('%s', (_, pulledDaysAgo, count) => {
    expect(found({ ...twice, pulledDaysAgo }).regrets).toHaveLength(count);
  });

  test('of a child for its index, and an untagged child is not looked at apart', () => {
    const facts = builder('trash/team/web')
      .untagged('child', { daysAgo: 5, pulledDaysAgo: 1 })
      .index('a', ['child'], copied())
      .repository();
    expect(regretsIn(facts, looking).regrets.map(({ copy }) => copy)).toEqual([
      `trash/team/web@${digestOf('a')}`,
    ]);
  });
});

describe('what can’t be seen', () => {
  test('is a copy without known tags, which may have been restored', () => {
    const { regrets, unknown } = found({ tags: 'unknown' });
    expect(regrets).toEqual([]);
    expect(unknown).toEqual([`trash/team/web@${digestOf('a')}: its tags are not known`]);
    expect(found({}).unknown).toEqual([]);
  });

  test('is a repository that was not read whole', () => {
    const facts: UnplannableRepository = {
      kind: 'unplannable',
      head: headOf('trash/team/web'),
      seen: [],
      because: 'a page is missing',
    };
    expect(regretsIn(facts, looking)).toEqual({
      regrets: [],
      unknown: ['trash/team/web: a page is missing'],
    });
  });
});

describe('the key of a sign', () => {
  const keys = (pushed: Pushed, given = looking as Parameters<typeof regretsIn>[1]) =>
    found(pushed, given).regrets.map(({ key }) => key);

  test('is the same when the copy is pulled once more', () => {
    expect(keys({ pulledDaysAgo: 2 })).toEqual(keys({ pulledDaysAgo: 1 }));
  });

  test('is another one for another kind, another deletion, another copy', () => {
    const deleted = (daysAgo: number): Pushed => ({
      tags: [{ ...own, daysAgo }],
      pulledDaysAgo: 1,
    });
    const other = regretsIn(
      builder('trash/team/web')
        .push('b', { ...copied({}, 'b'), pulledDaysAgo: 1 })
        .repository(),
      looking,
    ).regrets.map(({ key }) => key);
    const all = [
      ...keys({ tags: [own, restored], pulledDaysAgo: 1 }, named),
      ...keys({}, listed(true)),
      ...keys(deleted(4)),
      ...other,
    ];
    expect(all).toHaveLength(6);
    expect(new Set(all).size).toBe(6);
    for (const key of all) expect(key).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('all signs together', () => {
  const many = (count: number, because = 'was restored'): RegretsInRepository => ({
    regrets: Array.from({ length: count }, (_, n) => ({
      key: `${n}`.padStart(4, '0'),
      copy: `copy ${`${count - n}`.padStart(4, '0')}`,
      because,
    })),
    unknown: [],
  });

  test('stand in the order of their copies, and then of their keys', () => {
    const twice = {
      regrets: [...many(1).regrets, { key: '00', copy: 'copy 0001', because: 'x' }],
      unknown: [],
    };
    expect(summedRegrets([many(2), twice]).seen.map(({ copy, key }) => [copy, key])).toEqual([
      ['copy 0001', '00'],
      ['copy 0001', '0000'],
      ['copy 0001', '0001'],
      ['copy 0002', '0000'],
    ]);
    expect(summedRegrets([])).toEqual({ seen: [], count: 0, unknown: [] });
  });

  test('are kept one by one up to 200; the rest is one, and another one when it changes', () => {
    expect(summedRegrets([many(200)]).seen).toHaveLength(200);
    const rest = (count: number) => {
      const { seen, count: all } = summedRegrets([many(count)]);
      expect([seen.length, all]).toEqual([201, count]);
      return seen[200];
    };
    expect(rest(201)?.copy).toBe('copy 0201');
    expect(rest(202)?.key).not.toBe(rest(203)?.key);
    expect(rest(203)?.key).toMatch(/^[0-9a-f]{16}$/);
  });

  test('show five of what is not known, and how many more there are', () => {
    const blind = (count: number) =>
      summedRegrets([{ regrets: [], unknown: Array.from({ length: count }, (_, n) => `${n}`) }])
        .unknown;
    expect(blind(5)).toEqual(['0', '1', '2', '3', '4']);
    expect(blind(7)).toEqual(['0', '1', '2', '3', '4', 'and 2 more']);
  });
});
