// `npm start`, as a newcomer runs it.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const sandbox = join(import.meta.dirname, '..', 'bin', 'sandbox.ts');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const start = (cwd: string): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [sandbox], { cwd }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });

test('npm start says what would go and why, keeps the report, and is quiet where nobody looks', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  const { code, stdout, stderr } = await start(folder);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  for (const part of ['artifacts would be deleted', 'Rules:', 'Largest repositories:', 'Kept by:'])
    expect(stdout).toContain(part);
  expect(stdout).toContain(
    'Kept: held by inUse: deployment finance/year-end in prod-eu may start it again (tag v1.4.0), seen 1 h ago.',
  );
  expect(stdout).toContain(
    'Kept: held by inUse: task definition invoices:41 in prod would be rolled back to it (tag v1.4.0), seen 1 h ago.',
  );
  expect(stdout).not.toContain('matched nothing');
  const [, report = ''] = /^Report: +(\S+)/m.exec(stdout) ?? [];
  expect(existsSync(join(folder, report))).toBe(true);
  const [, page = ''] = /^Page: +(\S+)/m.exec(stdout) ?? [];
  expect(existsSync(join(folder, page))).toBe(true);
  expect(stdout).toMatch(/^  npx harbor-retention explain \S+\/\S+$/m);
});
