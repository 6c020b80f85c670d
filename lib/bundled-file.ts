import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';

/** A file that lies beside the handler in its bundle. */
export interface BundledFile {
  /** Absolute path on the machine that synthesises. */
  readonly from: string;
  /** Name in the bundle's folder, or a relative path below it. */
  readonly to: string;
}

/** A file to be bundled, under its own name unless said otherwise. @throws Error if that can't be */
export function bundledFile(from: string, what: string, to: string = basename(from)): BundledFile {
  if (!existsSync(from)) throw new Error(`${what}: there is no file ${from}; correct the path`);
  if (to.startsWith('/') || normalize(to).startsWith('..'))
    throw new Error(`${what}: ${to} must lie in the policy's folder or below; move it there`);
  return { from, to };
}

/** Lays files beside the handler, in the folder of its bundle. */
export function copyBundledFiles(folder: string, files: readonly BundledFile[]): void {
  for (const { from, to } of files) {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    copyFileSync(from, join(folder, to));
  }
}
