// axe, the accessibility checker, over the page in its states; what it can't see is for people.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { collectRows } from '../../functions/report/html/collect-rows.ts';
import { backtestPage } from '../../functions/report/html/backtest-page.ts';
import { pageOf } from '../../functions/report/html/page.ts';
import { readRow } from '../../functions/report/read-report.ts';
import type { Report } from '../../functions/report/report-schema.ts';
import {
  shownBacktest,
  shownFigures,
  shownNight,
  shownRegret,
  shownSide,
} from '../support/shown-backtest.ts';
import { hostile, linesOf, shownReport, shownRow } from '../support/shown-report.ts';
import { hasChromium, openBrowser, openPage } from './chromium.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

const maybe = hasChromium ? describe : describe['skip'];
if (!hasChromium) console.warn('SKIPPED, there is no /usr/bin/chromium: axe over the page');

const refusal = { rail: 'max-deletions', on: 'run', found: '9', allowed: '5', remedy: 'Look.' };
const warning = { code: 'trash-off', on: 'run', message: 'It is off.', remedy: 'Mind it.' };

const states: Readonly<Record<string, Partial<Report>>> = {
  'in which all is well': {},
  'of a refused plan with warnings': { refusals: [refusal], warnings: [warning] },
  'of a failed run': {
    run: { ...shownReport().run, end: 'failed' },
    error: { code: 'harbor-unreachable', message: 'No answer.', remedy: 'Check the route.' },
  },
  'with names of an enemy': {
    warnings: hostile.map((one) => ({ ...warning, on: one, message: one })),
  },
};

const longAgo = Array.from({ length: 30 }, (_, at) => ({
  runId: `run ${at}`,
  at: '2026-11-20T03:30:00.000Z',
  mode: 'apply' as const,
  end: 'finished' as const,
  artifacts: 1_234_567,
  bytes: 987e9,
  condemned: 1_234,
  deleted: 1_234,
  trash: 12_345,
  freedBytes: 987e9,
}));

async function objections(page: Page): Promise<readonly string[]> {
  // Through the debugger, which the page's own policy does not bind.
  await page.evaluate(axe);
  const found = (await page.evaluate('axe.run(document)')) as { violations: Violation[] };
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}

maybe('the page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test.each(
    Object.entries(states).flatMap(([state, said]) =>
      [false, true].map((dark) => [state, dark ? 'dark' : 'light', said] as const),
    ),
  )('%s, %s, has nothing that axe objects to', async (_, colours, said) => {
    const rows = [shownRow(), shownRow({ fate: 'delete', tags: ['v2'] })];
    const report = shownReport({ artifacts: { rows: rows.length, parts: [] }, ...said });
    const text = pageOf(report, await collectRows(linesOf(rows), readRow));
    const { page } = await openPage(browser, text, { dark: colours === 'dark' });
    await page.locator('#found button').first().click({ timeout: 5_000 });
    expect(await objections(page)).toEqual([]);
    await page.close();
  });

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
  ] as const)(
    'of a backtest, %s, %i wide, has nothing that axe objects to',
    async (colours, width) => {
      const regrets = [shownRegret({ undo: 'lost' }), shownRegret({ tags: [...hostile] })];
      const refusals = [refusal];
      const nights = [shownNight(1), shownNight(2, { candidate: shownFigures({ refusals }) })];
      const candidate = shownSide({ regrets, refusedNights: 1 });
      const text = backtestPage(shownBacktest({ nights, candidate, notes: [...hostile] }));
      const { page } = await openPage(browser, text, { dark: colours === 'dark', width });
      expect(await objections(page)).toEqual([]);
      await page.close();
    },
  );

  test('with everything open on a phone, has nothing that axe objects to', async () => {
    const text = pageOf(shownReport({ trend: longAgo }), await collectRows(linesOf([]), readRow));
    const { page } = await openPage(browser, text, { width: 390 });
    await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
    expect(await objections(page)).toEqual([]);
    await page.close();
  });
});
