import { copyFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type BundledFile, copyBundledFiles } from './bundled-file.ts';

/** In the package; the construct lies in a folder beside it. */
const shipped = fileURLToPath(new URL('../function', import.meta.url));

/**
 * Stands in for `bundling.ts` in the package: the function's code was bundled before it was packed, and is the same,
 * byte for byte, as what a checkout bundles. So is the hash of the asset.
 */
export function bundledCode(files: readonly BundledFile[]): Code {
  return codeOf(shipped, files);
}

/** The same for the function that lists workloads. */
export function bundledWorkloads(): Code {
  return codeOf(join(dirname(shipped), 'workloads'), []);
}

function codeOf(folderOf: string, files: readonly BundledFile[]): Code {
  return Code.fromAsset(folderOf, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never asked for: copying either succeeds or throws.
      image: DockerImage.fromRegistry('scratch'),
      local: {
        tryBundle: (folder) => {
          copyFileSync(join(folderOf, 'index.mjs'), join(folder, 'index.mjs'));
          copyBundledFiles(folder, files);
          return true;
        },
      },
    },
  });
}
