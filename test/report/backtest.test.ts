import { describe, expect, test } from '@jest/globals';
import { backtestMarkdown } from '../../functions/report/backtest-comment.ts';
import type { BacktestDocument, BacktestRegret } from '../../functions/report/backtest-schema.ts';
import { backtestText } from '../../functions/report/backtest-text.ts';
import { longestComment } from '../../functions/report/comment-markdown.ts';
import { backtestPage } from '../../functions/report/html/backtest-page.ts';
import {
  shownBacktest,
  shownFigures,
  shownNight,
  shownRegret,
  shownSide,
} from '../support/shown-backtest.ts';
import { hostile } from '../support/shown-report.ts';

/** Every field that others can write to. */
function fullOf(text: string): BacktestDocument {
  const refusals = [{ rail: text, on: text, found: text, allowed: text, remedy: text }];
  const side = shownSide({
    policy: { name: text, hash: 'a'.repeat(64) },
    refusedNights: 1,
    rules: [{ rule: text, gone: { artifacts: 1, bytes: 1 }, tags: 1, regrets: 1, lost: 0 }],
    regrets: [
      shownRegret({
        artifact: `${text}@sha256:${'1'.repeat(64)}`,
        tags: [text],
        rule: text,
        wanted: [
          { kind: 'in-use', at: '2026-11-03T09:00:00.000Z', what: text },
          { kind: 'labelled', at: '2026-11-03T09:00:00.000Z', what: text, protects: true },
        ],
      }),
      shownRegret({ tag: text, undo: 'tag' }),
    ],
  });
  const figures = shownFigures({ refusals, gone: { artifacts: 0, bytes: 0 } });
  return shownBacktest({
    harbor: text,
    nights: [shownNight(1, { candidate: figures, inForce: figures }), shownNight(2)],
    candidate: side,
    inForce: side,
    passedOver: [{ run: text, because: text }],
    notes: [text],
  });
}

describe.each(hostile.map((text) => ({ text })))('a backtest full of %j', ({ text }) => {
  test('is a page with the elements and attributes of an ordinary one, and no others', () => {
    const page = backtestPage(fullOf(text));
    const markupOf = (html: string): readonly string[] =>
      html
        .replace(/<(script|style)>.*?<\/\1>/gs, '')
        .replace(/"[^"]*"/g, '""')
        .match(/<[^>]*>/g) ?? [];
    expect(markupOf(page)).toEqual(markupOf(backtestPage(fullOf('ordinary'))));
    expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
  });
});

test('nothing in a name breaks out of the comment', () => {
  const name = 'a`|</details><script>alert(1)</script>\n# x';
  const [, ...lines] = backtestMarkdown(fullOf(name)).split('\n');
  for (const line of lines) {
    expect(line.replaceAll(/`[^`]*`/g, '')).not.toMatch(/script|^# /);
    expect(line.split('`').length % 2).toBe(1);
  }
});

test('a comment is never longer than GitHub takes, and says how much it leaves out', () => {
  const long = 'x'.repeat(500);
  const regrets = Array.from({ length: 300 }, (_, index): BacktestRegret => {
    const wanted = [{ kind: 'pulled' as const, at: '2026-11-13T09:00:00.000Z', what: long }];
    return shownRegret({ artifact: `${long}${index}`, tags: [long], rule: long, wanted });
  });
  const rules = regrets.map(({ rule }, index) => ({
    rule: `${index}${rule}`,
    gone: { artifacts: 1, bytes: 1 },
    tags: 0,
    regrets: 1,
    lost: 0,
  }));
  const names = regrets.map(({ artifact }) => artifact);
  const text = backtestMarkdown(
    shownBacktest({ candidate: shownSide({ regrets, rules }), notes: names }),
  );
  expect(text.length).toBeLessThanOrEqual(longestComment);
  expect(text.length).toBeGreaterThan(longestComment / 8);
  expect(text).toMatch(/and \d+ more; --format json has all/);
});

const regretsOf = (count: number, more: Partial<BacktestRegret> = {}) =>
  Array.from({ length: count }, () => shownRegret(more));

test('a terminal gets the gravest regrets of the policy, and fewer of that in force', () => {
  const lost = regretsOf(30, { undo: 'lost' });
  const text = backtestText(
    shownBacktest({
      candidate: shownSide({ regrets: lost }),
      inForce: shownSide({ regrets: lost }),
    }),
  );
  expect(text.match(/^ {2}lost: /gm)).toHaveLength(23);
  expect(text).toContain('and 10 more, 10 of them lost; --format json has all');
  expect(text).toContain('pulled 2026-11-13 09:00, 12 days later');
});

test('nights that were refused, and by which rail, stand in the table and below it', () => {
  const refusals = [
    { rail: 'max-deletions', on: 'run', found: '812 artifacts', allowed: '500', remedy: '' },
  ];
  const refused = shownFigures({ refusals, gone: { artifacts: 0, bytes: 0 } });
  const nights = [shownNight(1, { candidate: refused }), shownNight(2, { candidate: refused })];
  const text = backtestText(shownBacktest({ nights, candidate: shownSide({ refusedNights: 2 }) }));
  expect(text.match(/ refused /g)).toHaveLength(2);
  expect(text).toContain(
    'max-deletions, 2 nights; the last: run: found 812 artifacts, allowed 500',
  );
  expect(
    backtestPage(shownBacktest({ nights, candidate: shownSide({ refusedNights: 2 }) })),
  ).toContain('Every night refused');
});

test.each([
  ['1 regret, 1 lost', { regrets: regretsOf(1, { undo: 'lost' }) }],
  ['2 regrets', { regrets: regretsOf(2) }],
  ['No regret', {}],
  [
    'Nothing to regret yet',
    {
      watch: { ...shownSide().watch, removals: 2, toTheEnd: 0, lastNight: 2, days: null },
    },
  ],
])('the page says %s', (word, more) => {
  const page = backtestPage(shownBacktest({ candidate: shownSide(more) }));
  const [, shown] = /<p class="word">. ([^<]*)<\/p>/.exec(page) ?? [];
  expect(shown).toBe(word);
});

test('who does not see the page hears a text for every picture, and a caption for every table', () => {
  const page = backtestPage(fullOf('name'));
  for (const picture of page.match(/<svg[^>]*>/g) ?? [])
    expect(picture).toMatch(/role="img" aria-label="[^"]+"|aria-hidden="true"/);
  const [tables, captions] = [page.match(/<table>/g), page.match(/<caption>[^<]+/g)];
  expect(captions?.length).toBe(tables?.length);
  expect(page).toContain('as it was from 1.1 GB to 1.1 GB; this policy from 1.2 GB to 1 GB');
});

test('what left the facts is said not to be observable, with since when', () => {
  const watch = {
    ...shownSide().watch,
    toTheEnd: 0,
    ended: 2,
    unseen: 1,
    endedSince: '2026-11-01T03:30:00.000Z',
    days: { least: 3, most: 3 },
  };
  const text = backtestText(shownBacktest({ candidate: shownSide({ watch }) }));
  expect(text).toContain('watched: 1 of 4 removals by later nights, for 3 days');
  expect(text).toContain('never seen by a later night: 1, which left the facts at once');
  expect(text).toContain('not observable afterwards: 2, the first since 2026-11-01');
});
