import { fileURLToPath } from 'node:url';

const inProject = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/**
 * How the handler is bundled; the reasons are in docs/design.md#the-bundle, figures and all.
 */
export const bundleOptions = {
  project: inProject('.'),
  entry: inProject('functions/handler.ts'),
  /** The function that lists workloads. */
  workloadsEntry: inProject('functions/workloads-handler.ts'),
  source: inProject('functions'),
  target: 'node24',
  mainFields: ['module', 'main'],
  /**
   * zod's way to JSON Schema, 25 KB and work for every schema, with which only the published schemas are made;
   * node-fetch's reading of forms, which nobody sends; and hashes in JavaScript, of which Node has its own.
   */
  hollow:
    /[\\/](?:zod[\\/]v4[\\/]core[\\/](?:to-json-schema|json-schema-processors)|node-fetch[\\/]src[\\/]utils[\\/]multipart-parser|sha1[\\/]Sha1Js|sha256[\\/]Sha256Js)\.js$/,
  /** What the bundle leaves out, by package and stand-in. */
  standIns: {
    // node-fetch carries 74 KB for a Node without web streams.
    'web-streams-polyfill/dist/ponyfill.es2018.js': 'node:stream/web',
    // 100 KB for ways to credentials that a Lambda does not have.
    '@aws-sdk/credential-provider-node': inProject('functions/lambda/environment-credentials.ts'),
    // 56 KB of commands that the durable SDK does not use.
    '@aws-sdk/client-lambda': inProject('lib/stand-ins/client-lambda.js'),
    // 45 KB that no operation used here needs.
    '@smithy/core/event-streams': inProject('lib/stand-ins/event-streams.js'),
    // 7 KB that Node has itself.
    'formdata-polyfill/esm.min.js': inProject('lib/stand-ins/form-data.js'),
    'fetch-blob/from.js': inProject('lib/stand-ins/form-data.js'),
    'fetch-blob': inProject('lib/stand-ins/form-data.js'),
    // What importing it loads besides takes longer than the rest of it.
    'node:http': inProject('lib/stand-ins/http.js'),
    http: inProject('lib/stand-ins/http.js'),
    // ES modules of the same code are shaken: what is not used falls away, which saves 18 KB.
    yaml: inProject('node_modules/yaml/browser/dist/index.js'),
  },
} as const;
