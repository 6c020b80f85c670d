import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { writeBundle } from '../../lib/bundle.ts';
import { bundleOptions } from '../../lib/bundle-options.ts';

const root = join(import.meta.dirname, '..', '..');

/** The paths of the modules that were bundled. */
type Modules = readonly string[];

/** The function's bundle, the same that a checkout deploys. */
export function bundleFunction(dist: string): Promise<Modules> {
  return writeBundle(join(dist, 'function'), []);
}

/** The bundle of the function that lists workloads. */
export function bundleWorkloads(dist: string): Promise<Modules> {
  return writeBundle(join(dist, 'workloads'), [], bundleOptions.workloadsEntry);
}

/** The command line, for any Node from 20 on. Unlike the function it finds AWS credentials wherever the SDK does. */
export async function bundleCommandLine(dist: string): Promise<Modules> {
  const bundle = await rolldown({
    input: { cli: join(root, 'bin', 'cli.ts') },
    cwd: root,
    platform: 'node',
    logLevel: 'warn',
  });
  try {
    const { output } = await bundle.write({
      dir: join(dist, 'command-line'),
      format: 'esm',
      chunkFileNames: '[name].js',
      comments: { legal: false },
      keepNames: true,
      minify: {
        mangle: { keepNames: true },
        compress: { target: 'es2022', keepNames: { function: true, class: true } },
        codegen: true,
      },
    });
    return output.flatMap((one) => (one.type === 'chunk' ? one.moduleIds : []));
  } finally {
    await bundle.close();
  }
}

/**
 * The constructs, as CommonJS: every Node, TypeScript, ts-node and tsx can `require` and `import` that, and an app can't
 * come to hold two copies of one class.
 */
export async function bundleConstruct(dist: string): Promise<Modules> {
  const bundle = await rolldown({
    input: { construct: join(root, 'bin', 'construct.ts') },
    cwd: root,
    platform: 'node',
    external: [/^aws-cdk-lib(\/|$)/, 'constructs'],
    resolve: {
      alias: { [join(root, 'lib', 'bundling.ts')]: join(root, 'lib', 'shipped-bundle.ts') },
    },
    logLevel: 'warn',
  });
  try {
    const { output } = await bundle.write({
      dir: join(dist, 'construct'),
      format: 'cjs',
      entryFileNames: '[name].cjs',
      chunkFileNames: '[name].cjs',
      comments: { legal: false },
      keepNames: true,
    });
    return output.flatMap((one) => (one.type === 'chunk' ? one.moduleIds : []));
  } finally {
    await bundle.close();
  }
}
