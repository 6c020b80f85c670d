import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const command = fileURLToPath(new URL('../../bin/harbor-retention.js', import.meta.url));

test('a command that runs out of memory says how to give it more', () => {
  const { status, stderr } = spawnSync(process.execPath, [command, '--version'], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '--max-old-space-size=8' },
  });
  expect(status).toBe(1);
  expect(stderr).toContain(
    'harbor-retention ran out of memory.\n→ Start it again with a larger heap',
  );
});
