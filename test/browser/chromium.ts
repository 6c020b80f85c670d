import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Where Debian's package puts it (`apt-get install chromium`). */
export const executable = '/usr/bin/chromium';

export const hasChromium = existsSync(executable);

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: executable, args: flags });
}

/** A page in a browser, and everything that went wrong in it. */
export interface OpenPage {
  readonly page: Page;
  readonly complaints: () => Promise<readonly string[]>;
}

export interface Look {
  readonly dark?: boolean;
  readonly width?: number;
}

/** Opens a text as a file, without any network. */
export async function openPage(browser: Browser, text: string, look: Look = {}): Promise<OpenPage> {
  const file = join(mkdtempSync(join(tmpdir(), 'page-')), 'report.html');
  writeFileSync(file, text);
  const page = await browser.newPage({
    viewport: { width: look.width ?? 1280, height: 900 },
    colorScheme: look.dark === true ? 'dark' : 'light',
    offline: true,
  });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(pathToFileURL(file).href))
      complaints.push(`asked ${request.url()}`);
  });
  // Run in the page, where there is a document; these tests are checked without its types.
  await page.addInitScript(`window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) =>
      window.violations.push('policy: ' + event.violatedDirective + ' ' + event.sample));`);
  await page.goto(pathToFileURL(file).href);
  return {
    page,
    complaints: async () => [
      ...complaints,
      ...((await page.evaluate('window.violations')) as readonly string[]),
    ],
  };
}
