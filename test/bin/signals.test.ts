import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const command = fileURLToPath(new URL('../../bin/harbor-retention.js', import.meta.url));
const policy = fileURLToPath(new URL('../../examples/policy.yaml', import.meta.url));

/** A Harbor that never answers, so that a command is under way for as long as it is left alone. */
let silent: Server;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signals-'));
  silent = createServer(() => undefined);
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
});
afterEach(async () => {
  silent.closeAllConnections();
  silent.close();
  await rm(folder, { recursive: true });
});

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
  ['SIGHUP', 129],
] as const)(
  'whoever sends %s to the command ends the process that does the work, too',
  async (signal, code) => {
    const { port } = silent.address() as AddressInfo;
    const running = spawn(process.execPath, [command, 'plan', '--policy', policy], {
      stdio: 'ignore',
      cwd: folder,
      env: {
        ...process.env,
        HARBOR_URL: `http://127.0.0.1:${port}`,
        HARBOR_USER: 'robot$x',
        HARBOR_PASSWORD: 'x',
      },
    });
    const ended = once(running, 'exit');
    const asked = once(silent, 'request') as Promise<[{ readonly socket: NodeJS.EventEmitter }]>;
    const tooEarly = ended.then((how) => Promise.reject(new Error(`it ended: ${String(how)}`)));
    const [request] = await Promise.race([asked, tooEarly]);
    const workGone = once(request.socket, 'close');
    running.kill(signal);
    tooEarly.catch(() => undefined);
    expect(await ended).toEqual([code, null]);
    // The kernel closes the connection when the process that had it is gone.
    await workGone;
  },
);
