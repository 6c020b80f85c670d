import { expect, test } from '@jest/globals';
import type { HarborClient } from '../../../functions/adapters/harbor/client.ts';
import { failureOf } from '../../../functions/adapters/harbor/failure.ts';
import { identify } from '../../../functions/adapters/harbor/identify.ts';
import { Response } from 'node-fetch';

const clock = { now: () => Date.UTC(2026, 10, 21) };

/** A Harbor before which a proxy hides all of the system's information but the version. */
const hidden = (account: number, code: string): HarborClient => ({
  get: (path) => {
    if (path.endsWith('/systeminfo'))
      return Promise.resolve({
        status: 200,
        body: { harbor_version: 'v2.9.5-aaaaaaaa' },
        total: undefined,
        requestId: undefined,
      });
    if (account === 200)
      return Promise.resolve({ status: 200, body: {}, total: undefined, requestId: undefined });
    const text = JSON.stringify({ errors: [{ code, message: '' }] });
    return Promise.reject(
      failureOf({ path, text, response: new Response(text, { status: account }) }),
    );
  },
  getText: () => Promise.reject(new Error('not asked for')),
  send: () => Promise.reject(new Error('not asked for')),
  answers: () => Promise.resolve(true),
  sent: () => ({ sent: 0, retried: 0, waitedMs: 0 }),
});

test.each([
  ['a user', 200, ''],
  ['a robot', 412, 'PRECONDITION'],
])('where only the version is shown, the account proves %s signed in', async (_, status, code) => {
  await expect(identify(hidden(status, code), clock, 'u')).resolves.toMatchObject({
    currentTime: 'unknown',
    readOnly: 'unknown',
  });
});

test.each([
  { who: 'nobody', status: 401, code: 'UNAUTHORIZED', error: 'harbor-not-signed-in' },
  { who: 'a proxy’s own 412', status: 412, code: '', error: 'harbor-unexpected' },
  { who: 'a Harbor that fails', status: 500, code: 'UNKNOWN', error: 'harbor-unreachable' },
])('$who is not signed in', async ({ status, code, error }) => {
  await expect(identify(hidden(status, code), clock, 'u')).rejects.toMatchObject({ code: error });
});
