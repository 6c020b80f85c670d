import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { bundleOptions } from './bundle-options.ts';
import type { BundledFile } from './bundled-file.ts';

/**
 * Writes the handler's bundle, `index.mjs`, into a folder, and the files that lie beside it. The same input gives the
 * same bytes. Knows no CDK: the sandbox makes the same bundle without it.
 */
export async function writeBundle(folder: string, files: readonly BundledFile[]): Promise<void> {
  await bundleInto(join(folder, 'index.mjs'), { entry: bundleOptions.entry });
  for (const { from, to } of files) {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    copyFileSync(from, join(folder, to));
  }
}

/** Bundles a module as the handler is; `sourcemap` lays a map beside it, for those who weigh it. */
export async function bundleInto(
  file: string,
  { entry, sourcemap = false }: { readonly entry: string; readonly sourcemap?: boolean },
): Promise<void> {
  const { mainFields, standIns, project } = bundleOptions;
  const bundle = await rolldown({
    input: entry,
    cwd: project,
    platform: 'node',
    resolve: { alias: { ...standIns }, mainFields: [...mainFields] },
    logLevel: 'warn',
  });
  try {
    await bundle.write({
      file,
      sourcemap,
      format: 'esm',
      codeSplitting: false,
      comments: { legal: false },
      // Reports, alarms and the durable SDK use the names of errors.
      keepNames: true,
      minify: {
        mangle: { keepNames: true },
        compress: { target: bundleOptions.target, keepNames: { function: true, class: true } },
        codegen: true,
      },
    });
  } finally {
    await bundle.close();
  }
}
