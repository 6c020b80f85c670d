import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatWorkloadList,
  parseWorkloadList,
  type WorkloadHeader,
  type WorkloadUse,
} from '../../functions/domain/workload-list.ts';
import { headers, uses } from '../support/workload-lists.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const header: WorkloadHeader = {
  source: 'kubernetes',
  scope: 'prod-eu',
  writtenAt: Date.UTC(2026, 10, 30, 2),
  missing: [],
};
const running: WorkloadUse = { image: 'h.example/team/api:1', by: 'pod a/b', role: 'running' };
const rollBack: WorkloadUse = { digest, by: 'replica set a/b', role: 'roll-back' };
const whole = formatWorkloadList(header, [running, rollBack]);
const [firstLine = '', ...useLines] = whole.trimEnd().split('\n');
const list = (...lines: string[]): string => lines.map((line) => `${line}\n`).join('');
const withHeader = (fields: object, ...lines: string[]): string =>
  list(JSON.stringify({ ...(JSON.parse(firstLine) as object), ...fields }), ...lines);

test('a list is written as its format says', () => {
  expect(whole).toBe(
    list(
      '{"list":"harbor-retention/workloads","version":1,"source":"kubernetes","scope":"prod-eu","writtenAt":"2026-11-30T02:00:00.000Z","complete":true,"uses":2,"missing":[]}',
      '{"image":"h.example/team/api:1","by":"pod a/b","role":"running"}',
      `{"digest":"${digest}","by":"replica set a/b","role":"roll-back"}`,
    ),
  );
});

describe('is whole', () => {
  test.each<[string, string]>([
    ['as it was written', whole],
    ['with a byte order mark', `\uFEFF${whole}`],
    ['with the ends of lines of Windows', whole.replaceAll('\n', '\r\n')],
    ['with empty lines between', whole.replaceAll('\n', '\n\n')],
    ['with keys that nobody knows', withHeader({ cluster: 1, uses: 2 }, ...useLines)],
    ['without "missing"', withHeader({ missing: undefined }, ...useLines)],
    ['with a time in seconds', withHeader({ writtenAt: '2026-11-30T02:00:00Z' }, ...useLines)],
  ])('%s', (_, text) => {
    const { unreadable, ...known } = parseWorkloadList(text);
    expect(unreadable).toEqual([]);
    const { source, scope, writtenAt } = header;
    expect(known).toEqual({ source, scope, writtenAt, uses: [running, rollBack] });
  });

  test('without uses, if that is what it says', () => {
    expect(parseWorkloadList(formatWorkloadList(header, []))).toMatchObject({
      uses: [],
      unreadable: [],
    });
  });

  test('with a role left out: it runs', () => {
    const line = JSON.stringify({ image: 'team/api', by: 'x' });
    expect(parseWorkloadList(withHeader({ uses: 1 }, line))).toMatchObject({
      uses: [{ image: 'team/api', by: 'x', role: 'running' }],
      unreadable: [],
    });
  });
});

describe('the header leaves the list unknown, and its uses hold', () => {
  test.each<[string, string, RegExp]>([
    ['another version', withHeader({ version: 2 }, ...useLines), /version 2, and version 1/],
    ['no version', withHeader({ version: undefined }, ...useLines), /version none/],
    ['no time', withHeader({ writtenAt: undefined }, ...useLines), /"writtenAt" is no time/],
    [
      'a time with an offset',
      withHeader({ writtenAt: '2026-11-30T02:00:00+01:00' }, ...useLines),
      /"writtenAt" is no time in UTC/,
    ],
    ['no time only', withHeader({ writtenAt: 'at 2026-11-30T02:00:00Z' }, ...useLines), /no time/],
    ['a time and more', withHeader({ writtenAt: '2026-11-30T02:00:00Zx' }, ...useLines), /no time/],
    ['no such day', withHeader({ writtenAt: '2026-13-30T02:00:00Z' }, ...useLines), /no time/],
    ['no source', withHeader({ source: '' }, ...useLines), /"source" is no text/],
    ['no scope', withHeader({ scope: 7 }, ...useLines), /"scope" is no text/],
    ['no number of uses', withHeader({ uses: '2' }, ...useLines), /"uses" is no number/],
    ['a negative number', withHeader({ uses: -1 }, ...useLines), /"uses" is no number/],
    ['fewer uses than lines', withHeader({ uses: 1 }, ...useLines), /of 1 use, and 2 lines follow/],
    ['more uses than lines', withHeader({ uses: 3 }, ...useLines), /of 3 uses, and 2 lines follow/],
    ['not complete', withHeader({ complete: false }, ...useLines), /does not say .* complete/],
    ['"complete" left out', withHeader({ complete: undefined }, ...useLines), /does not say/],
    ['complete as a text', withHeader({ complete: 'true' }, ...useLines), /does not say/],
    [
      'complete, and something missing',
      withHeader({ missing: [{ what: 'pods of a', because: '403', remedy: 'r' }] }, ...useLines),
      /^pods of a: 403$/,
    ],
    ['something missing unnamed', withHeader({ missing: [{}] }, ...useLines), /does not say/],
    ['"missing" as an object', withHeader({ missing: { a: 1 } }, ...useLines), /is no list/],
  ])('%s', (_, text, because) => {
    const { uses: found, unreadable } = parseWorkloadList(text);
    expect(found).toEqual([running, rollBack]);
    expect(unreadable).toEqual([
      { because: expect.stringMatching(because), remedy: expect.stringMatching(/\w/) },
    ]);
  });

  test('what is missing is told with its remedy', () => {
    const missing = [
      { what: 'pods of namespace a', because: '403', remedy: 'Grant it.' },
      { what: 'jobs', because: '503', remedy: 'Wait.' },
    ];
    const text = formatWorkloadList({ ...header, missing }, [running]);
    expect(text).toContain('"complete":false');
    expect(parseWorkloadList(text)).toMatchObject({
      uses: [running],
      unreadable: [
        { because: 'pods of namespace a: 403', remedy: 'Grant it.' },
        { because: 'jobs: 503', remedy: 'Wait.' },
      ],
    });
  });
});

