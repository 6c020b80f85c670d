import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { assetsFile, pageAssets } from '../../../bin/write-page.ts';
import { collectRows } from '../../../functions/report/html/collect-rows.ts';
import { pageOf } from '../../../functions/report/html/page.ts';
import { readRow } from '../../../functions/report/read-report.ts';
import type { Report } from '../../../functions/report/report-schema.ts';
import {
  hostile,
  linesOf,
  repositoryOf,
  shownReport,
  shownRow,
} from '../../support/shown-report.ts';

const noRows = { held: 0, text: '' };

test('script and style are those of page/ (npm run page)', async () => {
  expect(readFileSync(assetsFile, 'utf8')).toBe(await pageAssets());
});

test('script, style and markup of the page are small', async () => {
  const page = pageOf(shownReport(), noRows);
  expect(page.length).toBeLessThan(25_000);
});

/** Every field that others can write to: names, texts of errors, of Harbor and of the policy. */
function fullOf(text: string): Report {
  const where = { project: text, repository: text };
  return shownReport({
    run: { ...shownReport().run, id: text },
    harbor: { url: text, version: text, currentTime: null, readOnly: null, clockSkewMs: null },
    policy: { hash: text, name: text, version: text },
    fingerprint: text,
    rules: [{ rule: text, selected: 1, kept: 1, deletions: 1, deletionBytes: 1, tagRemovals: 1 }],
    reasons: [{ code: 'held', by: text, artifacts: 1, bytes: 1 }],
    repositories: [{ ...repositoryOf(text, text), unplannable: text }],
    ranking: [{ ...where, score: 0.1 }],
    emptyRepositories: [where],
    refusals: [{ rail: text, on: text, found: text, allowed: text, remedy: text }],
    warnings: [{ code: text, on: text, message: text, remedy: text }],
    trash: {
      project: text,
      due: 1,
      dueBytes: 1,
      deferred: 0,
      waiting: 1,
      waitingBytes: 1,
      notes: [text],
    },
    garbageCollection: { thisRun: { kind: 'not-started', because: text } },
    applied: {
      deleted: 1,
      deletedBytes: 1,
      removedTags: 0,
      purged: 0,
      purgedBytes: 0,
      removedRepositories: 0,
      results: { failed: 1 },
      restorableUntil: null,
      records: [],
      exceptions: [{ action: text, result: text, because: text }],
    },
    lookAhead: [
      {
        days: 7,
        at: '2026-11-28T03:30:00.000Z',
        deletions: 1,
        bytes: 1,
        rules: [{ rule: text, deletions: 1, bytes: 1 }],
        repositories: [{ repository: text, deletions: 1, bytes: 1 }],
      },
    ],
    artifacts: { rows: 1, parts: [{ key: text, lines: 1, bytes: 1, sha256: text }] },
    error: { code: text, message: text, remedy: text },
  });
}

describe.each(hostile.map((text) => ({ text })))('a report full of %j', ({ text }) => {
  const page = pageOf(fullOf(text), noRows);

  test('has the elements and attributes of an ordinary one, and no others', () => {
    const markupOf = (html: string): readonly string[] =>
      html
        .replace(/<(script|style)>.*?<\/\1>/gs, '')
        .replace(/"[^"]*"/g, '""')
        .match(/<[^>]*>/g) ?? [];
    expect(markupOf(page)).toEqual(markupOf(pageOf(fullOf('ordinary'), noRows)));
  });

  test('shows nothing that is not seen', () => {
    // Lines are our own; everything else of this kind came from the text.
    expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
  });
});

describe('the policy of the page', () => {
  const page = pageOf(shownReport(), noRows);
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];

  test('lets nothing be loaded or sent, and trusts no text', () => {
    const rules = policy.replaceAll('&#39;', "'").split('; ');
    for (const rule of [
      "default-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "trusted-types 'none'",
    ])
      expect(rules).toContain(rule);
    expect(policy).not.toContain('unsafe');
  });

  test.each(['script', 'style'])('knows the %s by the hash of what stands there', (tag) => {
    const [, text = ''] = new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(page) ?? [];
    const hash = createHash('sha256').update(text).digest('base64');
    expect(policy.replaceAll('&#39;', "'")).toContain(`${tag}-src 'sha256-${hash}'`);
  });

  test('is not needed for styles in attributes, handlers or markup made of text', () => {
    expect(page).not.toMatch(/\sstyle=/);
    expect(page).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/);
    expect(page).not.toMatch(/(src|href)="(?!#)/);
  });
});

describe('who does not see the page', () => {
  test('hears a text for every picture, and a caption and headings for every table', async () => {
    const rows = await collectRows(linesOf([shownRow()]), readRow);
    const trend = [1, 2, 3].map((day) => ({
      runId: `r${day}`,
      at: `2026-11-0${day}T00:00:00.000Z`,
      mode: 'apply' as const,
      artifacts: day,
      bytes: day,
      deleted: day,
    }));
    const page = pageOf({ ...fullOf('name'), trend }, rows);
    const pictures = page.match(/<svg[^>]*>/g) ?? [];
    expect(pictures.length).toBeGreaterThan(5);
    for (const picture of pictures) expect(picture).toMatch(/role="img"[^>]*aria-label="[^"]+"/);
    const tables = page.match(/<table.*?<\/table>/gs) ?? [];
    expect(tables.length).toBeGreaterThan(5);
    for (const one of tables) expect(one).toMatch(/<caption>[^<]+<\/caption>.*<th scope="col"/s);
    for (const landmark of [
      '<header>',
      '<main id="main"',
      '<nav aria-label',
      '<footer>',
      'class="skip"',
    ])
      expect(page).toContain(landmark);
    expect(page).toContain('lang="en"');
    for (const id of page.match(/(?<=href="#|aria-labelledby="|for=")[^"]+/g) ?? [])
      expect(page).toContain(`id="${id}"`);
  });
});

test('before there is a plan, the page does not claim that everything was read', () => {
  const { totals: _, ...beginning } = shownReport({
    run: { ...shownReport().run, end: 'unfinished' },
  });
  const text = pageOf(beginning, noRows);
  expect(text).toContain('Nothing so far: there is no plan yet.');
  expect(text).not.toContain('was read whole');
});
