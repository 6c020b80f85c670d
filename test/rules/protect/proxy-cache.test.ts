import { expect, test } from '@jest/globals';
import { proxyCache } from '../../../functions/rules/protect/proxy-cache.ts';
import { holdOf } from './around.ts';

const bound = (written: 'keep' | 'include') =>
  proxyCache.bind({ proxyCache: written, trash: 'off', rules: [] });
const cache = { project: { isProxyCache: true } };

test('a proxy-cache project is held unless the policy says include (E41)', () => {
  expect(holdOf(bound('keep'), {}, cache)?.because).toBe('the project is a proxy cache');
  expect(holdOf(bound('include'), {}, cache)).toBeUndefined();
});

test('an ordinary project is not held', () => {
  expect(holdOf(bound('keep'), {})).toBeUndefined();
});

test('a project of which nothing is known may be one', () => {
  expect(holdOf(bound('keep'), {}, { project: 'unlisted' })).toMatchObject({
    unknown: 'kind of project',
  });
  expect(holdOf(bound('include'), {}, { project: 'unlisted' })).toBeUndefined();
});
