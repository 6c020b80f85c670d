import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, transform } from 'esbuild';

const root = join(import.meta.dirname, '..');

/** Where the built page lies; page.test.ts holds it to be what `page/` builds. */
export const assetsFile = join(root, 'functions/report/html/assets.ts');

const target = ['chrome123', 'firefox120', 'safari17.5'];

/** Script and style of the report's page, made of `page/`, as a module of the engine. */
export async function pageAssets(): Promise<string> {
  const script = await build({
    entryPoints: [join(root, 'page/main.ts')],
    bundle: true,
    minify: true,
    format: 'iife',
    target,
    charset: 'utf8',
    write: false,
    legalComments: 'none',
  });
  const css = readFileSync(join(root, 'page/report.css'), 'utf8');
  const style = await transform(css, { loader: 'css', minify: true, target });
  return [
    '// Generated from page/ by `npm run page`; not to be edited.',
    `export const script = ${JSON.stringify(script.outputFiles[0]?.text.trim() ?? '')};`,
    `export const style = ${JSON.stringify(style.code.trim())};`,
    '',
  ].join('\n');
}

if (import.meta.main) writeFileSync(assetsFile, await pageAssets());
