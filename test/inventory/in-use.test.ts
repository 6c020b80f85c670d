import { describe, expect, test } from '@jest/globals';
import { readingLists } from '../support/listed.ts';
import { RetentionError } from '../../functions/errors.ts';
import { whyOld } from '../../functions/inventory/freshness.ts';
import { readInUse } from '../../functions/inventory/in-use.ts';
import type { DatedText, DigestListReader } from '../../functions/ports.ts';

const now = Date.parse('2026-11-21T03:30:00Z');
const hour = 3_600_000;

/** What is known after asking lists, each served as given. */
async function asked(
  lists: Readonly<Record<string, string | DatedText | Error>>,
  config: Readonly<Record<string, unknown>> = {},
) {
  const read: DigestListReader = (source) => {
    const text = lists[source.kind === 'file' ? source.path : source.key];
    if (text === undefined || text instanceof Error) return Promise.reject(text ?? new Error('?'));
    return Promise.resolve(text);
  };
  const registry = readingLists(read);
  const sources = Object.keys(lists).map((file) =>
    registry.open({ kind: 'list', options: { file }, ...config }),
  );
  return (await readInUse(sources, now)).facts;
}

describe('what is in use', () => {
  test('is what all lists name', async () => {
    const facts = await asked({ 'a.txt': 'team/api:v1\n', 'b.txt': 'team/web:v2\n' });
    expect([...facts.references]).toEqual(['team/api:v1', 'team/web:v2']);
    expect(facts.unreadable).toEqual([]);
  });

  test('is not known where one list can’t be read; the others still count, and its scope is named', async () => {
    const denied = new RetentionError('policy-unreadable', 'Could not read b.txt.', {
      remedy: 'Grant it.',
    });
    const facts = await asked({ 'a.txt': 'team/api:v1\n', 'b.txt': denied }, { scope: 'team' });
    expect([...facts.references]).toEqual(['team/api:v1']);
    expect(facts.unreadable).toEqual([
      { source: 'b.txt', scope: 'team', because: 'Could not read b.txt.', remedy: 'Grant it.' },
    ]);
  });

  test.each([
    ['empty', '', 'it is empty'],
    ['half understood', 'team/api:v1\nsha256:oops\n', 'line 2, "sha256:oops"'],
  ])('is not known from a list that is %s', async (_, text, because) => {
    const facts = await asked({ 'a.txt': text });
    expect(facts.unreadable).toMatchObject([
      { source: 'a.txt', because: expect.stringContaining(because) },
    ]);
  });

  test('is nothing where a list says so', async () => {
    expect(await asked({ 'a.txt': '# none\n' })).toMatchObject({ entries: [], unreadable: [] });
  });

  test.each<[string, string | DatedText, boolean]>([
    ['exactly as old', { text: 'team/api:v1', modifiedAt: now - 26 * hour }, true],
    ['a millisecond older', { text: 'team/api:v1', modifiedAt: now - 26 * hour - 1 }, false],
    ['of unknown age', 'team/api:v1', false],
    [
      'copied just now, but written long ago',
      { text: '# writtenAt: 2026-11-01T00:00:00Z\nteam/api:v1', modifiedAt: now },
      false,
    ],
    [
      'copied long ago, but written just now',
      { text: '# writtenAt: 2026-11-21T03:00:00Z\nteam/api:v1', modifiedAt: now - 99 * hour },
      true,
    ],
    ['of the future', { text: 'team/api:v1', modifiedAt: now + hour }, false],
  ])('with freshWithin: 26h, from a list %s', async (_, text, isKnown) => {
    const facts = await asked({ 'a.txt': text }, { freshWithin: 26 * hour });
    expect(facts.unreadable.length === 0).toBe(isKnown);
    // What an old list names is held as well as its scope.
    expect([...facts.references]).toEqual(['team/api:v1']);
  });
});

test('a list without freshWithin may have any age', () => {
  expect(whyOld({ writtenAt: 'unknown' }, undefined, now)).toBeUndefined();
  expect(whyOld({ writtenAt: 0 }, undefined, now)).toBeUndefined();
});
