import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from '../../lib/bundle-options.ts';

/** The folder that CDK would upload, made without CDK; bundle.test.ts holds the two to be the same. */
export async function bundle(policy: string): Promise<string> {
  const { project, entry, target, mainFields, standIns, banner } = bundleOptions;
  const folder = mkdtempSync(join(tmpdir(), 'harbor-retention-'));
  await build({
    absWorkingDir: project,
    entryPoints: [entry],
    outfile: join(folder, 'index.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target,
    mainFields: [...mainFields],
    minify: true,
    keepNames: true,
    legalComments: 'none',
    alias: standIns,
    banner: { js: banner },
    logLevel: 'warning',
  });
  copyFileSync(policy, join(folder, 'policy.yaml'));
  return folder;
}