describe('a line that is not understood leaves the list unknown, and the rest holds', () => {
  const line = (fields: object): string => JSON.stringify({ by: 'x', ...fields });
  test.each<[string, string, RegExp, readonly object[]]>([
    ['no JSON', '{"image":', /no JSON object/, []],
    ['a list', '[]', /no JSON object/, []],
    ['null', 'null', /no JSON object/, []],
    ['a second header', firstLine, /neither "image" nor "digest"/, []],
    ['nothing', '{}', /neither/, []],
    ['an image that is no text', line({ image: 7 }), /"image" is no text/, []],
    ['an empty image', line({ image: '' }), /"image" is no text/, []],
    ['a pattern', line({ image: 'h.example/team/*:v1' }), /"image": /, []],
    ['a placeholder', line({ image: '{{image}}' }), /"image": /, []],
    ['a short digest', line({ digest: 'sha256:abc' }), /"digest" is not/, []],
    ['a digest in capitals', line({ digest: digest.toUpperCase() }), /"digest" is not/, []],
    ['a bad digest', line({ image: 'a/b:1', digest: 'x' }), /"digest"/, [{ image: 'a/b:1' }]],
    ['a bad image', line({ image: 'A/B C', digest }), /"image"/, [{ digest }]],
    ['a role of a later day', line({ digest, role: 'standby' }), /"role" is none/, [{ digest }]],
    ['no word on who uses it', line({ digest, by: '' }), /"by"/, [{ digest, by: '?' }]],
  ])('%s', (_, bad, ...[problem, held]) => {
    const { uses: found, unreadable } = parseWorkloadList(
      withHeader({ uses: 3 }, useLines[0] ?? '', bad, useLines[1] ?? ''),
    );
    expect(found).toEqual([running, ...held.map((one) => expect.objectContaining(one)), rollBack]);
    expect(unreadable).toEqual([
      {
        because: expect.stringMatching(new RegExp(`^line 3, .*${problem.source}`)),
        remedy: expect.stringContaining('line 3'),
      },
    ]);
    expect(unreadable[0]?.because).not.toContain('more');
  });

  test('the first is named and the others are counted', () => {
    const { unreadable } = parseWorkloadList(withHeader({ uses: 4 }, '[]', '7', '8', '{}'));
    expect(unreadable).toHaveLength(1);
    expect(unreadable[0]?.because).toMatch(/^line 2, .*\(and 3 lines more\)\.$/);
  });
});

describe('is no list', () => {
  test.each([
    ['an empty text', '', []],
    ['ends of lines', '\n\n', []],
    ['another document', '{"list":"something"}\n', []],
    ['a list of images', 'team/api:v1\n', []],
    ['uses without a header', list(...useLines), [running, rollBack]],
  ])('%s', (_, text, held) => {
    const read = parseWorkloadList(text);
    expect(read).toMatchObject({ source: 'unknown', scope: 'unknown', writtenAt: 'unknown' });
    expect(read.uses).toEqual(held);
    expect(read.unreadable).toHaveLength(1);
  });
});

describe('for every list', () => {
  test('reading gives back what was written', () => {
    fc.assert(
      fc.property(headers, fc.array(uses), (given, used) => {
        const { source, scope, writtenAt, missing } = given;
        const unreadable = missing.map(({ what, because, remedy }) => ({
          because: `${what}: ${because}`,
          remedy,
        }));
        expect(parseWorkloadList(formatWorkloadList(given, used))).toEqual({
          source,
          scope,
          writtenAt,
          uses: used,
          unreadable,
        });
      }),
    );
  });

  test('cut at any byte it is unknown, and never lists something else', () => {
    fc.assert(
      fc.property(headers, fc.array(uses, { maxLength: 5 }), (given, used) => {
        const bytes = Buffer.from(formatWorkloadList(given, used));
        for (let end = 0; end < bytes.length; end += 1) {
          const read = parseWorkloadList(bytes.subarray(0, end).toString('utf8'));
          expect(read.unreadable).not.toEqual([]);
          expect(used.slice(0, read.uses.length)).toEqual(read.uses);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('one use more never takes one away', () => {
    fc.assert(
      fc.property(
        headers,
        fc.array(uses),
        fc.tuple(uses, fc.nat()),
        (given, used, [more, place]) => {
          const at = place % (used.length + 1);
          const longer = used.toSpliced(at, 0, more);
          const read = parseWorkloadList(formatWorkloadList(given, longer));
          expect(read.uses.toSpliced(at, 1)).toEqual(used);
          // A line that somebody adds by hand, so that the number no longer is right.
          const lines = formatWorkloadList(given, used).trimEnd().split('\n');
          const byHand = parseWorkloadList(
            list(...lines.toSpliced(at + 1, 0, JSON.stringify(more))),
          );
          expect(byHand.uses).toEqual(longer);
          expect(byHand.unreadable).not.toEqual([]);
        },
      ),
    );
  });
});
