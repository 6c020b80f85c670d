import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { BundledFile } from './bundled-file.ts';
import { bundleOptions } from './bundle-options.ts';

const command = fileURLToPath(new URL('../bin/write-bundle.ts', import.meta.url));

/**
 * The function's code: bundled on this machine, without Docker, when the app is synthesised. CDK bundles in one go,
 * the bundler does not: hence a process of its own. @throws Error with what the bundler said
 */
export function bundledCode(files: readonly BundledFile[]): Code {
  return codeOf([JSON.stringify(files)]);
}

/** The code of the function that lists workloads. @throws Error with what the bundler said */
export function bundledWorkloads(): Code {
  return codeOf(['[]', bundleOptions.workloadsEntry]);
}

function codeOf(argv: readonly string[]): Code {
  return Code.fromAsset(bundleOptions.source, {
    // The function has changed if what is uploaded has changed, wherever it was made.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never asked for: the bundler below either succeeds or throws.
      image: DockerImage.fromRegistry('scratch'),
      local: {
        tryBundle: (folder) => {
          execFileSync(process.execPath, [command, folder, ...argv], {
            stdio: ['ignore', 'ignore', 'inherit'],
          });
          return true;
        },
      },
    },
  });
}
