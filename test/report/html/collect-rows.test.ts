import { describe, expect, test } from '@jest/globals';
import { finder } from '../../../page/find.ts';
import { rowsOf, unpack } from '../../../page/rows.ts';
import { collectRows } from '../../../functions/report/html/collect-rows.ts';
import { readRow } from '../../../functions/report/read-report.ts';
import { hostile, linesOf, shownRow, unpacked } from '../../support/shown-report.ts';

const digest = (index: number): string => `sha256:${String(index).padStart(64, '0')}`;
const rows = Array.from({ length: 40 }, (_, index) =>
  shownRow({ digest: digest(index), fate: index % 4 === 3 ? 'delete' : 'keep', size: index }),
);

describe('the rows of a page', () => {
  test('are all of a small run, those that go first', async () => {
    const { held, text } = await collectRows(linesOf(rows), readRow);
    expect(held).toBe(40);
    const sorted = [
      ...rows.filter(({ fate }) => fate === 'delete'),
      ...rows.filter(({ fate }) => fate === 'keep'),
    ];
    expect(unpacked(text).digest).toEqual(sorted.map((row) => row.digest.slice(7)));
  });

  test('are of a large one what goes, and then what stays', async () => {
    const { held, text } = await collectRows(linesOf(rows), readRow, 15);
    const { fate, words } = unpacked(text);
    expect(held).toBe(15);
    expect(fate.map((word) => words[word])).toEqual([
      ...Array.from({ length: 10 }, () => 'delete'),
      ...Array.from({ length: 5 }, () => 'keep'),
    ]);
  });

  test('stop being read when what goes fills the page', async () => {
    let read = 0;
    async function* lines(): AsyncGenerator<string> {
      for await (const line of linesOf(rows)) {
        read += 1;
        yield line;
      }
    }
    const { held } = await collectRows(lines(), readRow, 3);
    expect(held).toBe(3);
    expect(read).toBe(12);
  });

  test('of no run are no text', async () => {
    expect(await collectRows(linesOf([]), readRow)).toEqual({ held: 0, text: '' });
  });

  test.each(hostile.map((text) => ({ text })))(
    'come out as they went in: $text',
    async ({ text }) => {
      const row = shownRow({ project: text, tags: [text], labels: [text], explanation: text });
      const { text: packed } = await collectRows(linesOf([row]), readRow);
      expect(packed).toMatch(/^[A-Za-z0-9+/=]*$/);
      const seen = (await unpack(packed)).at(0);
      expect(seen).toMatchObject({ project: text, tags: [text], labels: [text], why: text });
      expect(seen.digest).toBe(row.digest);
    },
  );
});

describe('the search', () => {
  const one = shownRow({
    tags: ['v1.2'],
    labels: ['Keep'],
    size: 5,
    fate: 'keep',
    rule: 'releases',
  });
  const two = shownRow({ repository: 'api', tags: [], size: 9, fate: 'delete', rule: 'old' });
  const three = shownRow({
    repository: 'db',
    tags: null,
    size: 7,
    fate: 'untag',
    digest: digest(7),
  });
  const asked = {
    text: '',
    filters: { fate: '', project: '', rule: '', reason: '' },
    sort: 'fate',
    isDown: false,
  } as const;
  const found = async (question: Partial<Parameters<ReturnType<typeof finder>['find']>[0]>) => {
    const { text } = await collectRows(linesOf([two, three, one]), readRow);
    return finder(rowsOf(unpacked(text))).find({ ...asked, ...question });
  };

  test.each([
    ['everything, what goes first', {}, [0, 1, 2]],
    ['a name', { text: 'team/API' }, [0]],
    ['a tag of a repository', { text: 'web:v1.2' }, [2]],
    ['a label', { text: 'keep' }, [2]],
    ['several words, each somewhere', { text: 'team 00007' }, [1]],
    ['nothing', { text: 'team/none' }, []],
    ['a rule', { filters: { ...asked.filters, rule: 'old' } }, [0]],
    ['the largest first', { sort: 'size', isDown: true }, [0, 1, 2]],
    ['names in order', { sort: 'name' }, [0, 1, 2]],
  ] as const)('finds %s', async (_, question, indexes) => {
    expect(await found(question)).toEqual(indexes);
  });
});
