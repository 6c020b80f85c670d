import { existsSync } from 'node:fs';
import { basename, normalize } from 'node:path';

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
