import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const command = join(import.meta.dirname, '..', '..', 'bin', 'write-bundle.ts');

/** The folder that CDK would upload, made without CDK; bundle.test.ts holds the two to be the same. */
export async function bundle(policy: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'harbor-retention-'));
  // A process of its own: the bundler does not know functions of the realm that jest runs tests in.
  const files = JSON.stringify([{ from: policy, to: 'policy.yaml' }]);
  await promisify(execFile)(process.execPath, [command, folder, files]);
  return folder;
}
