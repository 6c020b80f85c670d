import { fileURLToPath } from 'node:url';
import { LogLevel, OutputFormat, type BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import { copyCommands, type BundledFile } from './bundled-file.ts';

// What the bundle leaves out, by package and stand-in.
const STAND_INS: Readonly<Record<string, string>> = {
  // node-fetch carries 74 KB for a Node without web streams.
  'web-streams-polyfill/dist/ponyfill.es2018.js': 'node:stream/web',
  // 100 KB for ways to credentials that a Lambda does not have.
  '@aws-sdk/credential-provider-node': fileURLToPath(
    new URL('../functions/lambda/environment-credentials.ts', import.meta.url),
  ),
};

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
    logLevel: LogLevel.WARNING,
    esbuildArgs: {
      '--legal-comments': 'none',
      ...Object.fromEntries(
        Object.entries(STAND_INS).map(([name, standIn]) => [`--alias:${name}`, standIn]),
      ),
    },
    banner:
      "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    commandHooks: {
      beforeBundling: () => [],
      beforeInstall: () => [],
      afterBundling: (_inputDir, outputDir) => copyCommands(files, outputDir),
    },
  };
}
