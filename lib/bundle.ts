import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import { bundleOptions } from './bundle-options.ts';
import { type BundledFile, copyBundledFiles } from './bundled-file.ts';

/**
 * Writes the bundle of a handler, that of runs unless another is named, as `index.mjs` into a folder, and the files that lie beside it. The same input gives the
 * same bytes. Knows no CDK: the sandbox makes the same bundle without it. Answers the modules that it was made of.
 */
export async function writeBundle(
  folder: string,
  files: readonly BundledFile[],
  entry: string = bundleOptions.entry,
): Promise<readonly string[]> {
  const modules = await bundleInto(join(folder, 'index.mjs'), { entry });
  copyBundledFiles(folder, files);
  return modules;
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
          ...text.matchAll(/^export (?:const|class|(?:async )?function) (\w+)/gm),
          ...text.matchAll(/^export \{ \w+ as (\w+) \};/gm),
        ].map(([, name]) => `nothing as ${name}`);
        return `const nothing = () => undefined;\nexport { ${names.join(', ')} };\n`;
      },
    },
  };
}

/** Bundles a module as the handler is; `sourcemap` lays a map beside it, for those who weigh it. Answers its modules. */
export async function bundleInto(
  file: string,
  { entry, sourcemap = false }: { readonly entry: string; readonly sourcemap?: boolean },
): Promise<readonly string[]> {
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
    const { output } = await bundle.write({
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
    return output.flatMap((one) => (one.type === 'chunk' ? one.moduleIds : []));
  } finally {
    await bundle.close();
  }
}
