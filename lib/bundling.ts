import { LogLevel, OutputFormat, type BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import { bundleOptions } from './bundle-options.ts';
import { copyCommands, type BundledFile } from './bundled-file.ts';

/** The bundle for NodejsFunction, with some files beside it. */
export function bundlingWith(files: readonly BundledFile[]): BundlingOptions {
  const { target, mainFields, standIns, banner } = bundleOptions;
  return {
    format: OutputFormat.ESM,
    target,
    // What was tested is what runs.
    bundleAwsSDK: true,
    mainFields: [...mainFields],
    minify: true,
    // Reports and alarms use the names of errors.
    keepNames: true,
    logLevel: LogLevel.WARNING,
    esbuildArgs: {
      '--legal-comments': 'none',
      ...Object.fromEntries(
        Object.entries(standIns).map(([name, standIn]) => [`--alias:${name}`, standIn]),
      ),
    },
    banner,
    commandHooks: {
      beforeBundling: () => [],
      beforeInstall: () => [],
      afterBundling: (_inputDir, outputDir) => copyCommands(files, outputDir),
    },
  };
}
