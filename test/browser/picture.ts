// `npm run picture`: takes the pictures of the report's page that README shows. Needs Chromium.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startHarbor } from '../sandbox/harbor/index.ts';
import { sampleRegistry } from '../sandbox/sample-registry.ts';
import { memoryStore } from '../support/memory-store.ts';
import { root } from '../support/pages.ts';
import { dryRun, runToEnd, worldAround } from '../support/run-world.ts';
import { openBrowser, openPage } from './chromium.ts';

const folder = join(root, 'docs', 'pictures');

/** What the pictures were taken of: the SHA-256 of the page. */
export const takenOf = join(folder, 'page.sha256');

/** The page of a dry run on the sample registry, whose clock stands; the same on every machine and day. */
export async function picturedPage(): Promise<string> {
  const now = Date.UTC(2026, 10, 21, 3, 30);
  const harbor = await startHarbor({ now: () => now });
  try {
    sampleRegistry(harbor, now);
    const policy = readFileSync(join(root, 'examples', 'policy.yaml'), 'utf8');
    const store = memoryStore();
    await runToEnd(worldAround(harbor, { policy, store }), dryRun);
    const page = store.texts.get('reports/latest.html');
    if (page === undefined) throw new Error('the run left no page');
    return page.replaceAll(harbor.url, 'https://harbor.example');
  } finally {
    await harbor.close();
  }
}

export const hashOf = (page: string): string => createHash('sha256').update(page).digest('hex');

async function takePictures(): Promise<void> {
  const text = await picturedPage();
  mkdirSync(folder, { recursive: true });
  const browser = await openBrowser();
  for (const colours of ['light', 'dark'] as const) {
    const { page } = await openPage(browser, text, { dark: colours === 'dark', width: 1000 });
    await page.screenshot({ path: join(folder, `page-${colours}.png`) });
    await page.close();
  }
  await browser.close();
  writeFileSync(takenOf, `${hashOf(text)}\n`);
}

if (import.meta.main) await takePictures();
