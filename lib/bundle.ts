import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
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

/** Loads some modules with every export an empty function: whoever calls one gets nothing. */
function hollowed(modules: RegExp): Plugin {
  return {
    name: 'hollowed',
    load: {
      filter: { id: modules },
      handler: (id) => {
        const text = readFileSync(id, 'utf8');
        const names = [
          ...text.matchAll(/^export (?:const|function) (\w+)/gm),
          ...text.matchAll(/^export \{ \w+ as (\w+) \};/gm),
        ].map(([, name]) => `nothing as ${name}`);
        return `const nothing = () => undefined;\nexport { ${names.join(', ')} };\n`;
      },
    },
  };
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
    plugins: [hollowed(bundleOptions.hollow)],
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
