import { existsSync } from 'node:fs';
import { basename } from 'node:path';

/** A file that lies beside the handler in its bundle. */
export interface BundledFile {
  /** Absolute path on the machine that synthesises. */
  readonly from: string;
  /** Name in the bundle's folder. */
  readonly to: string;
}

/** A file to be bundled under its own name. @throws Error if there is none */
export function bundledFile(path: string, what: string): BundledFile {
  if (!existsSync(path)) throw new Error(`${what}: there is no file ${path}; correct the path`);
  return { from: path, to: basename(path) };
}

const quoted = (path: string): string => `"${path.replaceAll(/(["$`\\])/g, '\\$1')}"`;

/** Shell commands that copy the files; run by CDK after esbuild. */
export const copyCommands = (files: readonly BundledFile[], outputDir: string): string[] =>
  files.map(({ from, to }) => `cp ${quoted(from)} ${quoted(`${outputDir}/${to}`)}`);
