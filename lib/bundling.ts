import { OutputFormat, type BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import { copyCommands, type BundledFile } from './bundled-file.ts';

/** How the handler is bundled; the reasons are in stack.md §8, figures and all. */
export function bundlingWith(files: readonly BundledFile[]): BundlingOptions {
  return {
    format: OutputFormat.ESM,
    target: 'node24',
    // What was tested is what runs.
    bundleAwsSDK: true,
    mainFields: ['module', 'main'],
    minify: true,
    // Reports and alarms use the names of errors.
    keepNames: true,
    banner:
      "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    commandHooks: {
      beforeBundling: () => [],
      beforeInstall: () => [],
      afterBundling: (_inputDir, outputDir) => copyCommands(files, outputDir),
    },
  };
}
