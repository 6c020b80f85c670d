// The page as a browser shows it: Debian's Chromium, driven without a screen and without a network.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectRows } from '../../functions/report/html/collect-rows.ts';
import { pageOf } from '../../functions/report/html/page.ts';
import { readRow } from '../../functions/report/read-report.ts';
import { startHarbor } from '../sandbox/harbor/index.ts';
import { sampleRegistry } from '../sandbox/sample-registry.ts';
import { now } from '../support/builder.ts';
import { runToEnd, worldAround } from '../support/run-world.ts';
import { hostile, linesOf, repositoryOf, shownReport, shownRow } from '../support/shown-report.ts';
import { hasChromium, openBrowser, openPage } from './chromium.ts';

const maybe = hasChromium ? describe : describe['skip'];
if (!hasChromium) {
  console.warn(
    'SKIPPED, there is no /usr/bin/chromium (apt-get install chromium): the page in a browser',
  );
}

maybe('the page of the embedded registry', () => {
  let browser: Browser;
  let text: string;

  beforeAll(async () => {
    const harbor = await startHarbor({ now: () => now });
    sampleRegistry(harbor, now);
    const policy = readFileSync(join(import.meta.dirname, '../../examples/policy.yaml'), 'utf8');
    const world = worldAround(harbor, { policy });
    await runToEnd(world);
    await harbor.close();
    text = world.store.texts.get('reports/latest.html') ?? '';
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test('finds an artifact by name and tag, says how many, and explains it', async () => {
    const { page, complaints } = await openPage(browser, text);
    await page
      .locator('#count')
      .getByText(/^[\d,]+ artifacts$/)
      .waitFor();
    await page.getByLabel(/^Search/).fill('team-a/api main-');
    const count = page.locator('#count');
    await count.getByText(/^[\d,]+ of [\d,]+ artifacts$/).waitFor();
    const first = page.locator('#found button').first();
    expect(await first.innerText()).toMatch(/^team-a\/api:main-/);
    await first.click();
    expect(await first.getAttribute('aria-expanded')).toBe('true');
    const detail = await page.locator('#found .detail').innerText();
    expect(detail).toMatch(/(Goes|Kept): /);
    expect(detail).toMatch(/sha256:[0-9a-f]{64}/);
    expect(await complaints()).toEqual([]);
    await page.close();
  });

  test('filters by fate and rule, sorts by size, and turns the page', async () => {
    const { page, complaints } = await openPage(browser, text);
    await page.getByLabel('Fate', { exact: true }).selectOption('delete');
    await page.getByLabel('Rule', { exact: true }).selectOption({ index: 1 });
    const fates = await page.locator('#found .fate').allInnerTexts();
    expect(fates.length).toBeGreaterThan(10);
    expect(new Set(fates)).toEqual(new Set(['goes']));
    await page.getByRole('button', { name: 'Size' }).click();
    expect(await page.locator('[data-sort=size]').getAttribute('aria-sort')).toBe('descending');
    const before = await page.locator('#found button').first().innerText();
    await page.getByRole('button', { name: 'Next' }).click();
    expect(await page.locator('#found button').first().innerText()).not.toBe(before);
    expect(await page.locator('#place').innerText()).toMatch(/^51–/);
    await page.getByLabel(/^Search/).fill('nothing is called so');
    expect(await page.locator('#found').innerText()).toBe('Nothing is found.');
    expect(await complaints()).toEqual([]);
    await page.close();
  });

  test('a repository in the tables leads to its artifacts', async () => {
    const { page, complaints } = await openPage(browser, text);
    await page.locator('#opening').waitFor({ state: 'hidden' });
    const link = page.locator('#repositories a').first();
    const name = await link.innerText();
    await link.click();
    const found = await page.locator('#found button').allInnerTexts();
    expect(found.every((one) => one.startsWith(name))).toBe(true);
    expect(await complaints()).toEqual([]);
    await page.close();
  });

  test('goes dark with the system, and by its button, which it remembers in its label', async () => {
    const ground = 'getComputedStyle(document.body).backgroundColor';
    const light = await openPage(browser, text);
    const bright = await light.page.evaluate(ground);
    await light.page.getByRole('button', { name: 'Switch to dark colours' }).click();
    const chosen = await light.page.evaluate(ground);
    expect(chosen).not.toBe(bright);
    await light.page.getByRole('button', { name: 'Switch to light colours' }).waitFor();
    const dark = await openPage(browser, text, { dark: true });
    expect(await dark.page.evaluate(ground)).toBe(chosen);
    expect([...(await light.complaints()), ...(await dark.complaints())]).toEqual([]);
    await Promise.all([light.page.close(), dark.page.close()]);
  });

  test('everything is reached by keyboard alone, and focus is seen', async () => {
    const { page, complaints } = await openPage(browser, text);
    await page.locator('#opening').waitFor({ state: 'hidden' });
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('skip');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await page.getByLabel(/^Search/).focus();
    await page.keyboard.type('releases');
    await page.keyboard.press('Enter');
    await page.getByLabel(/^Search/).fill('');
    await page.locator('#found button').first().focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('#found .detail').count()).toBe(1);
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe(
      'solid',
    );
    await page.keyboard.press('Enter');
    expect(await page.locator('#found .detail').count()).toBe(0);
    expect(await complaints()).toEqual([]);
    await page.close();
  });

  test('fits a phone, and prints without its controls', async () => {
    const { page, complaints } = await openPage(browser, text, { width: 390 });
    await page.locator('#opening').waitFor({ state: 'hidden' });
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    const { height } = (await page.locator('#next').boundingBox()) ?? { height: 99 };
    expect(height).toBeLessThan(45);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.locator('#artifacts').isVisible()).toBe(false);
    expect(await page.locator('.figures').isVisible()).toBe(true);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
      'rgb(255, 255, 255)',
    );
    expect((await page.pdf()).length).toBeGreaterThan(10_000);
    expect(await complaints()).toEqual([]);
    await page.close();
  });

  test('names, tags, labels and texts of an enemy are shown, and do nothing', async () => {
    const rows = hostile.map((one, index) =>
      shownRow({
        project: one,
        repository: one,
        tags: [one],
        labels: [one],
        type: one,
        rule: one,
        reason: one,
        explanation: one,
        fate: index % 2 === 0 ? 'delete' : 'keep',
      }),
    );
    const refusals = hostile.map((one) => ({
      rail: one,
      on: one,
      found: one,
      allowed: one,
      remedy: one,
    }));
    const report = shownReport({
      refusals,
      repositories: hostile.map((one) => repositoryOf(one, one)),
      artifacts: { rows: rows.length, parts: [] },
    });
    const page = pageOf(report, await collectRows(linesOf(rows), readRow));
    const opened = await openPage(browser, page);
    await opened.page.locator('#opening').waitFor({ state: 'hidden' });
    const buttons = opened.page.locator('#found button');
    expect(await buttons.count()).toBe(hostile.length);
    for (let index = 0; index < hostile.length; index += 1) await buttons.nth(index).click();
    const seen = await opened.page.locator('body').innerText();
    expect(seen).toContain('<img src=x onerror=');
    expect(seen).toContain('exe⟨U+202E⟩gnp.cod');
    expect(seen).toContain('⟨U+2028⟩');
    expect(await opened.page.title()).not.toContain('broken');
    expect(await opened.page.locator('img, svg[onload], [onmouseover]').count()).toBe(0);
    expect(await opened.page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    expect(await opened.complaints()).toEqual([]);
    await opened.page.close();
  });

  test('a browser without DecompressionStream says what is missing', async () => {
    const { page } = await openPage(browser, text);
    await page.addInitScript('delete window.DecompressionStream');
    await page.reload();
    expect(await page.locator('#opening').innerText()).toMatch(/too old .* DecompressionStream/);
    await page.close();
  });
});
